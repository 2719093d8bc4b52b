import type { Encryption } from "../../wasm/bongtu_s3.js";

/**
 * What a CustomerKey is to the WebAssembly module; throws once it is disposed of. Beside the class and not
 * in it: every request that may carry a key would need what seals and opens keys.
 */
export const customerKeys = /* @__PURE__ */ new WeakMap<object, () => Encryption>();
