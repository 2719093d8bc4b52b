import { BongtuError, wordsOf } from "../base/errors.js";

/** What wasm-bindgen makes for each module. */
type InitSync<Exports> = (source: { module: WebAssembly.Module }) => Exports;

/** Compiles and instantiates a module that a script carries as text, synchronously. */
export function instantiated<Exports>(initSync: InitSync<Exports>, inlined: string): Exports {
  if (typeof WebAssembly !== "object") {
    throw new BongtuError("ERR_WASM", "this runtime has no WebAssembly, which bongtu needs");
  }
  try {
    return initSync({ module: new WebAssembly.Module(decode(inlined)) });
  } catch (cause) {
    const words = wordsOf(cause);
    throw new BongtuError("ERR_WASM", `WebAssembly was refused: ${words}${adviceFor(words)}`, {
      cause,
    });
  }
}

/** A module of this package that is imported when it is first needed. */
export function fetched<T>(module: Promise<T>, what: string): Promise<T> {
  return module.catch((cause) => {
    const words = wordsOf(cause);
    throw new BongtuError("ERR_WASM", `the module ${what} cannot be loaded: ${words}`, { cause });
  });
}

/** Engines refuse for many reasons, of which a page can do something about one. */
function adviceFor(words: string): string {
  return /content.security.policy|\bcsp\b|unsafe-eval/i.test(words)
    ? "; a Content-Security-Policy must allow it with script-src 'wasm-unsafe-eval'"
    : "";
}

/** A byte is its low half as A to P and its high half as a to p, which brotli packs better than hexadecimal. */
function decode(inlined: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(inlined.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (inlined.charCodeAt(2 * i) - 65) | ((inlined.charCodeAt(2 * i + 1) - 97) << 4);
  }
  return bytes;
}
