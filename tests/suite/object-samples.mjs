// Objects that are sealed once for all tests, and what comes out of one before it fails.

import { sealObject } from "bongtu";
import { bytes, CHUNK, fixture, joined, sealedBytes } from "./support.mjs";

export const DATA = bytes(3 * CHUNK + 5);
export const FORMATS = ["v2", "v3"];

/** An object and its body, sealed once for all tests of a format. */
const made = {};

export async function sample(format = "v3", length = DATA.length) {
  const { keyring } = await fixture();
  made[`${format} ${length}`] ??= sealObject(keyring, DATA.subarray(0, length), { format }).then(
    async (sealed) => ({ keyring, sealed, body: await sealedBytes(sealed) }),
  );
  return made[`${format} ${length}`];
}

export const flipped = (body, at, bit = 1) => {
  const copy = body.slice();
  copy.at(at);
  copy[at < 0 ? copy.length + at : at] ^= bit;
  return copy;
};

/** The bytes that came out of a stream before it failed, and the code. */
export async function drained(plaintext) {
  const reader = plaintext.getReader();
  const chunks = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return { released: joined(chunks) };
      }
      chunks.push(value);
    }
  } catch ({ code }) {
    return { released: joined(chunks), code };
  }
}
