// Checksums in WebAssembly: a module of its own, which is fetched only by those who ask for one.

import { BongtuError, type BongtuErrorCode } from "../base/errors.js";
import * as bindings from "../wasm/bongtu_checksums.js";
import { inlined } from "../wasm/checksums-inline.js";
import { instantiated } from "./compile.js";

/** The bindings, ready to use. Not exported one by one: a bundler would leave out what begins them. */
export const wasm: typeof bindings = begin();

function begin() {
  instantiated(bindings.initSync, inlined);
  bindings.setErrorFactory(
    (code: BongtuErrorCode, message: string) => new BongtuError(code, message),
  );
  return bindings;
}
