// A KMS of one RSA key in this process, made with WebCrypto so that it works in Node and in a page.

export const KEY_ARN =
  "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** Returns the public half (SPKI, DER) and a `Kms` that decrypts RSAES_OAEP_SHA_256 with the other. */
export async function createLocalKms() {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(
    {
      name: "RSA-OAEP",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    },
    true,
    ["encrypt", "decrypt"],
  );
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey("spki", publicKey)),
    kms: {
      async decrypt({ KeyId, CiphertextBlob }) {
        const plaintext = await crypto.subtle.decrypt("RSA-OAEP", privateKey, CiphertextBlob);
        return { KeyId, Plaintext: new Uint8Array(plaintext) };
      },
    },
  };
}
