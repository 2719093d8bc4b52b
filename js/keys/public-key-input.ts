// Takes a public key as it is given and hands it to Rust, which knows all forms of text and bytes. An object goes as the JSON
// that it would be written down as.

import { type Bytes, bytesOf } from "../base/bytes.js";
import { BongtuError, inputError } from "../base/errors.js";

/** The same limit as in Rust: nothing longer is copied there. */
const MOST = 64 * 1024;

/** @internal */
export function publicKeyBytes(input: unknown): Bytes {
  const given = typeof input === "string" ? input : (bytesOf(input) ?? jsonOf(input));
  if (given.length > MOST) {
    throw publicKeyError("it is longer than 64 KiB, which no exported key is");
  }
  return typeof given === "string" ? new TextEncoder().encode(given) : given;
}

function jsonOf(input: unknown): string {
  // An array is what bytes of DER become; [1, 2] is a slip.
  if (typeof input !== "object" || input === null || (Array.isArray(input) && input[0] !== 0x30)) {
    throw inputError(
      "a public key is PEM, DER, base64, a JWK or a GetPublicKey response, as text, bytes or object",
    );
  }
  refuseByName(input);
  try {
    return JSON.stringify(input, (_name, value) => arrayOf(value));
  } catch (cause) {
    throw cause instanceof BongtuError
      ? cause
      : publicKeyError("this object cannot be written as JSON", { cause });
  }
}

/** Bytes as JSON has them. */
function arrayOf(value: unknown): unknown {
  const bytes = bytesOf(value);
  if (bytes !== undefined && bytes.length > MOST) {
    throw publicKeyError("its bytes are longer than 64 KiB, which no exported key is");
  }
  return bytes === undefined ? value : Array.from(bytes);
}

/** Objects that hold a key and give it to nobody who does not ask for it in their way. */
function refuseByName(input: object): void {
  const { then, type, export: exported, arrayBuffer, getReader } = input as Record<string, unknown>;
  const isCryptoKey = Object.prototype.toString.call(input) === "[object CryptoKey]";
  const isKeyObject = typeof exported === "function" && typeof type === "string";
  if ((isCryptoKey || isKeyObject) && type === "private") {
    throw new BongtuError(
      "ERR_PRIVATE_KEY",
      "this is a private key; give the public half only (kms get-public-key exports it)",
    );
  }
  const refusals: [boolean, string][] = [
    [typeof then === "function", "this is a promise. Write `await` before what makes it"],
    [
      isCryptoKey,
      'this is a CryptoKey. Give what crypto.subtle.exportKey("spki", key) resolves to',
    ],
    [isKeyObject, 'this is a KeyObject. Give key.export({ type: "spki", format: "der" })'],
    [
      typeof arrayBuffer === "function",
      "this is a Response, Blob or File. Give what its text() or arrayBuffer() resolves to",
    ],
    [typeof getReader === "function", "this is a stream. Give what comes out of it"],
  ];
  const found = refusals.find(([is]) => is);
  if (found !== undefined) {
    throw publicKeyError(found[1]);
  }
}

/** @internal */
export function publicKeyError(why: string, options?: ErrorOptions): BongtuError {
  return new BongtuError("ERR_PUBLIC_KEY", `not an exported KMS public key: ${why}`, options);
}
