// Runs every suite in Chromium, bundled as an application bundles the package and under the
// strictest policy that one may have.
//
//   node tests/harness/run-browser.mjs [WORD]     only the suites whose name contains WORD
//
// Prints a line per test, all failures, and `browser: N passed, N failed`. Exit status 0 only if none failed.

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launchChromium } from "../support/chromium.mjs";
import { STRICT_CSP, serveFolders } from "../support/static-server.mjs";
import { readVectors } from "../support/vectors.mjs";
import { checkContexts } from "./contexts.mjs";

/** Longer than any run takes, so that a test that hangs is noticed. */
const LIMIT_MS = 10 * 60 * 1000;

const HEADERS = {
  "Content-Security-Policy": STRICT_CSP,
  // SharedArrayBuffer needs these.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const word = process.argv[2];
let passed = 0;
const failures = [];

const folder = await mkdtemp(join(tmpdir(), "bongtu-browser-"));
try {
  await bundleSuites(folder, word ?? "");
  await runSuites(folder);
  if (word === undefined) {
    await checkContexts(folder, report);
  }
} finally {
  await rm(folder, { recursive: true });
}
// Again, where they are not lost among what passed.
for (const failure of failures) {
  console.log(failure);
}
console.log(`browser: ${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;

function report(name, failure) {
  if (failure === undefined) {
    passed += 1;
    console.log(`ok ${name}`);
  } else {
    failures.push(`FAILED ${name}\n${failure}`);
    console.log(failures.at(-1));
  }
}

async function bundleSuites(folder, word) {
  const tests = fileURLToPath(new URL("..", import.meta.url));
  const names = (await readdir(join(tests, "suite"))).filter(
    (name) => name.endsWith(".suite.mjs") && name.includes(word),
  );
  await build({
    stdin: {
      contents: [
        ...names.sort().map((name) => `import "./suite/${name}";`),
        'import { runAll } from "#harness";',
        "runAll(globalThis.report).then(globalThis.finish);",
      ].join("\n"),
      resolveDir: tests,
    },
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outfile: join(folder, "suites.js"),
    logLevel: "warning",
  });
  await writeFile(join(folder, "vectors.json"), JSON.stringify(readVectors()));
  await writeFile(
    join(folder, "index.html"),
    '<!doctype html><title>bongtu</title><script type="module" src="/suites.js"></script>\n',
  );
}

async function runSuites(folder) {
  const server = await serveFolders({ "/": folder }, HEADERS);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => report("nothing is uncaught in the page", error.stack));
    await page.exposeFunction("report", report);
    let finish;
    const finished = new Promise((resolve, reject) => {
      finish = resolve;
      page.on("crash", () => reject(new Error("the page crashed")));
      setTimeout(() => reject(new Error("the suites did not end")), LIMIT_MS).unref();
    });
    await page.exposeFunction("finish", finish);
    await page.goto(`${server.origin}/index.html`);
    await finished;
  } catch (error) {
    report("the suites end", error.stack);
  } finally {
    await browser.close();
    await server.close();
  }
}
