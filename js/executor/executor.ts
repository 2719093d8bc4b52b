import type { Bytes } from "../base/bytes.js";
import type { KmsPublicKey } from "../keys/public-key.js";

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
