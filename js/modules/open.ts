// Opening has a WebAssembly module of its own: a bundler leaves it out for who only seals.

import * as bindings from "../wasm/bongtu_open.js";
import { inlined } from "../wasm/open-inline.js";
import { WasmModule } from "./compile.js";

const module = /* @__PURE__ */ new WasmModule(bindings, inlined);

/** The bindings, ready to use. */
export function openWasm(): typeof bindings {
  return module.bindings;
}

export function openIsHere(): boolean {
  return module.isHere;
}

/** The raw exports; a test searches their memory for keys. */
export function instantiateOpen(): bindings.InitOutput {
  return module.instance();
}
