// How soon a fresh process, and a fresh page without a bundler, has the package and has sealed something:
//
//   pkg-scripts/bench --start [--rounds N]
//
// Beside it what others take to be imported, and the package as single modules. All take turns, so that what else the
// machine does meets all of them alike; printed are medians.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createKms, KEY_ARN } from "../harness/kms.mjs";
import { launchChromium } from "../support/chromium.mjs";
import { serveFolders } from "../support/static-server.mjs";

const PKG = fileURLToPath(new URL("../../pkg", import.meta.url));
const [peers, ...options] = process.argv.slice(2);
const rounds = options[0] === "--rounds" ? Number(options[1]) : 15;

const { publicKey } = await createKms();
const key = JSON.stringify(Buffer.from(publicKey).toString("base64"));

/** A program that seals a KiB with the package at `file`. */
const sealing = (file) => `
  import { Keyring, KmsPublicKey, seal } from "${file}";
  const spki = Uint8Array.from(atob(${key}), (character) => character.charCodeAt(0));
  const keyring = Keyring.kmsRsa({ publicKey: KmsPublicKey.parse(spki, { keyArn: "${KEY_ARN}" }) });
  await seal(keyring, new Uint8Array(1024));`;
const importing = (file) => `import * as all from "${file}"; globalThis.all = all;`;

const folder = await mkdtemp(join(tmpdir(), "bongtu-start-"));
try {
  await measureNode();
  await measurePages();
} finally {
  await rm(folder, { recursive: true });
}

async function measureNode() {
  const at = (path) => pathToFileURL(resolve(path)).href;
  const programs = {
    nothing: "",
    "import jose": importing(at(`${peers}/jose/dist/webapi/index.js`)),
    "import age-encryption": importing(at(`${peers}/age-encryption/dist/index.js`)),
    "import bongtu": importing(at(`${PKG}/dist/node/index.js`)),
    "import bongtu, seal 1 KiB": sealing(at(`${PKG}/dist/node/index.js`)),
    "the same of single modules": sealing(at(`${PKG}/js/node.js`)),
  };
  const runs = [];
  for (const [what, program] of Object.entries(programs)) {
    const file = join(folder, `${runs.length}.mjs`);
    await writeFile(file, program);
    runs.push({ what, run: () => promisify(execFile)(process.execPath, [file]) });
  }
  const medians = await takeTurns(runs);
  const bare = medians.get("nothing");
  const jose = medians.get("import jose") - bare;
  print(
    `a process of Node ${process.version}: from its start, less a bare one's ${bare.toFixed(0)} ms`,
  );
  for (const [what, median] of [...medians].slice(1)) row(what, median - bare, jose, "jose");
}

async function measurePages() {
  const programs = {
    "import jose": importing("/peers/jose/dist/webapi/index.js"),
    "import bongtu": importing("/pkg/dist/index.js"),
    "import bongtu, seal 1 KiB": sealing("/pkg/dist/index.js"),
    "the same of single modules": sealing("/pkg/js/index.js"),
  };
  const served = { "/pkg/": PKG, "/peers/": peers, "/": folder };
  const server = await serveFolders(served, { "Cache-Control": "no-store" });
  const browser = await launchChromium();
  const runs = [];
  for (const [what, program] of Object.entries(programs)) {
    const name = `page${runs.length}`;
    await writeFile(join(folder, `${name}.mjs`), `${program}\ndocument.title = performance.now();`);
    await writeFile(
      join(folder, `${name}.html`),
      `<!doctype html><title></title><script type="module" src="${name}.mjs"></script>`,
    );
    runs.push({ what, run: () => timeIn(browser, `${server.origin}/${name}.html`) });
  }
  const medians = await takeTurns(runs);
  await browser.close();
  await server.close();
  print("a page of Chromium without a bundler: from the request for it");
  const modules = medians.get("the same of single modules");
  for (const [what, median] of medians) row(what, median, modules, "single modules");
}

/** Milliseconds that the page itself counts, in a context of its own: nothing is compiled or cached before. */
async function timeIn(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => document.title !== "");
  const time = Number(await page.title());
  await context.close();
  return time;
}

/** Medians of how long each takes: what it says itself, or what is seen from outside. The first turn is not counted. */
async function takeTurns(runs) {
  const times = new Map(runs.map(({ what }) => [what, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const { what, run } of runs) {
      const start = performance.now();
      const said = await run();
      const time = typeof said === "number" ? said : performance.now() - start;
      if (round > 0) times.get(what).push(time);
    }
  }
  return new Map([...times].map(([what, list]) => [what, median(list)]));
}

function median(list) {
  const sorted = list.sort((one, other) => one - other);
  return sorted[sorted.length >> 1];
}

function print(text) {
  console.log(`\n${text}`);
}

function row(what, time, other, name) {
  console.log(
    `  ${what.padEnd(28)}${time.toFixed(0).padStart(5)} ms${(time / other).toFixed(2).padStart(7)} of ${name}`,
  );
}
