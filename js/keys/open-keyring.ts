// Keyrings as the opening WebAssembly module knows them: without the public key, which opens nothing.

import { openWasm } from "../modules/open.js";
import type { Keyring as Handle } from "../wasm/bongtu_open.js";
import type { KeyringParts } from "./descriptor.js";

const taken = new WeakMap<KeyringParts, Handle>();

/** Takes a keyring over at its first use. */
export function openKeyring(parts: KeyringParts): Handle {
  let handle = taken.get(parts);
  if (handle === undefined) {
    handle = takeOver(parts);
    taken.set(parts, handle);
  }
  return handle;
}

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
