// Who runs the cryptography that the format plans: the platform where it can, Rust where it cannot.

import type { Bytes } from "../bytes.js";
import { BongtuError } from "../errors.js";
import type { KmsPublicKey } from "../public-key.js";
import { rustExecutor } from "./rust.js";
import { passesSelfTest } from "./self-test.js";
import { webCryptoExecutor } from "./webcrypto.js";

export interface Executor {
  readonly name: string;
  /**
   * AES-GCM under 16, 24 or 32 bytes, which the caller wipes afterwards. Rejects with a
   * DOMException where it cannot.
   */
  importKey(raw: Bytes): Promise<ContentKey>;
  /** RSA-OAEP with `hash` for both of its hashes and an empty label. Rejects as above. */
  wrap(publicKey: KmsPublicKey, hash: OaepHash, plaintext: Bytes): Promise<Bytes>;
}

export type OaepHash = "SHA-1" | "SHA-256";

/** A content key inside the platform, which cannot be asked for it again. */
export type ContentKey = SynchronousKey | AsynchronousKey;

/**
 * The 16-byte tag follows the ciphertext; `seal` may return the two as separate pieces, and `open`
 * take them so. It throws `ERR_AUTHENTICATION`.
 */
export interface SynchronousKey {
  readonly synchronous: true;
  seal(nonce: Bytes, aad: Bytes, text: Bytes): Bytes[];
  open(nonce: Bytes, aad: Bytes, sealed: Bytes, tag?: Bytes): Bytes;
  /** AES-CTR from this counter block on, where that is faster than `seal` and dropping its tag. */
  keyStream?(counter: Bytes, text: Bytes): Bytes;
  dispose(): void;
}

/** All arguments are copied before a method returns. */
export interface AsynchronousKey {
  readonly synchronous: false;
  seal(nonce: Bytes, aad: Bytes, text: Bytes): Promise<Bytes[]>;
  open(nonce: Bytes, aad: Bytes, sealed: Bytes, tag?: Bytes): Promise<Bytes>;
  dispose(): void;
}

let executors: readonly Executor[] = [webCryptoExecutor, rustExecutor];

/** Puts an executor before all others. */
export function register(executor: Executor): void {
  executors = [executor, ...executors];
}

/** Replaces the list and returns the one before: for tests. */
export function useExecutors(list: readonly Executor[]): readonly Executor[] {
  const before = executors;
  executors = list;
  return before;
}

/** Imports into the first executor that passes its self-test and takes this key. Wipes `raw`. */
export async function importContentKey(raw: Bytes): Promise<ContentKey> {
  try {
    return await firstAble((executor) => executor.importKey(raw));
  } finally {
    raw.fill(0);
  }
}

export function wrapDataKey(
  publicKey: KmsPublicKey,
  hash: OaepHash,
  plaintext: Bytes,
): Promise<Bytes> {
  return firstAble((executor) => executor.wrap(publicKey, hash, plaintext));
}

async function firstAble<T>(attempt: (executor: Executor) => Promise<T>): Promise<T> {
  for (const executor of executors) {
    if (!(await passesSelfTest(executor))) {
      continue;
    }
    try {
      return await attempt(executor);
    } catch (error) {
      // Chromium has no AES-192, for example.
      if (!isDomException(error)) {
        throw error;
      }
    }
  }
  throw new BongtuError("ERR_STATE", "nothing on this platform can run the cryptography needed");
}

function isDomException(error: unknown): boolean {
  return typeof DOMException === "function" && error instanceof DOMException;
}
