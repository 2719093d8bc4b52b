// Suites import this as "#harness" in Node: the test runner and assertions that Node has.

import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeExecutor } from "../../pkg/js/executor/node.js";
import { rustExecutor } from "../../pkg/js/executor/rust.js";
import { webCryptoExecutor } from "../../pkg/js/executor/webcrypto.js";
import { readVectors } from "../support/vectors.mjs";

export { default as assert } from "node:assert/strict";
export { test } from "node:test";

/** All that this platform has. */
export const executors = [nodeExecutor, webCryptoExecutor, rustExecutor];

/** The scenarios of tests/vectors. */
export async function loadVectors() {
  return readVectors();
}

let folder;

/** The folder for spools; it is removed when the process ends. */
export async function spoolPlace() {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), "bongtu-spools-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  }
  return { folder };
}

/** The names and bytes of all files there. */
export async function keptFiles() {
  const names = await readdir(folder);
  return Promise.all(
    names.map(async (name) => ({
      name,
      bytes: new Uint8Array(await readFile(join(folder, name))),
    })),
  );
}
