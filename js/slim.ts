// bongtu/slim: the same without its WebAssembly, which `init` is given. Bundling makes it so: pkg-scripts/lib/bundle.mjs.

export * from "./index.js";
export { init, type WasmName, type WasmSource } from "./modules/init.js";
