// The public key that pages seal to. Whoever could swap it would read everything from then on: so its fingerprint comes with the page's
// own code, by another way than the key, and nothing is sealed to another key.

import { Keyring, KmsPublicKey } from "bongtu";

/**
 * @param {{ publicKey: string, keyArn: string, spkiSha256: string }} to as `bongtu key` shows it, or `KmsPublicKey.parse`
 */
export function pinnedKeyring({ publicKey, keyArn, spkiSha256 }) {
  if (typeof spkiSha256 !== "string") throw new Error("the key's fingerprint is missing");
  return Keyring.kmsRsa({ publicKey: KmsPublicKey.parse(publicKey, { spkiSha256 }), keyArn });
}
