// RSA-OAEP in WebAssembly: a module of its own, which is fetched only where the platform has no RSA.

import type { Bytes } from "./bytes.js";
import { compile } from "./compile.js";
import { BongtuError } from "./errors.js";
import * as bindings from "./wasm/bongtu_rsa.js";
import { inlined } from "./wasm/rsa-inline.js";

/** The raw exports; a test searches their memory for keys. */
export const instance: ReturnType<typeof bindings.initSync> = bindings.initSync({
  module: compile(inlined),
});

export function rsaOaepEncrypt(spki: Bytes, hash: string, plaintext: Bytes): Bytes {
  const encrypted = bindings.rsaOaepEncrypt(spki, hash, plaintext);
  if (encrypted === undefined) {
    throw new BongtuError("ERR_RANDOM", "no randomness: the system's generator failed");
  }
  return encrypted as Bytes;
}
