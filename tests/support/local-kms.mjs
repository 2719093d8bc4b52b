// Stands in for KMS where nothing but a key pair and WebCrypto is to be had: in Node and in a page.

export const KEY_ARN =
  "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const HASHES = { RSAES_OAEP_SHA_1: "SHA-1", RSAES_OAEP_SHA_256: "SHA-256" };

/** A fresh RSA_2048 key: its public half as DER, and a KMS that holds the other one. */
export async function createLocalKms() {
  const algorithm = {
    name: "RSA-OAEP",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const pair = await crypto.subtle.generateKey(algorithm, true, ["encrypt", "decrypt"]);
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  const kms = {
    async decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm = "RSAES_OAEP_SHA_256" }) {
      // WebCrypto ties a key to its hash.
      const algorithm = { name: "RSA-OAEP", hash: HASHES[EncryptionAlgorithm] };
      const key = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["decrypt"]);
      const plaintext = await crypto.subtle.decrypt("RSA-OAEP", key, CiphertextBlob);
      return { KeyId, Plaintext: new Uint8Array(plaintext) };
    },
  };
  const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
  return { publicKey: new Uint8Array(spki), kms };
}
