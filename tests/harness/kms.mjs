// A KMS of one RSA key inside this process, made with WebCrypto so that it works everywhere that
// suites run.

export const KEY_ARN =
  "arn:aws:kms:eu-central-1:111122223333:key/0f1e2d3c-4b5a-4697-8788-99aabbccddee";

const HASHES = { RSAES_OAEP_SHA_1: "SHA-1", RSAES_OAEP_SHA_256: "SHA-256" };

/** A failure as the AWS SDK throws them. */
export function kmsException(name) {
  return Object.assign(new Error(`${name} of the test's KMS`), { name });
}

/**
 * Makes a key. `publicKey` is its SubjectPublicKeyInfo, `pkcs8` its private half, `kms` answers
 * Decrypt as KMS does; `asked` collects the requests and `seen` copies of the plaintexts it gave
 * out.
 */
export async function createKms(modulusLength = 2048) {
  const parameters = {
    name: "RSA-OAEP",
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  };
  const pair = await crypto.subtle.generateKey(parameters, true, ["encrypt", "decrypt"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const privateKeys = {};
  for (const [algorithm, hash] of Object.entries(HASHES)) {
    const name = { name: "RSA-OAEP", hash };
    privateKeys[algorithm] = await crypto.subtle.importKey("pkcs8", pkcs8, name, false, [
      "decrypt",
    ]);
  }
  const asked = [];
  const seen = [];
  return {
    publicKey,
    pkcs8,
    asked,
    seen,
    kms: {
      async decrypt(request) {
        const { KeyId, CiphertextBlob, EncryptionAlgorithm } = request;
        asked.push(request);
        try {
          const key = privateKeys[EncryptionAlgorithm];
          const plaintext = await crypto.subtle.decrypt("RSA-OAEP", key, CiphertextBlob);
          seen.push(new Uint8Array(plaintext).slice());
          return { KeyId, Plaintext: new Uint8Array(plaintext), EncryptionAlgorithm };
        } catch {
          throw kmsException("InvalidCiphertextException");
        }
      },
    },
  };
}
