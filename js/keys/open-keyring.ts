// Keyrings as the opening WebAssembly module knows them: without the public key, which opens nothing.

import { openIsHere, openWasm } from "../modules/open.js";
import type { Keyring as Handle } from "../wasm/bongtu_open.js";
import { checkKeyringsBy, type KeyringParts, once } from "./descriptor.js";

/** Takes a keyring over at its first use. */
export const openKeyring: (parts: KeyringParts) => Handle = /* @__PURE__ */ once(takeOver);

checkKeyringsBy({
  seals: false,
  isHere: openIsHere,
  keyArn: (text) => openWasm().parseKeyArn(text),
  takeOver: openKeyring,
});

function takeOver({ kind, keyArn = "", algorithm, underAnyArn }: KeyringParts): Handle {
  const { Keyring } = openWasm();
  switch (kind) {
    case "kms":
      return Keyring.kms(keyArn);
    case "kms-rsa":
      return Keyring.kmsRsaOpenOnly(keyArn, algorithm, underAnyArn);
    case "kms-rsa-any":
      return Keyring.kmsRsaAnyKey(algorithm);
  }
}
