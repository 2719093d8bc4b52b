// The packed package as strangers meet it: linted, installed, imported, bundled, compiled against.

import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { decode } from "../../pkg/js/modules/compile.js";
import { KEY_ARN } from "../harness/kms.mjs";
import { bundle } from "../support/bundle.mjs";
import { launchChromium } from "../support/chromium.mjs";
import { DOWNLOADS, measureDownload } from "../support/downloads.mjs";
import { serveFolders } from "../support/static-server.mjs";
import { addAwsSdk, createProject, ROOT, run } from "./project.mjs";

const AWS_SDK = "@aws-sdk/client-kms"; // an optional peer: not installed here
// The result of consumer/round-trip.mjs if all is well.
const EXPECTED = {
  sameBytes: true,
  openedLength: 600_000,
  sizeForetold: true,
  suite: "0x0478",
  frames: 3,
  purpose: "packaging",
};

let project;
let manifest;
before(async () => {
  project = await createProject();
  manifest = JSON.parse(await readFile(join(project.folder, "node_modules/bongtu/package.json")));
});
after(() => project?.remove());

test("publint has nothing to say", async () => {
  await runTool("publint", ["run", "--strict", project.tarball]);
});

test("attw finds the types under every way of resolving ES modules", async () => {
  await runTool("attw", ["--profile", "esm-only", project.tarball]);
});

test("the tarball holds the package and nothing else", async () => {
  const allowed =
    /^(package\.json|README\.md|LICENSE-(APACHE|MIT)|bin\/bongtu\.mjs|\w+\/package\.json|dist\/wasm\/\w+\.wasm|(dist\/((node|workerd)\/)?[\w-]+\.js|js\/([\w-]+\/)*[\w-]+\.(d\.ts|js))(\.map)?|src\/([\w-]+\/)*[\w-]+\.ts)$/;
  assert.deepEqual(
    project.files.filter((path) => !allowed.test(path)),
    [],
  );
  const needed = [
    "README.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "dist/index.js",
    "dist/node/index.js",
    "js/index.js",
    "js/wasm/seal-inline.js",
    "src/index.ts",
  ];
  assert.deepEqual(
    needed.filter((path) => !project.files.includes(path)),
    [],
  );
  assert.deepEqual(
    project.files.filter(
      (path) => /^js\/.*\.js$/.test(path) && !project.files.includes(declaration(path)),
    ),
    [],
    "every module has its declarations",
  );
});

test("every map names sources that are there", async () => {
  const folder = join(project.folder, "node_modules/bongtu");
  const maps = project.files.filter((path) => path.endsWith(".map"));
  assert.ok(maps.some((path) => path === "dist/index.js.map"));
  for (const path of maps) {
    const { sources } = JSON.parse(await readFile(join(folder, path), "utf8"));
    for (const source of sources) await stat(join(folder, path, "..", source));
  }
});

test("nothing in it tells where it was built", async () => {
  const places = [ROOT, "/.cargo/", "registry"];
  for (const path of project.files) {
    const file = join(project.folder, "node_modules/bongtu", path);
    const text = await readFile(file, "latin1");
    const wasm = path.endsWith("inline.js") ? await carriedIn(file) : "";
    const found = places.filter((place) => text.includes(place) || wasm.includes(place));
    assert.deepEqual(found, [], path);
  }
});

async function carriedIn(file) {
  const { inlined } = await import(file);
  const wasm = Buffer.from(decode(inlined)).toString("latin1");
  assert.ok(wasm.startsWith("\0asm"), file);
  return wasm;
}

test("it brings no other package with it", () => {
  assert.deepEqual(
    project.installed.filter((name) => !name.startsWith(".")),
    ["bongtu"],
  );
  assert.equal(manifest.dependencies, undefined);
});

test("files named as having side effects exist", async () => {
  for (const path of manifest.sideEffects) {
    await stat(join(project.folder, "node_modules/bongtu", path.replace(/\*\.js$/, "")));
  }
});

test("Node imports it", async () => {
  const { stdout } = await run(process.execPath, ["node.mjs"], { cwd: project.folder });
  assert.deepEqual(JSON.parse(stdout), EXPECTED);
});

test("the command line starts", async () => {
  const { stdout } = await run("npx", ["--no-install", "bongtu", "--help"], {
    cwd: project.folder,
  });
  for (const command of ["key", "seal", "open", "inspect"]) {
    assert.match(stdout, new RegExp(`^ +${command}\\b`, "m"));
  }
});

test("without the AWS SDK, only opening through KMS is out of reach, and says what to install", async () => {
  const open = ["bongtu", "open", "--kms", KEY_ARN, "-o", "out", "node.mjs"];
  await assert.rejects(run("npx", ["--no-install", ...open], { cwd: project.folder }), {
    code: 1,
    stderr: /ERR_NO_KMS.*npm install @aws-sdk\/client-kms/,
  });
});

test("a page imports it without a bundler, under a strict policy, in few requests", async () => {
  const requests = await assertPageWorks("page.html");
  const ours = requests.filter((path) => path.startsWith("/node_modules/bongtu/"));
  // The entry, and what it shares with what is fetched later: when all is sealed, what inspects.
  const sealed = ours.findIndex((path) => path.includes("/inspection-"));
  assert.ok(sealed > 0 && sealed <= 3, `${ours}`);
});

test("a page imports it through a bundler, under a strict policy", async () => {
  const code = await bundle('import "./bundled.mjs";', project.folder);
  await writeFile(join(project.folder, "bundled.js"), code);
  await assertPageWorks("bundled.html");
});

test("the browser's half names nothing of Node's", async () => {
  // Free identifiers, and only those, are replaced by `define`.
  const nodeOnly = ["Buffer", "process", "require", "module", "exports", "global", "__dirname"];
  const all = 'export * from "bongtu"; export * from "bongtu/aws";';
  const code = await bundle(all, project.folder, {
    external: [AWS_SDK],
    define: Object.fromEntries(nodeOnly.map((name) => [name, `NODE_ONLY_${name}`])),
  });
  assert.deepEqual(code.match(/NODE_ONLY_\w+/g), null);
});

test("importing it does nothing by itself", async () => {
  for (const entry of ["bongtu", "bongtu/aws", "bongtu/inspect", "bongtu/checksums"]) {
    const code = await bundle(`import "${entry}";`, project.folder, { external: [AWS_SDK] });
    assert.equal(code.trim(), "");
  }
});

for (const [what, names, limit] of DOWNLOADS) {
  test(`the download to ${what} is at most ${limit / 1000} KB of brotli`, async (t) => {
    const { first } = await measureDownload(names, project.folder);
    t.diagnostic(`${(first.brotli / 1000).toFixed(1)} KB`);
    assert.ok(first.brotli <= limit, `${first.brotli} bytes`);
  });
}

test("what only opens checks its keyrings, and reads no public key", async () => {
  const code = await bundle('export { Keyring, open } from "bongtu";', project.folder);
  await writeFile(join(project.folder, "opens.mjs"), code);
  const { Keyring } = await import(join(project.folder, "opens.mjs"));
  const made = (options) => () => Keyring.kmsRsa(options);
  assert.equal(made({ keyArn: `${KEY_ARN} ` })().keyArn, KEY_ARN);
  assert.throws(made({ keyArn: "alias/documents" }), { code: "ERR_KEY_ARN" });
  assert.throws(made({ keyArn: KEY_ARN, algorithm: "RSA" }), { code: "ERR_KEY_ALGORITHM" });
  assert.throws(made({ keyArn: KEY_ARN, publicKey: "MII" }), {
    code: "ERR_INPUT",
    message: /nothing that seals was imported/,
  });
});

for (const moduleResolution of ["nodenext", "bundler"]) {
  test(`TypeScript (${moduleResolution}, strict) compiles a consumer`, async () => {
    await compile(moduleResolution, ["consumer.ts"]);
  });
}

test("TypeScript compiles a consumer that has Node's types and no DOM", async () => {
  const typeRoots = [join(ROOT, "node_modules/@types")];
  await compile("nodenext", ["consumer-node.ts"], { lib: ["es2022"], types: ["node"], typeRoots });
});

test("TypeScript compiles a consumer with the AWS SDK", async () => {
  await addAwsSdk(project.folder);
  // The SDK's own declarations are not ours to check.
  await compile("nodenext", ["consumer-aws.ts"], { skipLibCheck: true });
});

const declaration = (path) => path.replace(/\.js$/, ".d.ts");

/** Returns the paths that the page asked for. */
async function assertPageWorks(file) {
  const server = await serveFolders({ "/": project.folder });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(`${server.origin}/${file}`);
    const body = page.locator("body[data-result]");
    await body
      .waitFor({ state: "attached" })
      .catch((error) => assert.fail([...errors, error].join("\n")));
    const result = JSON.parse(await body.getAttribute("data-result"));
    assert.deepEqual(result, { ...EXPECTED, violations: [] });
    assert.deepEqual(errors, []);
    return server.requests;
  } finally {
    await browser.close();
    await server.close();
  }
}

async function compile(moduleResolution, files, options = {}) {
  const config = {
    compilerOptions: {
      target: "es2022",
      module: moduleResolution === "bundler" ? "esnext" : moduleResolution,
      moduleResolution,
      lib: ["es2022", "dom", "dom.iterable"],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      ...options,
    },
    files,
  };
  await writeFile(join(project.folder, "tsconfig.json"), JSON.stringify(config));
  await runTool("tsc", ["--project", "."]);
}

/** Runs a development dependency in the project; what it prints tells why it failed. */
async function runTool(name, args) {
  const file = join(ROOT, "node_modules/.bin", name);
  await run(file, args, { cwd: project.folder }).catch(({ message, stdout }) =>
    assert.fail(`${message}\n${stdout}`),
  );
}
