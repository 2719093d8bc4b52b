// Checksums have a WebAssembly module of their own, which is fetched only by those who ask for one.

import * as bindings from "../wasm/bongtu_checksums.js";
import { inlined } from "../wasm/checksums-inline.js";
import { WasmModule } from "./compile.js";

const module = /* @__PURE__ */ new WasmModule(bindings, inlined);

/** The bindings, ready to use. */
export function checksumsWasm(): typeof bindings {
  return module.bindings;
}
