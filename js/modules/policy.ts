// Policies of buckets have a WebAssembly module of their own: pages that upload have no use for them.

import * as bindings from "../wasm/bongtu_policy.js";
import { inlined } from "../wasm/policy-inline.js";
import { WasmModule } from "./compile.js";

const module = /* @__PURE__ */ new WasmModule(bindings, inlined);

/** The bindings, ready to use. */
export function policyWasm(): typeof bindings {
  return module.bindings;
}
