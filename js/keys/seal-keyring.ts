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

function takeOver({ kind, keyArn = "", publicKey, algorithm, ...rules }: KeyringParts): Handle {
  const { Keyring } = sealWasm();
  if (kind === "kms") {
    return Keyring.kms(keyArn);
  }
  return publicKey === undefined
    ? Keyring.kmsRsaOpenOnly(rules.anyKey ? undefined : keyArn, algorithm, rules.underAnyArn)
    : Keyring.kmsRsa(handleOf(publicKey), keyArn, algorithm, rules.underAnyArn);
}
