import { type Bytes, concat, EMPTY } from "../base/bytes.js";
import { authenticationError, BongtuError } from "../base/errors.js";
import type { KmsPublicKey } from "../keys/public-key.js";
import { fetched } from "../modules/compile.js";
import type { ContentKey, Executor, OaepHash } from "./executor.js";

/**
 * The same algorithms in WebAssembly: slow, and there where the platform has none (insecure
 * contexts) or not this one.
 */
export const rustExecutor: Executor = {
  name: "rust",

  async importKey(raw: Bytes): Promise<ContentKey> {
    const { Aes } = await fallback();
    const aes = found(Aes.import(raw));
    return {
      synchronous: true,
      seal: (nonce, aad, text) => [found(aes.seal(nonce, aad, text)) as Bytes],
      open(nonce, aad, sealed, tag) {
        const joined = tag === undefined ? EMPTY : concat([sealed, tag]);
        let text: Uint8Array | undefined;
        try {
          text = aes.open(nonce, aad, tag === undefined ? sealed : joined);
        } finally {
          joined.fill(0);
        }
        if (text === undefined) {
          throw authenticationError();
        }
        return text as Bytes;
      },
      dispose: () => aes.free(),
    };
  },

  async wrap(publicKey: KmsPublicKey, hash: OaepHash, plaintext: Bytes): Promise<Bytes> {
    const { rsaOaepEncrypt } = await fallback();
    const encrypted = rsaOaepEncrypt(publicKey.spki(), hash, plaintext);
    if (encrypted === undefined) {
      throw new BongtuError("ERR_RANDOM", "the system's generator of random numbers failed");
    }
    return encrypted as Bytes;
  },
};

async function fallback() {
  return (await fetched(import("../modules/fallback.js"), "with AES and RSA")).fallbackWasm();
}

function found<T>(made: T | undefined): T {
  if (made === undefined) {
    throw new BongtuError("ERR_STATE", "AES-GCM was given a wrong key or nonce");
  }
  return made;
}
