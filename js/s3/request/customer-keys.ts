import type { Encryption } from "../../wasm/bongtu_s3.js";

/**
 * The WebAssembly handle of a CustomerKey; reading it throws once the key is disposed of. It stands beside the class and not
 * in it, since otherwise every request that may carry a key would load the code that seals and opens keys.
 */
export const customerKeys = /* @__PURE__ */ new WeakMap<object, () => Encryption>();
