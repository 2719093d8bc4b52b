import {
  type CipherGCMTypes,
  constants,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  publicEncrypt,
} from "node:crypto";
import type { Bytes } from "../base/bytes.js";
import { authenticationError } from "../base/errors.js";
import type { KmsPublicKey } from "../keys/public-key.js";
import type { ContentKey, Executor, OaepHash } from "./executor.js";

const TAG_LENGTH = 16;
const GCM_OPTIONS = { authTagLength: TAG_LENGTH };

/** `node:crypto`, synchronously: for AES-GCM two to three times as fast as Node's WebCrypto. */
export const nodeExecutor: Executor = {
  name: "node",

  async importKey(raw: Bytes): Promise<ContentKey> {
    const key = createSecretKey(raw);
    const algorithm = `aes-${8 * raw.length}-gcm` as CipherGCMTypes;
    return {
      synchronous: true,
      seal(nonce, aad, text) {
        const cipher = createCipheriv(algorithm, key, nonce, GCM_OPTIONS).setAAD(aad);
        const ciphertext = cipher.update(text);
        cipher.final();
        return [plain(ciphertext), plain(cipher.getAuthTag())];
      },
      open(nonce, aad, sealed, separate) {
        const end = separate === undefined ? sealed.length - TAG_LENGTH : sealed.length;
        const decipher = createDecipheriv(algorithm, key, nonce, GCM_OPTIONS)
          .setAAD(aad)
          .setAuthTag(separate ?? sealed.subarray(end));
        const text = decipher.update(sealed.subarray(0, end));
        try {
          decipher.final();
        } catch {
          text.fill(0);
          throw authenticationError();
        }
        return plain(text);
      },
      keyStream(counter, text) {
        return plain(createCipheriv(`aes-${8 * raw.length}-ctr`, key, counter).update(text));
      },
      dispose() {},
    };
  },

  async wrap(publicKey: KmsPublicKey, hash: OaepHash, plaintext: Bytes): Promise<Bytes> {
    const ciphertext = publicEncrypt(
      {
        key: imported(publicKey),
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: hash.replace("-", "").toLowerCase(),
      },
      plaintext,
    );
    return plain(ciphertext);
  },
};

const importedKeys = new WeakMap<KmsPublicKey, KeyObject>();

function imported(publicKey: KmsPublicKey): KeyObject {
  let key = importedKeys.get(publicKey);
  if (key === undefined) {
    key = createPublicKey({ key: Buffer.from(publicKey.spki()), format: "der", type: "spki" });
    importedKeys.set(publicKey, key);
  }
  return key;
}

/** A Uint8Array, whose methods do what Uint8Array's do. */
function plain(buffer: Buffer): Bytes {
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.length);
}
