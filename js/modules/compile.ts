import { BongtuError, type BongtuErrorCode, wordsOf } from "../base/errors.js";
import { alphabet } from "../wasm/alphabet.js";

/** The function that wasm-bindgen makes for each module. */
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

/** The bindings that wasm-bindgen makes for a crate whose errors are JavaScript's. */
interface Bindings<Exports> {
  readonly initSync: InitSync<Exports>;
  setErrorFactory(factory: (code: BongtuErrorCode, message: string) => BongtuError): void;
}

/**
 * A WebAssembly module that a script carries: compiled when it is first needed, synchronously, so
 * that keys and keyrings need no set-up.
 */
export class WasmModule<Exports, B extends Bindings<Exports>> {
  readonly #bindings: B;
  readonly #inlined: string;
  #instance: Exports | undefined;

  constructor(bindings: B & Bindings<Exports>, inlined: string) {
    this.#bindings = bindings;
    this.#inlined = inlined;
  }

  /** The bindings, ready to use. */
  get bindings(): B {
    this.instance();
    return this.#bindings;
  }

  /** The raw exports, `memory` among them; tests search it for keys. */
  instance(): Exports {
    if (this.#instance === undefined) {
      this.#instance = instantiated(this.#bindings.initSync, this.#inlined);
      this.#bindings.setErrorFactory((code, message) => new BongtuError(code, message));
    }
    return this.#instance;
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

/** Reads what pkg-scripts/lib/inline.mjs writes: a byte is one character, or two after `}` and `~`. */
export function decode(inlined: string): Uint8Array<ArrayBuffer> {
  const meanings = new Uint8Array(3 * 128);
  symbols(alphabet).forEach((symbol, byte) => {
    meanings[symbol] = byte;
  });
  return Uint8Array.from(symbols(inlined), (symbol) => meanings[symbol] as number);
}

function symbols(text: string): Uint16Array {
  const found = new Uint16Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    found[length++] = code < 125 ? code : (code - 124) * 128 + text.charCodeAt(++i);
  }
  return found.subarray(0, length);
}
