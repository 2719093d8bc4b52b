// What contexts.mjs calls in its pages.

import { Keyring, KmsPublicKey, open, seal } from "bongtu";

/** Seals and opens `length` bytes; `globalThis.decrypt` is a KMS outside the page. */
globalThis.roundTrip = async (spki, keyArn, length) => {
  const kms = {
    async decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm }) {
      const ciphertext = Array.from(CiphertextBlob);
      const plaintext = await globalThis.decrypt({ KeyId, ciphertext, EncryptionAlgorithm });
      return { KeyId, Plaintext: new Uint8Array(plaintext) };
    },
  };
  const keyring = Keyring.kmsRsa({ publicKey: new Uint8Array(spki), keyArn, kms });
  const data = Uint8Array.from({ length }, (_, i) => i * 7);
  const message = await seal(keyring, data);
  const { plaintext } = await open(keyring, message);
  return {
    secure: globalThis.isSecureContext,
    subtle: globalThis.crypto.subtle !== undefined,
    same: plaintext.length === length && plaintext.every((byte, i) => byte === data[i]),
    message: Array.from(message),
  };
};

/** The first call that needs WebAssembly, and how it fails. */
globalThis.firstCall = (spki) => {
  try {
    KmsPublicKey.parse(new Uint8Array(spki));
    return undefined;
  } catch ({ name, code, message, cause }) {
    return { name, code, message, cause: cause?.name };
  }
};
