// The WebAssembly half: carried inline, compiled when first needed, synchronously, so that keys and
// keyrings need no set-up.

import { BongtuError, type BongtuErrorCode } from "./errors.js";
import * as bindings from "./wasm/bongtu_wasm.js";
import { hex } from "./wasm/inline.js";

let instance: ReturnType<typeof bindings.initSync> | undefined;

/** The bindings, ready to use. */
export function wasm(): typeof bindings {
  instantiate();
  return bindings;
}

/** The raw exports, `memory` among them; a test searches it for keys. */
export function instantiate(): ReturnType<typeof bindings.initSync> {
  if (instance === undefined) {
    instance = bindings.initSync({ module: compile() });
    bindings.setErrorFactory(
      (code: BongtuErrorCode, message: string) => new BongtuError(code, message),
    );
  }
  return instance;
}

function compile(): WebAssembly.Module {
  if (typeof WebAssembly !== "object") {
    throw new BongtuError("ERR_WASM", "this runtime has no WebAssembly, which bongtu needs");
  }
  try {
    return new WebAssembly.Module(fromHex(hex));
  } catch (cause) {
    throw new BongtuError(
      "ERR_WASM",
      "WebAssembly was refused; a Content-Security-Policy must allow it with script-src 'wasm-unsafe-eval'",
      { cause },
    );
  }
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (digit(text.charCodeAt(2 * i)) << 4) | digit(text.charCodeAt(2 * i + 1));
  }
  return bytes;
}

/** Of a lower-case hexadecimal digit's character code: "0" is 48, "a" is 97. */
function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}
