// KMS of one key inside this process, RSA or symmetric, made with WebCrypto so that they work
// everywhere that suites run.

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
  const asked = [];
  const seen = [];
  const kms = await kmsOf(pkcs8);
  return {
    publicKey,
    pkcs8,
    asked,
    seen,
    kms: {
      async decrypt(request) {
        asked.push(request);
        const answer = await kms.decrypt(request);
        seen.push(answer.Plaintext.slice());
        return answer;
      },
    },
  };
}

/** Decrypts as KMS does with this private key. */
export async function kmsOf(pkcs8) {
  const privateKeys = {};
  for (const [algorithm, hash] of Object.entries(HASHES)) {
    const name = { name: "RSA-OAEP", hash };
    privateKeys[algorithm] = await crypto.subtle.importKey("pkcs8", pkcs8, name, false, [
      "decrypt",
    ]);
  }
  return {
    async decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm }) {
      try {
        const key = privateKeys[EncryptionAlgorithm];
        const plaintext = await crypto.subtle.decrypt("RSA-OAEP", key, CiphertextBlob);
        return { KeyId, Plaintext: new Uint8Array(plaintext), EncryptionAlgorithm };
      } catch {
        throw kmsException("InvalidCiphertextException");
      }
    },
  };
}

export const SYMMETRIC_ARN =
  "arn:aws:kms:eu-central-1:111122223333:key/aaaaaaaa-4b5a-4697-8788-99aabbccddee";

/**
 * Makes a symmetric key, which answers GenerateDataKey and Decrypt as KMS does: only under the same
 * encryption context. `asked` and `seen` as above.
 */
export async function createSymmetricKms() {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const algorithm = (iv, context) => ({
    name: "AES-GCM",
    iv,
    additionalData: new TextEncoder().encode(JSON.stringify(Object.entries(context).sort())),
  });
  const asked = [];
  const seen = [];
  return {
    asked,
    seen,
    kms: {
      async generateDataKey(request) {
        const { KeyId, EncryptionContext } = request;
        asked.push(request);
        const Plaintext = crypto.getRandomValues(new Uint8Array(32));
        seen.push(Plaintext.slice());
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const sealed = await crypto.subtle.encrypt(
          algorithm(iv, EncryptionContext),
          key,
          Plaintext,
        );
        return {
          KeyId,
          Plaintext,
          CiphertextBlob: new Uint8Array([...iv, ...new Uint8Array(sealed)]),
        };
      },
      async decrypt(request) {
        const { KeyId, CiphertextBlob, EncryptionContext } = request;
        asked.push(request);
        try {
          const parameters = algorithm(CiphertextBlob.slice(0, 12), EncryptionContext);
          const plaintext = await crypto.subtle.decrypt(parameters, key, CiphertextBlob.slice(12));
          seen.push(new Uint8Array(plaintext).slice());
          return { KeyId, Plaintext: new Uint8Array(plaintext) };
        } catch {
          throw kmsException("InvalidCiphertextException");
        }
      },
    },
  };
}
