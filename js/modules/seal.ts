// Keys and keyrings, and all that is sealed to them.

import * as bindings from "../wasm/bongtu_seal.js";
import { inlined } from "../wasm/seal-inline.js";
import { WasmModule } from "./compile.js";

const module = /* @__PURE__ */ new WasmModule(bindings, inlined);

/** The bindings, ready to use. */
export function sealWasm(): typeof bindings {
  return module.bindings;
}

export function sealIsHere(): boolean {
  return module.isHere;
}

/** The raw exports; a test searches their memory for keys. */
export function instantiateSeal(): bindings.InitOutput {
  return module.instance();
}
