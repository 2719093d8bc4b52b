// Runs every suite in Node; tests/harness/run-browser.mjs runs the same ones in Chromium.

import { readdir } from "node:fs/promises";

const folder = new URL("../suite/", import.meta.url);
for (const name of (await readdir(folder)).filter((name) => name.endsWith(".suite.mjs")).sort()) {
  await import(new URL(name, folder).href);
}
