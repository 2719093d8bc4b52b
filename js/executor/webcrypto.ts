import { type Bytes, EMPTY } from "../base/bytes.js";
import { authenticationError } from "../base/errors.js";
import type { KmsPublicKey } from "../keys/public-key.js";
import type { ContentKey, Executor, OaepHash } from "./executor.js";

const TAG_BITS = 128;

/** The platform's WebCrypto: browsers, workers, Deno, Bun, and Node where asked for. */
export const webCryptoExecutor: Executor = {
  name: "webcrypto",

  async importKey(raw: Bytes): Promise<ContentKey> {
    const subtle = subtleCrypto();
    const key = await subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    const parameters = (iv: Bytes, additionalData: Bytes) => ({
      name: "AES-GCM",
      iv,
      additionalData,
      tagLength: TAG_BITS,
    });
    let room = EMPTY;
    // One buffer serves all calls, since a call copies its input when it is made.
    const joined = (sealed: Bytes, tag: Bytes): Bytes => {
      const length = sealed.length + tag.length;
      if (room.length < length) {
        room = new Uint8Array(length);
      }
      room.set(sealed);
      room.set(tag, sealed.length);
      return room.subarray(0, length);
    };
    return {
      synchronous: false,
      async seal(nonce, aad, text) {
        return [new Uint8Array(await subtle.encrypt(parameters(nonce, aad), key, text))];
      },
      async open(nonce, aad, sealed, tag) {
        const whole = tag === undefined ? sealed : joined(sealed, tag);
        try {
          const opening = subtle.decrypt(parameters(nonce, aad), key, whole);
          // A tag that is given apart is a secret, and the call has its own copy by now.
          whole.fill(0, sealed.length);
          return new Uint8Array(await opening);
        } catch {
          throw authenticationError();
        }
      },
      dispose: () => room.fill(0),
    };
  },

  async wrap(publicKey: KmsPublicKey, hash: OaepHash, plaintext: Bytes): Promise<Bytes> {
    const key = await imported(publicKey, hash);
    return new Uint8Array(await subtleCrypto().encrypt("RSA-OAEP", key, plaintext));
  },
};

// A key is imported once however many messages are sealed to it. WebCrypto ties it to its hash.
const importedKeys: Record<OaepHash, WeakMap<KmsPublicKey, Promise<CryptoKey>>> = {
  "SHA-1": new WeakMap(),
  "SHA-256": new WeakMap(),
};

function imported(publicKey: KmsPublicKey, hash: OaepHash): Promise<CryptoKey> {
  let key = importedKeys[hash].get(publicKey);
  if (key === undefined) {
    const algorithm = { name: "RSA-OAEP", hash };
    key = subtleCrypto().importKey("spki", publicKey.spki(), algorithm, false, ["encrypt"]);
    importedKeys[hash].set(publicKey, key);
  }
  return key;
}

/** Absent in insecure contexts. */
function subtleCrypto(): SubtleCrypto {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new DOMException("no SubtleCrypto in this context", "NotSupportedError");
  }
  return subtle;
}
