// The WebAssembly half: carried inline, compiled when first needed, synchronously, so that keys and
// keyrings need no set-up.

import { BongtuError, type BongtuErrorCode } from "../base/errors.js";
import * as bindings from "../wasm/bongtu_wasm.js";
import { inlined } from "../wasm/inline.js";
import { instantiated } from "./compile.js";

let instance: ReturnType<typeof bindings.initSync> | undefined;

/** The bindings, ready to use. */
export function wasm(): typeof bindings {
  instantiate();
  return bindings;
}

/** The raw exports, `memory` among them; a test searches it for keys. */
export function instantiate(): ReturnType<typeof bindings.initSync> {
  if (instance === undefined) {
    instance = instantiated(bindings.initSync, inlined);
    bindings.setErrorFactory(
      (code: BongtuErrorCode, message: string) => new BongtuError(code, message),
    );
  }
  return instance;
}
