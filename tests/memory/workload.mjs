// Streams through seal, or through seal and open, holding nothing. Runs in Node and in a page.

import { createLocalKms, KEY_ARN } from "../support/local-kms.mjs";
import { drain, sourceOf } from "../support/stream.mjs";

/** Returns the bytes that came out at the end. */
export async function stream({ Keyring, sealStream, openStream }, operation, length) {
  const { publicKey, kms } = await createLocalKms();
  const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms });
  const sealed = sourceOf(length).pipeThrough(sealStream(keyring, {}));
  // The message to open is made on the way: no copy of it anywhere could be mistaken for growth.
  return drain(operation === "open" ? sealed.pipeThrough(openStream(keyring, {})) : sealed);
}
