// The values by which a spliced object's calls reveal the hash key, computed from its content key (docs/formats.md 8): field elements as
// NIST SP 800-38D writes them down, as whole numbers whose highest bit is the lowest power.

import { createCipheriv } from "node:crypto";

const REDUCTION = 0xe1n << 120n;
const ONE = 1n << 127n;

/** `E(x)` */
function encrypt(key, block) {
  return createCipheriv(`aes-${8 * key.length}-ecb`, key, null).update(block);
}

/** `H`, which GHASH multiplies by. */
export function hashKeyOf(key) {
  return encrypt(key, new Uint8Array(16));
}

/** Everything of a content key by itself that must not stay in memory, by its name. */
export function hashKeySecrets(key) {
  const h = numberOf(hashKeyOf(key));
  const found = { "the hash key": h, "the hash key times x": timesX(h) };
  let [power, inverse] = [h, ONE];
  for (let i = 1; i < 128; i++) {
    power = times(power, power);
    inverse = times(inverse, power);
    found[`its power 2^${i}`] = power;
  }
  found["its inverse"] = inverse;
  found["the mask of a message's header tag"] = maskOf(key, new Uint8Array(12), 1);
  return found;
}

/**
 * The same of a call under this key: the nonce of 16 bytes and the tag of one that seals a chunk, or
 * the nonce of 12 and the tag of one that hashes it; `length` is the chunk's, in bytes.
 */
export function callSecrets(key, { nonce, tag, length }) {
  const h = numberOf(hashKeyOf(key));
  const inverse = hashKeySecretsOf(key)["its inverse"];
  const own = tag === undefined ? {} : { "the tag of a chunk": numberOf(tag) };
  if (nonce.length === 12) {
    const mask = maskOf(key, nonce, 1);
    const pin = times(numberOf(tag) ^ mask, inverse) ^ lengths(length, 0);
    return { ...own, "the mask of a hash": mask, "a partial hash": pin };
  }
  const counter = bytesOf(times(times(numberOf(nonce), h) ^ lengths(0, 16), h));
  const mask = numberOf(encrypt(key, counter));
  const secrets = {
    ...own,
    "the nonce of a chunk": numberOf(nonce),
    "the mask of a chunk": mask,
    "the mask of an object": maskOf(key, counter.subarray(0, 12), 1),
  };
  return tag === undefined
    ? secrets
    : { ...secrets, "a partial hash": times(numberOf(tag) ^ mask, inverse) ^ lengths(0, length) };
}

const known = new WeakMap();

function hashKeySecretsOf(key) {
  if (!known.has(key)) {
    known.set(key, hashKeySecrets(key));
  }
  return known.get(key);
}

/** GHASH of whole blocks. */
export function partialHash(hashKey, text) {
  const h = numberOf(hashKey);
  let hash = 0n;
  for (let start = 0; start < text.length; start += 16) {
    hash = times(hash ^ numberOf(text.subarray(start, start + 16)), h);
  }
  return bytesOf(hash);
}

/** An element as software may keep it: with its bytes or bits in either order. */
export function inMemory(element) {
  const number = typeof element === "bigint" ? element : numberOf(element);
  const mirrored = [...number.toString(2).padStart(128, "0")].reverse().join("");
  const orders = [bytesOf(number), bytesOf(BigInt(`0b${mirrored}`))];
  return [...orders, ...orders.map((order) => Buffer.from(order).reverse())];
}

function maskOf(key, nonce, number) {
  const counter = Buffer.alloc(16);
  counter.set(nonce);
  counter.writeUInt32BE(number, 12);
  return numberOf(encrypt(key, counter));
}

/** GHASH's last block. */
function lengths(aad, text) {
  return (BigInt(8 * aad) << 64n) | BigInt(8 * text);
}

function timesX(element) {
  return (element >> 1n) ^ (element & 1n ? REDUCTION : 0n);
}

function times(a, b) {
  let product = 0n;
  let multiple = b;
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((a >> bit) & 1n) {
      product ^= multiple;
    }
    multiple = timesX(multiple);
  }
  return product;
}

function numberOf(bytes) {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

function bytesOf(number) {
  return Buffer.from(number.toString(16).padStart(32, "0"), "hex");
}
