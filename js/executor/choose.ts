// Chooses who runs the cryptography that the format plans: the platform where it can, Rust where it cannot.

import type { Bytes } from "../base/bytes.js";
import { BongtuError } from "../base/errors.js";
import type { KmsPublicKey } from "../keys/public-key.js";
import { executors } from "../platform/platform.js";
import type { ContentKey, Executor, OaepHash } from "./executor.js";
import { passesSelfTest } from "./self-test.js";

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
