// The tarball through bundlers, without configuration: built without a warning, and run in Chromium. Prints sizes.

import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync } from "node:zlib";
import { createProject, ROOT, run } from "../packaging/project.mjs";
import { launchChromium } from "../support/chromium.mjs";
import { serveFolders } from "../support/static-server.mjs";

const TOOLS = process.env.BONGTU_TOOLS ?? join(homedir(), ".cache/bongtu-tools");
const BUNDLERS = join(TOOLS, "npm-bundlers");
const WELL = { sameBytes: true, error: undefined, violations: [] };
/** `pkg-scripts/test --full`: all of them. */
const FULL = process.env.BONGTU_FULL === "1";

let project;
let folder;
before(async () => {
  project = await createProject();
  folder = project.folder;
  for (const name of ["app.html", "app.mjs"]) {
    await cp(join(ROOT, "tests/bundlers", name), join(folder, name));
  }
});
after(() => project?.remove());

/** Of a bundler that was installed apart. */
async function load(name) {
  const { resolve } = createRequire(join(BUNDLERS, "package.json"));
  return import(pathToFileURL(resolve(name)).href);
}

/** Each builds app.mjs, or the page, into `out` and returns its warnings. A page that is not built takes `out/app.js`. */
const BUILDS = {
  "esbuild, esm": (out) => esbuild(out, { format: "esm", splitting: true }),
  "esbuild, iife": (out) => esbuild(out, { format: "iife" }),

  async Vite(out) {
    const { build, createLogger } = await load("vite");
    const warnings = [];
    const customLogger = createLogger("silent");
    customLogger.warn = customLogger.warnOnce = (text) => warnings.push(text);
    await build({
      root: folder,
      configFile: false,
      base: "./",
      customLogger,
      build: { outDir: out, rollupOptions: { input: join(folder, "app.html") } },
    });
    return warnings;
  },

  async webpack(out) {
    const { default: webpack } = await load("webpack");
    const stats = await promisify(webpack)({
      mode: "production",
      context: folder,
      entry: "./app.mjs",
      output: { path: out, filename: "app.js" },
      performance: { hints: false }, // of its opinion about sizes
    });
    const { warnings, errors } = stats.toJson();
    return [...errors, ...warnings].map(({ message }) => message);
  },

  async Rollup(out) {
    const { rollup } = await load("rollup");
    const { nodeResolve } = await load("@rollup/plugin-node-resolve");
    const warnings = [];
    const bundle = await rollup({
      input: join(folder, "app.mjs"),
      plugins: [nodeResolve({ browser: true })],
      onwarn: ({ message }) => warnings.push(message),
    });
    await bundle.write({ dir: out, entryFileNames: "app.js", format: "es" });
    return warnings;
  },

  async Parcel(out) {
    // It loses track of modules that this package imports lazily: docs/platforms.md says what to import instead.
    const app = (await readFile(join(folder, "app.mjs"), "utf8")).replace(
      "import { inspect, ",
      'import { inspect } from "bongtu/inspect";\nimport { ',
    );
    await writeFile(join(folder, "app.mjs"), app);
    const { stdout, stderr } = await run(
      join(BUNDLERS, "node_modules/.bin/parcel"),
      [
        "build",
        "app.html",
        "--dist-dir",
        out,
        "--public-url",
        "./",
        "--no-cache",
        "--no-autoinstall",
      ],
      { cwd: folder, env: { ...process.env, NO_COLOR: "1" } },
    );
    return `${stdout}${stderr}`.match(/.*(?:warning|⚠|error).*/gi) ?? [];
  },
};

for (const [name, build] of Object.entries(BUILDS)) {
  const skip = FULL || /esbuild|Vite/.test(name) ? false : "only with pkg-scripts/test --full";
  test(name, { skip }, async (t) => {
    if (!name.startsWith("esbuild") && !(await stat(BUNDLERS).catch(() => undefined))) {
      return t.skip("it is not installed: pkg-scripts/setup bundlers");
    }
    const out = join(folder, `out-${name.replaceAll(/\W/g, "")}`);
    await mkdir(out);
    assert.deepEqual(await build(out), []);
    if (!(await readdir(out)).includes("app.html")) {
      const html = await readFile(join(folder, "app.html"), "utf8");
      await writeFile(join(out, "app.html"), html.replace("app.mjs", "app.js"));
    }
    const { sameBytes, error, requests, violations } = await resultOf(out);
    assert.deepEqual({ sameBytes, error, violations }, WELL);
    t.diagnostic(`${name}: ${await sizeOf(out, requests)} KB of brotli`);
  });
}

async function esbuild(out, options) {
  const { build } = await import("esbuild");
  const { warnings } = await build({
    entryPoints: [join(folder, "app.mjs")],
    bundle: true,
    minify: true,
    outdir: out,
    logLevel: "silent",
    ...options,
  });
  return warnings.map(({ text }) => text);
}

async function resultOf(out) {
  const server = await serveFolders({ "/": out });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/app.html`);
    const body = page.locator("body[data-result]");
    await body.waitFor({ state: "attached" });
    const result = JSON.parse(await body.getAttribute("data-result"));
    return { ...result, requests: server.requests };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Of the scripts that the page asked for. */
async function sizeOf(out, requests) {
  const scripts = new Set(requests.filter((path) => path.endsWith(".js")));
  let bytes = 0;
  for (const path of scripts) bytes += brotliCompressSync(await readFile(join(out, path))).length;
  assert.ok(bytes > 50_000, `${[...scripts].map((path) => basename(path))}`);
  return (bytes / 1000).toFixed(1);
}
