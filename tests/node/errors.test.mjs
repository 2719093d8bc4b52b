// One list of codes: Rust's, TypeScript's and the table in the documentation.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { BongtuError, ERROR_CODES } from "bongtu";

/**
 * Those of what Rust does not do: sources, signals, KMS clients, uploads, files, the WebAssembly
 * runtime.
 */
const OF_TYPESCRIPT = [
  "ERR_ABORTED",
  "ERR_NO_KMS",
  "ERR_QUOTA",
  "ERR_SOURCE",
  "ERR_SPOOL",
  "ERR_UPLOAD",
  "ERR_WASM",
];

/** Those of the command line alone. */
const OF_COMMAND_LINE = ["ERR_FILE", "ERR_USAGE"];

const read = (path) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const sorted = (codes) => [...new Set(codes)].sort();

test("ERROR_CODES are those of the core and TypeScript's own", async () => {
  const core = [...(await read("crates/core/src/error.rs")).matchAll(/=> "(ERR_[A-Z0-9_]+)"/g)];
  const codes = core.map(([, code]) => code);
  assert.ok(codes.length > 20, "the core's codes were not found");
  assert.deepEqual(sorted(ERROR_CODES), sorted([...codes, ...OF_TYPESCRIPT]));
  assert.equal(new Set(ERROR_CODES).size, ERROR_CODES.length);
});

test("the documentation has a row for each of them, in their order", async () => {
  const rows = [...(await read("docs/errors.md")).matchAll(/^\| `(ERR_[A-Z0-9_]+)` \|/gm)];
  const documented = rows.map(([, code]) => code);
  assert.deepEqual(
    documented.filter((code) => !OF_COMMAND_LINE.includes(code)),
    [...ERROR_CODES],
  );
  assert.deepEqual(
    sorted(documented.filter((code) => OF_COMMAND_LINE.includes(code))),
    OF_COMMAND_LINE,
  );
});

test("a BongtuError is an Error with a code", () => {
  const cause = new Error("below");
  const error = new BongtuError("ERR_KMS", "KMS answered something", { cause });
  assert.ok(error instanceof Error);
  assert.equal(error.name, "BongtuError");
  assert.equal(error.code, "ERR_KMS");
  assert.equal(error.cause, cause);
  assert.match(error.stack, /errors\.test\.mjs/);
  assert.match(String(error), /^BongtuError: KMS answered something/);
});
