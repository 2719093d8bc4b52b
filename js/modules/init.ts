// bongtu/slim: the WebAssembly comes from outside, as files that a page streams and a cache keeps.

import { BongtuError, inputError, wordsOf } from "../base/errors.js";
import { checkObject } from "../base/options.js";
import { type Carried, prepareAll } from "./compile.js";

/** Who needs which module: docs/platforms.md. Each is the file `bongtu/wasm/NAME.wasm`. */
export type WasmName = "seal" | "open" | "s3" | "policy" | "inspect" | "checksums" | "fallback";

/** An address to fetch it from, what was fetched, its bytes, or itself. */
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module;

const NAMES: Readonly<Record<WasmName, true>> = {
  seal: true,
  open: true,
  s3: true,
  policy: true,
  inspect: true,
  checksums: true,
  fallback: true,
};

const given = new Map<WasmName, WebAssembly.Module>();

/**
 * A module that `init` is to bring; each script that carries none says so.
 * @internal
 */
export function slot(name: WasmName): Carried {
  return {
    name,
    get module() {
      return given.get(name);
    },
  };
}

/** Compiles modules; what needs one that was not given fails with `ERR_WASM`, which names it. */
export async function init(
  sources: Readonly<Partial<Record<WasmName, WasmSource | Promise<WasmSource>>>>,
): Promise<void> {
  checkObject(sources, "the modules");
  const compiling = Object.entries(sources).map(async ([name, source]) => {
    if (!Object.hasOwn(NAMES, name)) {
      throw inputError(`there is no module ${JSON.stringify(name)}`);
    }
    given.set(name as WasmName, await compiled(name, source));
  });
  await Promise.all(compiling);
  await prepareAll();
}

async function compiled(
  name: string,
  coming: WasmSource | Promise<WasmSource>,
): Promise<WebAssembly.Module> {
  try {
    const source = await coming;
    if (source instanceof WebAssembly.Module) {
      return source;
    }
    if (typeof source === "string" || source instanceof URL) {
      return await ofResponse(await fetch(source));
    }
    return source instanceof Response
      ? await ofResponse(source)
      : await WebAssembly.compile(source);
  } catch (cause) {
    const text = `the module ${name} cannot be loaded: ${wordsOf(cause)}`;
    throw new BongtuError("ERR_WASM", text, { cause });
  }
}

async function ofResponse(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) {
    throw new Error(`HTTP status ${response.status}`);
  }
  // Engines stream nothing that is not called what it is, and older ones stream nothing.
  const streams = response.headers.get("content-type") === "application/wasm";
  return streams && typeof WebAssembly.compileStreaming === "function"
    ? await WebAssembly.compileStreaming(response)
    : await WebAssembly.compile(await response.arrayBuffer());
}
