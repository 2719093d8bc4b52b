// The engines that run the tasks. An engine prepares tasks of a size and measures them by name.

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../support/chromium.mjs";
import { serveFolders } from "../support/static-server.mjs";

/**
 * glibc gives large results back to the system or keeps them, by thresholds that it moves as it runs, and whoever
 * gets fresh memory pays for its page faults what AES costs twice: by chance, the same code came to 0.6 or to 1.8
 * of its opponent. So freed memory is kept, for both.
 */
const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: String(32 * 1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(4 * 1024 * 1024 * 1024),
  MALLOC_TOP_PAD_: String(64 * 1024 * 1024),
};

export function startNode() {
  const child = fork(new URL("node.mjs", import.meta.url), {
    env: { ...process.env, ...KEEP_MEMORY },
  });
  const exited = once(child, "exit");
  const ask = async (question) => {
    child.send(question);
    const failed = exited.then(([code]) => {
      throw new Error(`the process that measures ended with ${code}`);
    });
    const [answer] = await Promise.race([once(child, "message"), failed]);
    return answer;
  };
  return {
    async prepare(size) {
      const names = await ask({ prepare: size });
      return { names, measure: (name) => ask({ measure: name }) };
    },
    async stop() {
      child.disconnect();
      await exited;
    },
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
