// The packed package in every runtime that can be had here. The table in docs/platforms.md is written from the run:
//
//   BONGTU_WRITE=1 node --test tests/runtimes/runtimes.test.mjs

import assert from "node:assert/strict";
import { cp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { createProject, ROOT, run } from "../packaging/project.mjs";
import { launchChromium, openPage } from "../support/chromium.mjs";
import { STRICT_CSP, serveFolders } from "../support/static-server.mjs";

const TOOLS = process.env.BONGTU_TOOLS ?? join(homedir(), ".cache/bongtu-tools");
const BINARIES = join(TOOLS, "npm-runtimes/node_modules");
const CSP = `${STRICT_CSP}; require-trusted-types-for 'script'; trusted-types tests`;
const TABLE = /(<!-- runtimes -->\n)[\s\S]*(<!-- end of runtimes -->\n)/;
const DOCUMENT = join(ROOT, "docs/platforms.md");

let folder;
let project;
before(async () => {
  project = await createProject();
  folder = project.folder;
  await cp(join(ROOT, "tests/runtimes"), folder, { recursive: true });
});
after(() => project?.remove());

const rows = [];

/** Runs all that `start` returns, or skips with the reason that it gives. */
function runtime(name, entry, start) {
  test(name, async (t) => {
    const results = await start(t);
    if (results === undefined) return;
    const names = Object.keys(results);
    assert.ok(names.length > 25, `${names.length} round trips`);
    assert.deepEqual(
      names.filter((trip) => results[trip] !== "ok").map((trip) => `${trip}: ${results[trip]}`),
      [],
    );
    rows.push(`| ${name} | \`${entry}\` | ${names.length} of ${names.length} |`);
  });
}

for (const version of ["20", "22", "24", "26"]) {
  const file = () =>
    process.versions.node.startsWith(`${version}.`)
      ? process.execPath
      : join(BINARIES, `node-${version}/bin/node`);
  runtime(`Node ${version}`, "bongtu", (t) => output(t, file(), ["main.mjs"]));
  runtime(`Node ${version}, require()`, "bongtu", (t) => output(t, file(), ["main.cjs"]));
}
runtime("Deno 2", "bongtu", (t) => {
  const args = ["run", "--allow-all", "--no-remote", "main.mjs"];
  return output(t, join(BINARIES, "@deno/linux-x64-glibc/deno"), args);
});
runtime("Bun 1", "bongtu", (t) =>
  output(t, join(BINARIES, "@oven/bun-linux-x64/bin/bun"), ["main.mjs"]),
);

runtime("workerd", "bongtu", async (t) => {
  const wasm = join(folder, "node_modules/bongtu/dist/wasm");
  for (const name of await readdir(wasm)) await cp(join(wasm, name), join(folder, name));
  // As Cloudflare's own tools do it.
  const modules = {
    name: "wasm",
    setup: ({ onResolve }) =>
      onResolve({ filter: /\.wasm$/ }, ({ path }) => ({
        path: `./${path.split("/").pop()}`,
        external: true,
      })),
  };
  await build({
    entryPoints: [join(folder, "worker.mjs")],
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    outfile: join(folder, "worker.js"),
    plugins: [modules],
    logLevel: "warning",
  });
  return output(t, join(BINARIES, "@cloudflare/workerd-linux-64/bin/workerd"), [
    "test",
    "worker.capnp",
  ]);
});

for (const [kind, entry] of [
  ["page", "bongtu"],
  ["module worker", "bongtu"],
  ["shared worker", "bongtu"],
  ["service worker", "bongtu/static"],
]) {
  runtime(`Chromium, ${kind}`, entry, async () => {
    const server = await serveFolders({ "/": folder }, { "Content-Security-Policy": CSP });
    const browser = await launchChromium();
    try {
      const page = await openPage(browser, `${server.origin}/page.html`);
      return await page.evaluate((name) => globalThis.perform(name), kind);
    } finally {
      await browser.close();
      await server.close();
    }
  });
}

for (const name of ["Firefox", "WebKitGTK"]) {
  test(name, { skip: "nothing here drives its pages" }, () => {});
}

test("docs/platforms.md has what was found", async () => {
  if (process.env.BONGTU_WRITE) {
    const document = await readFile(DOCUMENT, "utf8");
    const table = ["| where | entry | round trips |", "| --- | --- | --- |", ...rows].join("\n");
    await writeFile(DOCUMENT, document.replace(TABLE, `$1${table}\n$2`));
  }
  const written = await readFile(DOCUMENT, "utf8");
  assert.ok(rows.length > 4);
  assert.deepEqual(
    rows.filter((row) => !written.includes(`${row}\n`)),
    [],
  );
});

/** The last line that a program prints, which is JSON; skips where the program cannot be had. */
async function output(t, file, args) {
  if (!(await stat(file).catch(() => undefined))) {
    t.skip(`there is no ${file.replace(TOOLS, "…")}: pkg-scripts/setup runtimes`);
    return undefined;
  }
  const { stdout, stderr } = await run(file, args, {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", NODE_NO_WARNINGS: "1" },
    maxBuffer: 1e8,
  });
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.replace(/^[^{]*/, ""));
  const line = lines.find((text) => text.startsWith('{"'));
  assert.ok(line, `${stdout}\n${stderr}`.slice(0, 2000));
  return JSON.parse(line);
}
