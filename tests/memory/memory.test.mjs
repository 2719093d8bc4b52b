// Memory does not grow with the data: the peak of all processes together, at 256 MiB and at 1 GiB.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { launchChromium } from "../support/chromium.mjs";
import { serveFolders } from "../support/static-server.mjs";
import { descendants, watchPss } from "./pss.mjs";
import { OPERATIONS } from "./workload.mjs";

const MIB = 1024 * 1024;
const SMALL = 256 * MIB;
const LARGE = 1024 * MIB;
const MAX_GROWTH = 64 * MIB;
const RUNS = 3;
// A browser goes on starting processes, 120 MiB of them, for a while after its first page is there.
const SETTLE_MS = 1500;
const WARM_UP = 256 * MIB;

const ENGINES = { node: measureInNode, chromium: measureInChromium };
const skip = existsSync("/proc/self/smaps_rollup") ? false : "needs the /proc of Linux";

for (const [engine, measure] of Object.entries(ENGINES)) {
  for (const operation of OPERATIONS) {
    test(`${engine}: to ${operation} keeps its memory`, { skip }, async (t) => {
      const peaks = { [SMALL]: [], [LARGE]: [] };
      for (let run = 0; run < RUNS; run++) {
        for (const length of [SMALL, LARGE]) {
          const { peak, bytesOut } = await measure(operation, length);
          assert.ok(
            operation.startsWith("open") ? bytesOut === length : bytesOut > length,
            "all came out",
          );
          peaks[length].push(peak);
        }
      }
      const growth = median(peaks[LARGE]) - median(peaks[SMALL]);
      t.diagnostic(
        `peak ${inMib(median(peaks[SMALL]))} at 256 MiB, ${inMib(median(peaks[LARGE]))} at 1 GiB: grew by ${inMib(growth)}`,
      );
      assert.ok(growth <= MAX_GROWTH, `grew by ${inMib(growth)}`);
    });
  }
}

async function measureInNode(operation, length) {
  const script = fileURLToPath(new URL("run-node.mjs", import.meta.url));
  const watch = watchPss(process.pid);
  const { stdout } = await promisify(execFile)(process.execPath, [script, operation, length]);
  return { peak: watch.stop(), bytesOut: Number(stdout) };
}

async function measureInChromium(operation, length) {
  const root = new URL("../..", import.meta.url);
  const server = await serveFolders({
    "/pkg/": fileURLToPath(new URL("pkg/", root)),
    "/tests/": fileURLToPath(new URL("tests/", root)),
  });
  const browser = await launchChromium({ args: ["--js-flags=--expose-gc"] });
  try {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/tests/memory/page.html`);
    await page.locator("body[data-ready]").waitFor({ state: "attached" });
    await settled();
    const runInPage = (length) =>
      page.evaluate(
        ([operation, length]) => globalThis.runWorkload(operation, length),
        [operation, length],
      );
    // Memory that is compiled or allocated only once is not growth either.
    await runInPage(WARM_UP);
    const watch = watchPss(process.pid);
    const bytesOut = await runInPage(length);
    return { peak: watch.stop(), bytesOut };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Waits until no process has come or gone for a while. */
async function settled() {
  const running = () => descendants(process.pid).sort().join();
  for (let rounds = 0, before; rounds < 20 && running() !== before; rounds++) {
    before = running();
    await setTimeout(SETTLE_MS);
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function inMib(bytes) {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}
