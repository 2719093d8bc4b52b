import type { Bytes } from "../bytes.js";
import { BongtuError } from "../errors.js";
import { wasm } from "../load.js";
import type { KmsPublicKey } from "../public-key.js";
import type { ContentKey, Executor, OaepHash } from "./index.js";

/**
 * The same algorithms in WebAssembly: slow, and there where the platform has none (insecure
 * contexts) or not this one.
 */
export const rustExecutor: Executor = {
  name: "rust",

  async importKey(raw: Bytes): Promise<ContentKey> {
    const aes = new (wasm().RustAes)(raw);
    return {
      synchronous: true,
      seal: (nonce, aad, text) => [aes.seal(nonce, aad, text) as Bytes],
      open: (nonce, aad, sealed) => aes.open(nonce, aad, sealed) as Bytes,
      dispose: () => aes.free(),
    };
  },

  async wrap(publicKey: KmsPublicKey, hash: OaepHash, plaintext: Bytes): Promise<Bytes> {
    const { rsaOaepEncrypt } = await import("../rsa.js").catch((cause) => {
      throw new BongtuError("ERR_WASM", "the RSA module cannot be loaded", { cause });
    });
    return rsaOaepEncrypt(publicKey.spki(), hash, plaintext);
  },
};
