// WebAssembly that an engine refuses, and modules that do not load: the engine's own words are what people read.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fetched, instantiated } from "../../pkg/js/modules/compile.js";
import { alphabet } from "../../pkg/js/wasm/alphabet.js";
import { failure, thrown } from "../suite/support.mjs";

/** Each engine's words, and whether a Content-Security-Policy is the reason. */
const REFUSALS = [
  [
    "WebAssembly.Module(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script in the following Content Security Policy directive: \"script-src 'self'\"",
    true,
  ],
  [
    "WebAssembly.Module(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source of script",
    true,
  ],
  ["call to WebAssembly.Module() blocked by CSP", true],
  [
    "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script",
    true,
  ],
  ["WebAssembly.Module(): Wasm code generation disallowed by embedder", false],
  [
    "WebAssembly.Compile is disallowed on the main thread, if the buffer size is larger than 8MB. Use WebAssembly.compile, or compile on a worker thread.",
    false,
  ],
  ["WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance", false],
  ["wasm validation error: at offset 4: failed to match binary version", false],
];

for (const [words, isPolicy] of REFUSALS) {
  test(`refused: ${words.slice(0, 70)}`, () => {
    const cause = new WebAssembly.CompileError(words);
    function refuse() {
      throw cause;
    }
    // When it is instantiated, and when it is compiled.
    const errors = [
      thrown(
        () => instantiated({ ...BINDINGS, finish: refuse }, inlined(EMPTY_MODULE)),
        "ERR_WASM",
      ),
    ];
    const { Module } = WebAssembly;
    try {
      WebAssembly.Module = refuse;
      errors.push(thrown(() => instantiated(BINDINGS, inlined(EMPTY_MODULE)), "ERR_WASM"));
    } finally {
      WebAssembly.Module = Module;
    }
    for (const error of errors) {
      assert.ok(error.message.includes(words), error.message);
      assert.equal(error.message.includes("script-src 'wasm-unsafe-eval'"), isPolicy);
      assert.equal(error.cause, cause);
    }
  });
}

test("no WebAssembly at all", () => {
  const { WebAssembly: before } = globalThis;
  try {
    delete globalThis.WebAssembly;
    assert.match(thrown(() => instantiated(BINDINGS, ""), "ERR_WASM").message, /no WebAssembly/);
  } finally {
    globalThis.WebAssembly = before;
  }
});

test("a module that cannot be imported says why", async () => {
  for (const cause of [
    new TypeError("import() is disallowed on ServiceWorkerGlobalScope by the HTML specification."),
    new TypeError("Failed to fetch dynamically imported module: https://app.example/chunk.js"),
    new WebAssembly.CompileError(
      "WebAssembly.Module(): Wasm code generation disallowed by embedder",
    ),
    "a text",
    undefined,
  ]) {
    const error = await failure(fetched(Promise.reject(cause), "that inspects"), "ERR_WASM");
    assert.equal(error.cause, cause);
    const words = String(cause?.message ?? cause);
    assert.equal(error.message, `the module that inspects cannot be loaded: ${words}`);
  }
});

const BINDINGS = { imports: () => ({}), finish: () => ({}) };
const EMPTY_MODULE = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** Writes bytes as pkg-scripts/lib/inline.mjs does. */
function inlined(bytes) {
  const symbols = alphabet.match(/[}~]?./g);
  return Array.from(bytes, (byte) => symbols[byte]).join("");
}
