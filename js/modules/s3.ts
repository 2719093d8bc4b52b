// Requests to S3 have a WebAssembly module of their own: a bundler leaves it out for who makes none.

import * as bindings from "../wasm/bongtu_s3.js";
import { inlined } from "../wasm/s3-inline.js";
import { WasmModule } from "./compile.js";

const module = /* @__PURE__ */ new WasmModule(bindings, inlined);

/** The bindings, ready to use. */
export function s3Wasm(): typeof bindings {
  return module.bindings;
}

/** The raw exports; a test searches their memory for keys. */
export function instantiateS3(): bindings.InitOutput {
  return module.instance();
}
