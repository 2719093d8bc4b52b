// Notes where secrets go between TypeScript, WebAssembly and WebCrypto, from when this file is imported: the arrays that carry them, copies of
// these, and handles that are not freed.

import { fallbackWasm } from "../../pkg/js/modules/fallback.js";
import { openWasm } from "../../pkg/js/modules/open.js";
import { sealWasm } from "../../pkg/js/modules/seal.js";

/** Longer than the associated data of any frame: a call with it hashes a chunk. */
const LONG = 1000;

/** Whether nonce or tag of a call are secrets: it seals, hashes or opens one chunk of several. */
function isSpliced(nonce, aad) {
  return nonce.length === 16 || aad.length > LONG;
}

/**
 * An executor that notes copies of its content keys, the calls on single chunks, and the very arrays
 * in which secrets were handed to it and came from it.
 */
export function watched(executor, keys, handed, calls = []) {
  return {
    ...executor,
    async importKey(raw) {
      const own = raw.slice();
      keys.push(own);
      handed.push(raw);
      const key = await executor.importKey(raw);
      const note = (nonce, aad, text, tag) => {
        const length = nonce.length === 16 ? text.length : aad.length;
        calls.push({ key: own, nonce: Uint8Array.from(nonce), length, tag: Uint8Array.from(tag) });
      };
      return {
        ...key,
        seal(nonce, aad, text) {
          if (!isSpliced(nonce, aad)) {
            return key.seal(nonce, aad, text);
          }
          const copy = Uint8Array.from(nonce);
          if (nonce.length === 16) {
            handed.push(nonce);
          }
          const noted = (sealed) => {
            const tag = sealed.at(-1).subarray(-16);
            note(copy, aad, text, tag);
            handed.push(tag);
            return sealed;
          };
          const sealing = key.seal(nonce, aad, text);
          return key.synchronous ? noted(sealing) : sealing.then(noted);
        },
        open(nonce, aad, sealed, tag) {
          if (tag !== undefined) {
            note(nonce, aad, sealed, tag);
            handed.push(nonce, tag);
          }
          return key.open(nonce, aad, sealed, tag);
        },
      };
    },
    wrap(key, hash, plaintext) {
      handed.push(plaintext);
      return executor.wrap(key, hash, plaintext);
    },
  };
}

// The records that cross from WebAssembly; they contain nonces.
export const rooms = new Set();

// Copies of the size of a nonce or tag that JavaScript makes; those of secrets must be wiped.
export const copies = [];
const { slice } = Uint8Array.prototype;
Uint8Array.prototype.slice = function (...range) {
  const copy = slice.apply(this, range);
  if (copy.length === 16) {
    copies.push(copy);
  }
  return copy;
};

// WebCrypto is given the ciphertext and tag of a chunk here; the tag must be gone once it was called.
export const late = [];
const { SubtleCrypto } = globalThis;
const { decrypt } = SubtleCrypto.prototype;
SubtleCrypto.prototype.decrypt = function (algorithm, key, data) {
  const opening = decrypt.call(this, algorithm, key, data);
  if (algorithm.iv?.length === 16 && algorithm.additionalData.length === 0) {
    queueMicrotask(() => late.push(Uint8Array.from(data.subarray(-16))));
  }
  return opening;
};

/** Handles of WebAssembly that were used and not freed. */
export const held = new Set();
const { MessageSealing, ObjectSealing, Pieces, SealSession } = sealWasm();
const { ObjectOpening, OpenSession } = openWasm();
for (const prototype of [Pieces.prototype, ObjectOpening.prototype]) {
  const { plan } = prototype;
  prototype.plan = function (...given) {
    rooms.add(given.at(-1));
    return plan.apply(this, given);
  };
}
for (const [prototype, uses] of [
  [SealSession.prototype, ["header"]],
  [OpenSession.prototype, ["header"]],
  [fallbackWasm().Aes.prototype, ["seal", "open"]],
  [MessageSealing.prototype, ["wrapHash"]],
  [ObjectSealing.prototype, ["wrapHash"]],
  [ObjectOpening.prototype, ["request"]],
  [Pieces.prototype, ["plan"]],
]) {
  const { free } = prototype;
  prototype.free = function () {
    held.delete(this);
    free.call(this);
  };
  for (const use of uses) {
    const method = prototype[use];
    prototype[use] = function (...given) {
      held.add(this);
      return method.apply(this, given);
    };
  }
}
