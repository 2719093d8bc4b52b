import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
} from "node:crypto";
import { encodingOf } from "../../base/decode-text.js";
import { BongtuError, type Kms, KmsPublicKey } from "../../node.js";
import { readSmall } from "../files/input.js";
import { fileError } from "../terminal/failure.js";

/** The OAEP hash of each algorithm. */
const HASHES: Readonly<Record<string, string>> = {
  RSAES_OAEP_SHA_1: "sha1",
  RSAES_OAEP_SHA_256: "sha256",
};

/** Reads an RSA private key, PKCS#8 or PKCS#1 in PEM. */
export async function readPrivateKey(path: string): Promise<KeyObject> {
  const file = await readSmall(path, "a private key");
  try {
    return parsePrivateKey(inAscii(file), `'${path}'`);
  } finally {
    file.fill(0);
  }
}

/** A KMS of one key, which is this one whatever ARN it is asked by. */
export function localKms(key: KeyObject): Kms {
  return {
    async decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm }) {
      return { KeyId, Plaintext: unwrap(key, EncryptionAlgorithm, CiphertextBlob) };
    },
  };
}

/** PEM is ASCII in whatever encoding it was saved. Rewritten in its place, so that no copy of the key is left behind. */
function inAscii(file: Buffer): Buffer {
  const encoding = encodingOf(file);
  if (encoding === "utf-8") {
    return file.subarray(Math.max(0, file.indexOf("-----BEGIN")));
  }
  const low = encoding === "utf-16le" ? 0 : 1;
  const length = file.length >> 1;
  for (let index = 0; index < length; index += 1) {
    file[index] = file[2 * index + low] ?? 0;
  }
  return inAscii(file.subarray(0, length));
}

function parsePrivateKey(pem: Buffer, name: string): KeyObject {
  if (pem.includes("PUBLIC KEY-----") && !pem.includes("PRIVATE KEY-----")) {
    throw fileError(`${name} is a public key; opening takes the private half`);
  }
  if (pem.includes("ENCRYPTED")) {
    throw fileError(`${name} is protected by a passphrase; \`openssl pkey\` can take that off`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: "pem" });
  } catch {
    // OpenSSL's own words name no file and no form of key.
    throw fileError(`${name} is not a private key in PEM (PKCS#8 or PKCS#1)`);
  }
  try {
    // Refuses what is no key of KMS.
    KmsPublicKey.parse(createPublicKey(key).export({ type: "spki", format: "der" }));
  } catch (error) {
    throw error instanceof BongtuError
      ? new BongtuError(error.code, `${name}: ${error.message}`)
      : error;
  }
  return key;
}

/** RSA-OAEP as KMS does it: MGF1 with the OAEP hash, empty label, a ciphertext of exactly the modulus length. */
function unwrap(key: KeyObject, algorithm: string | undefined, ciphertext: Uint8Array): Uint8Array {
  const oaepHash = HASHES[algorithm ?? ""];
  const length = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  if (oaepHash === undefined || ciphertext.length !== length) {
    throw new InvalidCiphertextException();
  }
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, ciphertext);
  } catch {
    throw new InvalidCiphertextException();
  }
}

/** The failure with which KMS answers a ciphertext that does not fit its key or the algorithm. */
class InvalidCiphertextException extends Error {
  override readonly name = "InvalidCiphertextException";
}
