// Describing has a WebAssembly module of its own, which is fetched only by those who look.

import * as bindings from "../wasm/bongtu_inspect.js";
import { inlined } from "../wasm/inspect-inline.js";
import { WasmModule } from "./compile.js";

const module = /* @__PURE__ */ new WasmModule(bindings, inlined);

/** The bindings, ready to use. */
export function inspectWasm(): typeof bindings {
  return module.bindings;
}
