// Keyrings as the sealing WebAssembly module knows them.

import { sealWasm } from "../modules/seal.js";
import type { Keyring as Handle } from "../wasm/bongtu_seal.js";
import type { KeyringParts } from "./descriptor.js";
import { handleOf } from "./public-key.js";

const taken = new WeakMap<KeyringParts, Handle>();

/** Takes a keyring over at its first use, which refuses what does not go together. */
export function sealKeyring(parts: KeyringParts): Handle {
  let handle = taken.get(parts);
  if (handle === undefined) {
    handle = takeOver(parts);
    taken.set(parts, handle);
  }
  return handle;
}

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
