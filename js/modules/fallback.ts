// AES-GCM and RSA-OAEP in WebAssembly: a module of its own, which is fetched only where the platform has none.

import * as bindings from "../wasm/bongtu_fallback.js";
import { inlined } from "../wasm/fallback-inline.js";
import { WasmModule } from "./compile.js";

const module = /* @__PURE__ */ new WasmModule(bindings, inlined);

/** The bindings, ready to use. */
export function fallbackWasm(): typeof bindings {
  return module.bindings;
}

/** The raw exports; a test searches their memory for keys. */
export function instantiateFallback(): bindings.InitOutput {
  return module.instance();
}
