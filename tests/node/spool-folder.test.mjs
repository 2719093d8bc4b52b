// Spools in folders that others share: a folder of somebody else's or one that others write to is refused, and whatever lies in
// one already is neither followed nor written to.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { multipartPlan, sealBlob, spool, spooled, uploadParts } from "bongtu";
import { bytes, failure, fixture } from "../suite/support.mjs";
import { FakeS3, requestsTo } from "../support/fake-s3.mjs";

const SMALL = bytes(1000);
const isRoot = process.getuid?.() === 0;

async function inFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), "bongtu-spool-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function spoolIn(folder, name = "name") {
  const sealed = await sealBlob((await fixture()).keyring, SMALL);
  try {
    return await spool(sealed, { name, folder });
  } finally {
    sealed.dispose();
  }
}

/** All that is done to a folder. */
const USES = [spoolIn, (folder) => spooled.list({ folder })];

async function refused(folder, words) {
  for (const use of USES) {
    const { message } = await failure(use(folder), "ERR_SPOOL");
    assert.match(message, words);
    assert.ok(message.includes(JSON.stringify(folder)), message);
  }
  assert.equal(await spool.available({ folder }), false);
}

test("a folder that others may write to", async (t) => {
  const folder = await inFolder(t);
  for (const mode of [0o720, 0o702, 0o775, 0o777, 0o1777, 0o2770, 0o703]) {
    await chmod(folder, mode);
    await refused(folder, new RegExp(`mode ${mode.toString(8)}\\): chmod 700`));
    assert.deepEqual(await readdir(folder), []);
  }
  for (const mode of [0o700, 0o750, 0o755, 0o711, 0o2755]) {
    await chmod(folder, mode);
    await (await spoolIn(folder)).delete();
    assert.equal(await spool.available({ folder }), true);
  }
  await refused(tmpdir(), /chmod 700|somebody else/);
});

test("a folder of somebody else's, or by a link of theirs", { skip: !isRoot }, async (t) => {
  const outer = await inFolder(t);
  const folder = join(outer, "theirs");
  await mkdir(folder, { mode: 0o700 });
  await chown(folder, 4321, 4321);
  await refused(folder, /belongs to somebody else/);
  const own = join(outer, "own");
  await mkdir(own, { mode: 0o700 });
  const link = join(outer, "link");
  await symlink(own, link);
  await (await spoolIn(link)).delete();
  execFileSync("chown", ["-h", "4321", link]);
  await refused(link, /belongs to somebody else/);
  assert.deepEqual(await readdir(own), []);
});

test("it can be told beforehand", async (t) => {
  const folder = join(await inFolder(t), "a/b");
  assert.equal(await spool.available({ folder }), true);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(folder), []);
  const kept = await spoolIn(folder);
  assert.equal(await spool.available({ folder }), true);
  assert.equal((await readdir(folder)).length, 2);
  await kept.delete();
  assert.equal(await spool.available(), false); // there is no place without a folder
  const file = join(folder, "file");
  await writeFile(file, "");
  assert.equal(await spool.available({ folder: file }), false);
  for (const place of [null, { folder: 7 }, { folder: "" }]) {
    await failure(spool.available(place), "ERR_INPUT");
  }
});

/** Names of a spool's files, which go by its name. */
async function namesOf(folder) {
  const kept = await spoolIn(folder);
  const [sealed] = (await readdir(folder)).filter((name) => name.endsWith(".sealed"));
  await kept.delete();
  return ["sealed", "json", "lock", "json.new"].map((suffix) => sealed.replace("sealed", suffix));
}

test("nothing is written through links, or to what is there already", async (t) => {
  const folder = await inFolder(t);
  const victim = join(await inFolder(t), "victim");
  const names = await namesOf(folder);
  const plants = {
    "a link to a file": (path) => symlink(victim, path),
    "a link to nothing": (path) => symlink(`${victim}-not-there`, path),
    "a file": (path) => writeFile(path, "planted"),
  };
  for (const [what, plant] of Object.entries(plants)) {
    await writeFile(victim, "precious");
    for (const name of names.filter((one) => !one.endsWith(".lock")))
      await plant(join(folder, name));
    const kept = await spoolIn(folder).catch((error) => error);
    assert.equal(await readFile(victim, "utf8"), "precious", what);
    assert.equal(await stat(`${victim}-not-there`).catch(({ code }) => code), "ENOENT", what);
    if (kept.code !== undefined) {
      // It says that it cannot be read; deleted, it is gone, and what it led to is not.
      assert.equal(kept.code, "ERR_SPOOL");
      const [listed] = await spooled.list({ folder });
      assert.equal(listed.error.code, "ERR_SPOOL", what);
      await listed.delete();
    } else {
      for (const name of await readdir(folder)) {
        assert.ok((await lstat(join(folder, name))).isFile(), `${what}: ${name}`);
      }
      await kept.delete();
    }
    assert.deepEqual(await readdir(folder), [], what);
    assert.equal(await readFile(victim, "utf8"), "precious", what);
  }
});

test("a link in the place of a lock excludes, and is not written to", async (t) => {
  const folder = await inFolder(t);
  const victim = join(await inFolder(t), "victim");
  await writeFile(victim, "");
  const lock = (await namesOf(folder)).find((name) => name.endsWith(".lock"));
  await symlink(victim, join(folder, lock));
  await failure(spoolIn(folder), "ERR_SPOOL");
  assert.equal(await readFile(victim, "utf8"), "");
  assert.deepEqual(await readdir(folder), [lock]);
});

test("a pipe or a folder in the place of a file keeps nobody waiting", async (t) => {
  const folder = await inFolder(t);
  const names = await namesOf(folder);
  for (const name of names.filter((one) => !one.endsWith("new"))) {
    const path = join(folder, name);
    for (const plant of [() => execFileSync("mkfifo", [path]), () => mkdir(path)]) {
      await plant();
      const failed = await spoolIn(folder).then(
        async (kept) => kept.delete(),
        (error) => error,
      );
      assert.ok(failed === undefined || failed.code === "ERR_SPOOL", failed);
      await rm(path, { recursive: true, force: true });
    }
  }
});

test("ciphertext whose file became a link is not uploaded", async (t) => {
  const folder = await inFolder(t);
  const elsewhere = await inFolder(t);
  const kept = await spoolIn(folder);
  const [name] = (await readdir(folder)).filter((one) => one.endsWith(".sealed"));
  await rename(join(folder, name), join(elsewhere, name));
  await symlink(join(elsewhere, name), join(folder, name));
  const s3 = new FakeS3();
  const requests = requestsTo("http://s3.test/key", (...given) => s3.fetch(...given));
  await failure(uploadParts(kept, requests), "ERR_SPOOL");
  const [listed] = await spooled.list({ folder });
  assert.equal(listed.error.code, "ERR_SPOOL");
  assert.equal(s3.objects.size, 0);
  await listed.delete();
  assert.deepEqual(await readdir(elsewhere), [name]);
});

test("what is being written has a name that nobody can know", async (t) => {
  const folder = await inFolder(t);
  const sealed = await sealBlob((await fixture()).keyring, bytes(2_000_000));
  const seen = new Set();
  for (let round = 0; round < 2; round++) {
    const names = [];
    const onProgress = () => names.push(readdir(folder));
    const kept = await spool(sealed, { name: "name", folder, onProgress });
    const during = (await Promise.all(names)).flat();
    const aside = during.filter((name) => /^[0-9a-f]{64}\.sealed\.[0-9a-f]{32}$/.test(name));
    assert.ok(aside.length > 0, during.join());
    assert.equal(new Set(aside).size, 1);
    seen.add(aside[0]);
    await kept.delete();
  }
  assert.equal(seen.size, 2);
  sealed.dispose();
});

test("spools from before are uploaded", async (t) => {
  const folder = await inFolder(t);
  const kept = await spoolIn(folder);
  const [record] = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const text = await readFile(join(folder, record), "utf8");
  const { id, ...others } = JSON.parse(text);
  assert.equal(others.version, 1);
  assert.deepEqual((await readdir(folder)).map((name) => name.slice(64)).sort(), [
    ".json",
    ".sealed",
  ]);
  await writeFile(join(folder, record), text.replace(id, crypto.randomUUID()));
  const [listed] = await spooled.list({ folder });
  const s3 = new FakeS3();
  const requests = requestsTo("http://s3.test/key", (...given) => s3.fetch(...given));
  const plan = multipartPlan(listed, { partSize: listed.partSize });
  await uploadParts(listed, plan, requests);
  assert.equal(s3.objects.get("/key").bytes.length, kept.size);
  assert.deepEqual(await readdir(folder), []);
});
