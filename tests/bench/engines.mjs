// Where the tasks run. An engine prepares tasks of a size and measures them by name.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as bongtu from "bongtu";
import { launchChromium } from "../support/chromium.mjs";
import { serveFolders } from "../support/static-server.mjs";
import { cipherTasks } from "./cipher.mjs";
import { createTasks } from "./tasks.mjs";

export function startNode() {
  return {
    prepare: (size) => createTasks(bongtu, { size, cipherTasks }),
    async stop() {},
  };
}

export async function startChromium() {
  const folder = await mkdtemp(join(tmpdir(), "bongtu-bench-"));
  const server = await serveFolders({
    "/pkg/": fileURLToPath(new URL("../../pkg/", import.meta.url)),
    "/tests/": fileURLToPath(new URL("../", import.meta.url)),
  });
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`${server.origin}/tests/bench/page.html`);
  await page.locator("body[data-ready]").waitFor({ state: "attached" });
  return {
    async prepare(size) {
      const file = join(folder, "plaintext");
      await writeFile(file, Buffer.alloc(size, 0x5a));
      await page.locator("input").setInputFiles(file);
      const names = await page.evaluate((size) => globalThis.prepare(size), size);
      return { names, measure: (name) => page.evaluate((name) => globalThis.measure(name), name) };
    },
    async stop() {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
