// Every consumer here does this with the package: it seals, inspects and opens.

import { createKms, KEY_ARN } from "./kms.mjs";

export async function roundTrip({ KmsPublicKey, Keyring, seal, sealedSize, open, inspect }) {
  const { publicKey, kms } = await createKms();
  const keyring = Keyring.kmsRsa({
    publicKey: KmsPublicKey.parse(publicKey, { keyArn: KEY_ARN }),
    keyArn: KEY_ARN,
    kms,
  });
  const encryptionContext = { purpose: "packaging" };
  const plaintext = new Uint8Array(600_000).map((_, index) => index);

  const message = await seal(keyring, plaintext, { encryptionContext });
  const opened = await open(keyring, message, { encryptionContext });
  const { suite, body } = await inspect(message);
  return {
    sameBytes: opened.plaintext.every((byte, index) => byte === plaintext[index]),
    openedLength: opened.plaintext.length,
    sizeForetold: message.length === sealedSize(keyring, plaintext.length, { encryptionContext }),
    suite: suite.id,
    frames: body.frames,
    purpose: opened.encryptionContext.purpose,
  };
}
