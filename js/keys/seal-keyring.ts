// Keyrings as the sealing WebAssembly module knows them.

import { sealIsHere, sealWasm } from "../modules/seal.js";
import type { Keyring as Handle } from "../wasm/bongtu_seal.js";
import { checkKeyringsBy, type KeyringParts, once } from "./descriptor.js";
import { handleOf } from "./public-key.js";

/** Takes a keyring over at its first use, which refuses what does not go together. */
export const sealKeyring: (parts: KeyringParts) => Handle = /* @__PURE__ */ once(takeOver);

checkKeyringsBy({
  seals: true,
  isHere: sealIsHere,
  keyArn: (text) => sealWasm().parseKeyArn(text),
  takeOver: sealKeyring,
});

function takeOver(parts: KeyringParts): Handle {
  const { kind, keyArn = "", publicKey, algorithm, underAnyArn } = parts;
  const { Keyring } = sealWasm();
  switch (kind) {
    case "kms":
      return Keyring.kms(keyArn);
    case "kms-rsa":
      return publicKey === undefined
        ? Keyring.kmsRsaOpenOnly(keyArn, algorithm, underAnyArn)
        : Keyring.kmsRsa(handleOf(publicKey), keyArn, algorithm, underAnyArn);
    case "kms-rsa-any":
      return Keyring.kmsRsaAnyKey(algorithm);
  }
}
