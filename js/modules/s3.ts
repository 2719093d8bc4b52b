// Requests to S3 have a WebAssembly module of their own: a bundler leaves it out for who makes none.

import { BongtuError, type BongtuErrorCode } from "../base/errors.js";
import * as bindings from "../wasm/bongtu_s3.js";
import { inlined } from "../wasm/s3-inline.js";
import { instantiated } from "./compile.js";

let instance: ReturnType<typeof bindings.initSync> | undefined;

/** The bindings, ready to use. */
export function s3Wasm(): typeof bindings {
  instantiateS3();
  return bindings;
}

/** The raw exports; a test searches their memory for keys. */
export function instantiateS3(): ReturnType<typeof bindings.initSync> {
  if (instance === undefined) {
    instance = instantiated(bindings.initSync, inlined);
    bindings.setErrorFactory(
      (code: BongtuErrorCode, message: string) => new BongtuError(code, message),
    );
  }
  return instance;
}
