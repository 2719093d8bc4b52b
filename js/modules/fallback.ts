// AES-GCM and RSA-OAEP in WebAssembly: a module of its own, which is fetched only where the platform has none.

import * as bindings from "../wasm/bongtu_fallback.js";
import { inlined } from "../wasm/fallback-inline.js";
import { instantiated } from "./compile.js";

/** The raw exports; a test searches their memory for keys. */
export const instance: ReturnType<typeof bindings.initSync> = instantiated(
  bindings.initSync,
  inlined,
);

export const { Aes, rsaOaepEncrypt } = bindings;
