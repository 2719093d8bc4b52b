// Sealing needs no network: it is done in a network namespace that has no interface up.

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { KEY_ARN } from "../harness/kms.mjs";

const CLI = fileURLToPath(new URL("../../pkg/bin/bongtu.mjs", import.meta.url));
const ENGINES = ["node", "chromium"];

const cutOff = findCutOff();
const skip = cutOff ? false : "no network namespace may be made here";
const run = promisify(execFile);
/** Runs Node without a network. */
const offline = (...args) => run(cutOff[0], [...cutOff.slice(1), process.execPath, ...args]);
const script = (name) => fileURLToPath(new URL(name, import.meta.url));

let folder;
let plaintext;
before(async () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  folder = await mkdtemp(join(tmpdir(), "bongtu-offline-"));
  plaintext = randomBytes(1_000_000);
  await writeFile(join(folder, "public.pem"), publicKey.export({ type: "spki", format: "pem" }));
  await writeFile(join(folder, "private.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
  await writeFile(join(folder, "plaintext"), plaintext);
});
after(() => rm(folder, { recursive: true }));

test("there is no network", { skip }, async () => {
  await assert.rejects(offline(script("connect.mjs")), /ENETUNREACH|EADDRNOTAVAIL|ECONNREFUSED/);
});

test("the command line seals and opens", { skip }, async () => {
  const [sealed, opened] = [join(folder, "cli.sealed"), join(folder, "cli.opened")];
  const key = ["-k", join(folder, "public.pem"), "--key-arn", KEY_ARN];
  await offline(CLI, "seal", ...key, "-o", sealed, join(folder, "plaintext"));
  await offline(CLI, "open", "--private-key", join(folder, "private.pem"), "-o", opened, sealed);
  assert.deepEqual(await readFile(opened), plaintext);
});

for (const engine of ENGINES) {
  test(`${engine} seals`, { skip }, async () => {
    const sealed = join(folder, `${engine}.sealed`);
    const files = [join(folder, "public.pem"), join(folder, "plaintext"), sealed];
    await offline(script(`seal-in-${engine}.mjs`), KEY_ARN, ...files);
    const { stdout } = await run(
      process.execPath,
      [CLI, "open", "--private-key", join(folder, "private.pem"), "-o", "-", sealed],
      { encoding: "buffer", maxBuffer: 2 * plaintext.length },
    );
    assert.deepEqual(stdout, plaintext);
  });
}

/** A command that runs another without a network, as root or as anybody; `undefined` if neither may. */
function findCutOff() {
  return [
    ["unshare", "--net"],
    ["unshare", "--map-root-user", "--net"],
  ].find(([command, ...args]) => spawnSync(command, [...args, "true"]).status === 0);
}
