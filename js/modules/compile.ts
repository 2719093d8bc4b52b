import { BongtuError, wordsOf } from "../base/errors.js";
import { alphabet } from "../wasm/alphabet.js";

/** A module as it is carried: as text, which runs wherever a script does, or by whoever has it compiled. */
export type Carried =
  | string
  | { readonly name: string; readonly module: WebAssembly.Module | undefined };

/** What the build makes of wasm-bindgen's code for each module. */
interface Bindings<Exports> {
  imports(): WebAssembly.Imports;
  finish(instance: WebAssembly.Instance, module: WebAssembly.Module): Exports;
}

/** Compiles and instantiates a module, synchronously. */
export function instantiated<Exports>(bindings: Bindings<Exports>, carried: Carried): Exports {
  try {
    const { Module, Instance } = engine();
    const module: WebAssembly.Module | undefined =
      typeof carried === "string" ? new Module(decode(carried)) : carried.module;
    if (module === undefined) {
      throw missing(carried);
    }
    return bindings.finish(new Instance(module, bindings.imports()), module);
  } catch (cause) {
    throw refused(cause);
  }
}

const carriedHere: WasmModule<unknown, Bindings<unknown>>[] = [];

/** Prepares all that is imported here. */
export async function prepareAll(): Promise<void> {
  await Promise.all(carriedHere.map((module) => module.prepare()));
}

/**
 * A WebAssembly module that a script carries: compiled when it is first needed, synchronously, so
 * that keys and keyrings need no set-up.
 */
export class WasmModule<Exports, B extends Bindings<Exports>> {
  readonly #bindings: B;
  readonly #carried: Carried;
  #instance: Exports | undefined;

  constructor(bindings: B & Bindings<Exports>, carried: Carried) {
    this.#bindings = bindings;
    this.#carried = carried;
    carriedHere.push(this);
  }

  /** Whether it is carried or was given. */
  get isHere(): boolean {
    return typeof this.#carried === "string" || this.#carried.module !== undefined;
  }

  /** The bindings, ready to use. */
  get bindings(): B {
    this.instance();
    return this.#bindings;
  }

  /** The raw exports, `memory` among them; tests search it for keys. */
  instance(): Exports {
    this.#instance ??= instantiated(this.#bindings, this.#carried);
    return this.#instance;
  }

  /** The same beforehand, without holding up the page. */
  async prepare(): Promise<void> {
    if (this.#instance !== undefined) {
      return;
    }
    try {
      const { compile, instantiate } = engine();
      const carried = this.#carried;
      const module = typeof carried === "string" ? await compile(decode(carried)) : carried.module;
      if (module === undefined) {
        return; // nobody gave it
      }
      const instance = await instantiate(module, this.#bindings.imports());
      // Unless somebody could not wait.
      if (this.#instance === undefined) {
        this.#instance = this.#bindings.finish(instance, module);
      }
    } catch (cause) {
      throw refused(cause);
    }
  }
}

function engine(): typeof WebAssembly {
  if (typeof WebAssembly !== "object") {
    throw new BongtuError("ERR_WASM", "this runtime has no WebAssembly, which bongtu needs");
  }
  return WebAssembly;
}

function missing(carried: Carried): BongtuError {
  const name = typeof carried === "string" ? "" : carried.name;
  return new BongtuError("ERR_WASM", `\`await init({ ${name}: … })\` comes first`);
}

function refused(cause: unknown): BongtuError {
  if (cause instanceof BongtuError) {
    return cause;
  }
  const words = wordsOf(cause);
  const text = `WebAssembly was refused: ${words}${adviceFor(words)}`;
  return new BongtuError("ERR_WASM", text, { cause });
}

/** A module of this package that is imported when it is first needed. */
export function fetched<T>(module: Promise<T>, what: string): Promise<T> {
  return module.catch((cause) => {
    const words = wordsOf(cause);
    throw new BongtuError("ERR_WASM", `the module ${what} cannot be loaded: ${words}`, { cause });
  });
}

/** Engines refuse for many reasons, of which a page can do something about two. */
function adviceFor(words: string): string {
  return /content.security.policy|\bcsp\b|unsafe-eval/i.test(words)
    ? "; a Content-Security-Policy must allow it with script-src 'wasm-unsafe-eval'"
    : /on the main thread/.test(words)
      ? "; `await ready()` does that"
      : "";
}

/** Reads what pkg-scripts/lib/inline.mjs writes: a byte is one character, or two after `}` and `~`. */
export function decode(inlined: string): Uint8Array<ArrayBuffer> {
  const meanings = new Uint8Array(3 * 128);
  symbols(alphabet).forEach((symbol, byte) => {
    meanings[symbol] = byte;
  });
  // A loop: `Uint8Array.from` with a function takes ten times as long, which is most of the start.
  const found = symbols(inlined);
  const bytes = new Uint8Array(found.length);
  for (let i = 0; i < found.length; i++) {
    bytes[i] = meanings[found[i] as number] as number;
  }
  return bytes;
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
