// Looks for secrets in the memory of every WebAssembly module that handles some.

import { instantiateFallback } from "../../pkg/js/modules/fallback.js";
import { instantiateOpen } from "../../pkg/js/modules/open.js";
import { instantiateS3 } from "../../pkg/js/modules/s3.js";
import { instantiateSeal } from "../../pkg/js/modules/seal.js";
import { callSecrets, hashKeySecrets, inMemory } from "./splice-secrets.mjs";

/** The places in memory where any 8 bytes of a secret lie, at multiples of 8 in it. */
export function findSecret(secret) {
  return findSecrets({ "a secret": secret });
}

/** The secrets of which any 8 bytes are in memory, and where they are. */
export function findSecrets(secrets) {
  const wanted = new Map();
  // Most of the memory is skipped by its first two bytes.
  const begins = new Uint8Array(0x10000);
  for (const [name, secret] of Object.entries(secrets)) {
    for (let start = 0; start < secret.length; start += 8) {
      const part = Buffer.from(secret.subarray(start, start + 8));
      wanted.set(part.toString("latin1"), name);
      begins[part.readUInt16LE()] = 1;
    }
  }
  const found = [];
  for (const { memory } of [
    instantiateSeal(),
    instantiateOpen(),
    instantiateFallback(),
    instantiateS3(),
  ]) {
    const bytes = Buffer.from(memory.buffer);
    for (let at = 0; at + 8 <= bytes.length; at++) {
      if (begins[bytes[at] | (bytes[at + 1] << 8)] === 1) {
        const name = wanted.get(bytes.latin1Slice(at, at + 8));
        if (name !== undefined) {
          found.push(`${name} at ${at}`);
        }
      }
    }
  }
  return found;
}

/** All that must not be in memory of these keys and the calls under them. */
export function secretsOf(dataKeys, contentKeys, calls) {
  const secrets = {};
  const add = (from, what) => {
    for (const [name, element] of Object.entries(what)) {
      inMemory(element).forEach((bytes, order) => {
        secrets[`${name}, ${from}, in order ${order}`] = bytes;
      });
    }
  };
  dataKeys.forEach((key, n) => {
    secrets[`data key ${n}`] = key;
  });
  contentKeys.forEach((key, n) => {
    secrets[`content key ${n}`] = key;
    add(`content key ${n}`, hashKeySecrets(key));
  });
  calls.forEach((call, n) => {
    add(`call ${n}`, callSecrets(call.key, call));
  });
  return secrets;
}
