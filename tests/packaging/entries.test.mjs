// The entries of the package: js/package.json has the list, and whatever speaks of them says the same.

import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { launchChromium } from "../support/chromium.mjs";
import { serveFolders } from "../support/static-server.mjs";
import { createProject, ROOT, run } from "./project.mjs";

const { exports, main, module, types } = JSON.parse(
  await readFile(join(ROOT, "js/package.json"), "utf8"),
);
const entries = Object.keys(exports).filter((name) => /^\.(\/\w+)?$/.test(name));
const nameOf = (entry) => entry.replace(".", "bongtu");

let project;
let installed;
before(async () => {
  project = await createProject();
  installed = join(project.folder, "node_modules/bongtu");
});
after(() => project?.remove());

test("every file that an entry names is there", async () => {
  const targets = JSON.stringify(exports)
    .match(/"\.\/[^"*]+\.\w+"/g)
    .map((text) => JSON.parse(text));
  assert.ok(targets.length > 20);
  for (const target of [...targets, main, module, types]) await stat(join(installed, target));
  for (const name of ["seal", "open", "s3", "policy", "inspect", "checksums", "fallback"]) {
    await stat(join(installed, exports["./wasm/*.wasm"].replace("*", name)));
  }
});

test("resolvers that ignore `exports` find folders of the same names", async () => {
  for (const entry of entries.slice(1)) {
    const folder = join(installed, entry);
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const { module, types, default: file } = exports[entry];
    for (const [field, target] of Object.entries({ main: file, module, types })) {
      if (target === undefined) assert.equal(manifest[field], undefined);
      else assert.equal(join(folder, manifest[field]), join(installed, target));
    }
  }
});

test("docs/platforms.md describes every entry", async () => {
  const document = await readFile(join(ROOT, "docs/platforms.md"), "utf8");
  const described = [...document.matchAll(/^\| `(bongtu(?:\/\w+)?)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(described.sort(), entries.map(nameOf).sort());
});

for (const [conditions, file] of [
  ["browser", ({ module, default: file }) => module ?? file],
  ["node", ({ node, default: file }) => node?.module ?? file],
]) {
  test(`a bundler for ${conditions} resolves every entry`, async () => {
    for (const entry of entries) {
      const { metafile } = await build({
        stdin: { contents: `export * from "${nameOf(entry)}";`, resolveDir: project.folder },
        bundle: true,
        write: false,
        format: "esm",
        platform: conditions,
        external: ["@aws-sdk/*"],
        metafile: true,
        absWorkingDir: project.folder,
        logLevel: "silent",
      });
      const [{ path }] = metafile.inputs["<stdin>"].imports;
      assert.equal(join(project.folder, path), join(installed, file(exports[entry])), entry);
    }
  });
}

/** A round trip in Node, after `prelude`, with all that an entry exports in `bongtu`. */
async function roundTripAfter(prelude) {
  const program = `${prelude}
    import { roundTrip } from "./round-trip.mjs";
    console.log(JSON.stringify(await roundTrip(bongtu)));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
    cwd: project.folder,
  });
  const { sameBytes, frames } = JSON.parse(stdout);
  assert.deepEqual({ sameBytes, frames }, { sameBytes: true, frames: 3 });
}

test("bongtu/slim seals with modules that it is given: bytes, modules, responses", async () => {
  await roundTripAfter(`
    import * as bongtu from "bongtu/slim";
    import assert from "node:assert/strict";
    import { readFileSync } from "node:fs";
    const file = (name) => readFileSync("node_modules/bongtu/dist/wasm/" + name + ".wasm");
    const early = () => bongtu.KmsPublicKey.parse(new Uint8Array(300));
    assert.throws(early, { code: "ERR_WASM", message: /init\\(\\{ seal: … \\}\\)/ });
    const headers = { "content-type": "application/wasm" };
    await bongtu.init({
      seal: file("seal"),
      open: new WebAssembly.Module(file("open")),
      inspect: new Response(file("inspect"), { headers }),
    });
    await assert.rejects(bongtu.init({ seel: file("seal") }), { code: "ERR_INPUT" });
    await assert.rejects(bongtu.init({ s3: new Uint8Array(8) }), { code: "ERR_WASM" });
    await assert.rejects(bongtu.init({ s3: new Response("", { status: 404 }) }), { code: "ERR_WASM" });
    await assert.rejects(bongtu.init(Promise.resolve(file("seal"))), { code: "ERR_INPUT" });
    const offline = Promise.reject(new TypeError("fetch failed"));
    await assert.rejects(bongtu.init({ s3: offline }), { code: "ERR_WASM", message: /s3 .*fetch failed/ });`);
});

test("bongtu/slim opens with what opens alone", async () => {
  const program = `
    import { createKms, KEY_ARN } from "./kms.mjs";
    import { readFileSync } from "node:fs";
    import * as all from "bongtu";
    import * as slim from "bongtu/slim";
    const { publicKey, kms } = await createKms();
    const sealing = all.Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN });
    const message = await all.seal(sealing, new Uint8Array(7));
    await slim.init({ open: readFileSync("node_modules/bongtu/dist/wasm/open.wasm") });
    const keyring = slim.Keyring.kmsRsa({ keyArn: KEY_ARN, kms });
    const { plaintext } = await slim.open(keyring, message);
    const wrong = () => slim.Keyring.kmsRsa({ keyArn: "alias/inbox", kms });
    let code;
    try { wrong(); } catch (error) { code = error.code; }
    console.log(plaintext.length, code);`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
    cwd: project.folder,
  });
  assert.equal(stdout, "7 ERR_KEY_ARN\n");
});

test("after ready() nothing is compiled synchronously, which older engines refuse", async () => {
  // As pages get it: the entry for Node carries it otherwise.
  await roundTripAfter(`
    import * as bongtu from "./node_modules/bongtu/dist/index.js";
    import assert from "node:assert/strict";
    const { Module, Instance } = WebAssembly;
    const refuse = function () { throw new RangeError("WebAssembly.Compile is disallowed on the main thread"); };
    WebAssembly.Module = WebAssembly.Instance = refuse;
    const early = () => bongtu.KmsPublicKey.parse(new Uint8Array(300));
    assert.throws(early, { code: "ERR_WASM", message: /await ready\\(\\)/ });
    await bongtu.ready();
    // What is fetched later is compiled where that is allowed.
    WebAssembly.Instance = function (module, imports) {
      return new Instance(module, imports);
    };
    WebAssembly.Module = Module;
    await bongtu.inspect(new Uint8Array(100)).catch(() => {});
    WebAssembly.Module = WebAssembly.Instance = refuse;`);
});

test("bongtu/slim streams its modules into a page, under a strict policy", async () => {
  const script = `
    import * as bongtu from "/node_modules/bongtu/dist/slim.js";
    import { reportRoundTrip } from "./report.mjs";
    const at = (name) => new URL("/node_modules/bongtu/dist/wasm/" + name + ".wasm", location);
    await bongtu.init({ seal: at("seal"), open: fetch(at("open")), inspect: at("inspect") });
    await reportRoundTrip(bongtu);`;
  await writeFile(join(project.folder, "slim.mjs"), script);
  const html = '<!doctype html><script type="module" src="slim.mjs"></script>';
  await writeFile(join(project.folder, "slim.html"), html);
  const server = await serveFolders({ "/": project.folder });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/slim.html`);
    const body = page.locator("body[data-result]");
    await body.waitFor({ state: "attached" });
    const { sameBytes, violations } = JSON.parse(await body.getAttribute("data-result"));
    assert.deepEqual({ sameBytes, violations }, { sameBytes: true, violations: [] });
  } finally {
    await browser.close();
    await server.close();
  }
});
