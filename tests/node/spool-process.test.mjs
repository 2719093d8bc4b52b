// Spools of several processes: one is killed and another goes on, and two of them exclude each other.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  link,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { sealBlob, spool, spooled, uploadParts } from "bongtu";
import { lockFile } from "../../pkg/js/s3/spool/lock-file.js";
import { bytes, failure, fixture } from "../suite/support.mjs";
import { FakeS3, requestsTo } from "../support/fake-s3.mjs";
import { serveS3 } from "../support/s3-server.mjs";

const PROGRAM = fileURLToPath(new URL("../support/spool-process.mjs", import.meta.url));
const LOCKING = fileURLToPath(new URL("../support/lock-process.mjs", import.meta.url));
const PART = 5 * 1024 * 1024;
const LENGTH = 6 * PART;

async function inFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), "bongtu-spool-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the program; `seen(line, kill)` is called for each line. Resolves to its lines when it has ended. */
async function run(args, seen = () => {}, program = PROGRAM) {
  const child = spawn(process.execPath, [program, ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    seen(line, () => child.kill("SIGKILL"));
  });
  await once(child, "close");
  return lines;
}

async function spoolHere(folder, name = "big") {
  const { keyring } = await fixture();
  const sealed = await sealBlob(keyring, bytes(LENGTH));
  const expected = Buffer.from(await sealed.arrayBuffer());
  const kept = await spool(sealed, { name, folder, partSize: PART });
  sealed.dispose();
  return { kept, expected };
}

test("killed while it seals: the rest is recognised and thrown away", async (t) => {
  const folder = await inFolder(t);
  const lines = await run(["spool", folder, LENGTH]);
  assert.ok(!lines.includes("done"), "it was not killed");
  assert.ok((await readdir(folder)).length > 0, "it left nothing to throw away");
  assert.deepEqual(await spooled.list({ folder }), []);
  assert.deepEqual(await readdir(folder), []);
  await spoolHere(folder);
  assert.equal((await spooled.list({ folder })).length, 1);
});

test("killed after a third of the parts: another process goes on and sends no finished part twice", async (t) => {
  const folder = await inFolder(t);
  const { expected } = await spoolHere(folder);
  const s3 = new FakeS3();
  let child;
  const server = await serveS3(s3, async ({ method, stored }) => {
    if (method === "PUT" && stored >= 2) {
      child();
      await new Promise(() => {}); // nobody is there to hear
    }
  });
  t.after(() => server.close());
  const url = `${server.origin}/key`;
  const first = await new Promise((resolve) => {
    resolve(run(["upload", folder, url], (_, kill) => (child = kill)));
  });
  assert.ok(!first.includes("done"), "it was not killed");
  const [kept] = await spooled.list({ folder });
  assert.ok(kept.uploadId !== undefined);
  const finished = kept.parts.map(({ partNumber }) => partNumber);

  const calm = await serveS3(s3);
  t.after(() => calm.close());
  s3.stored = [];
  const second = await run(["upload", folder, `${calm.origin}/key`]);
  assert.deepEqual(second, [`finished ${finished.join(",")}`, "done"]);
  assert.ok(!s3.stored.some((part) => finished.includes(part)), "a finished part was sent twice");
  assert.ok(expected.equals(s3.objects.get("/key").bytes));
  assert.equal(s3.uploads.size, 0);
  assert.deepEqual(await readdir(folder), []);
});

test("two processes exclude each other, and a dead one nobody", async (t) => {
  const folder = await inFolder(t);
  const { expected } = await spoolHere(folder);
  const [mine] = await spooled.list({ folder });
  const s3 = new FakeS3();
  let kill;
  let refused;
  const server = await serveS3(s3, async ({ method }) => {
    if (method !== "PUT" || refused !== undefined) return;
    refused = Promise.all([
      failure(
        uploadParts(mine, undefined, requestsTo("http://127.0.0.1:9/key", fetch)),
        "ERR_SPOOL",
      ),
      failure(mine.delete(), "ERR_SPOOL"),
      failure(spoolHere(folder), "ERR_SPOOL"),
    ]);
    await refused;
    assert.equal((await spooled.list({ folder })).length, 1);
    kill();
    await new Promise(() => {});
  });
  t.after(() => server.close());
  const lines = await run(["upload", folder, `${server.origin}/key`], (_, killIt) => {
    kill = killIt;
  });
  assert.ok(!lines.includes("done"));
  await refused;
  assert.ok(
    (await readdir(folder)).some((name) => name.endsWith(".lock")),
    "its lock is gone",
  );
  const calm = await serveS3(s3);
  t.after(() => calm.close());
  await uploadParts(mine, undefined, requestsTo(`${calm.origin}/key`, fetch));
  assert.ok(expected.equals(s3.objects.get("/key").bytes));
  assert.deepEqual(await readdir(folder), []);
});

test("files are the user's own, and a folder is made", async (t) => {
  const folder = join(await inFolder(t), "a/b");
  const { kept } = await spoolHere(folder);
  const names = await readdir(folder);
  assert.notEqual(names.length, 0);
  for (const name of names) {
    assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);
  }
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  await kept.delete();
});

test("a folder that cannot be, and none at all", async (t) => {
  const folder = await inFolder(t);
  const file = join(folder, "file");
  await writeFile(file, "");
  assert.ok((await failure(spooled.list({ folder: file }), "ERR_SPOOL")).cause);
  await failure(spooled.list(), "ERR_INPUT");
  await failure(spooled.list({ folder: "" }), "ERR_INPUT");
});

test("ciphertext that is cut while it is uploaded: ERR_SPOOL, and all of it given up", async (t) => {
  const folder = await inFolder(t);
  const { kept } = await spoolHere(folder);
  const s3 = new FakeS3();
  const { putPart, ...others } = requestsTo("http://s3.test/key", (...request) =>
    s3.fetch(...request),
  );
  const cutting = async (part) => {
    const name = (await readdir(folder)).find((file) => file.endsWith(".sealed"));
    await truncate(join(folder, name), 2 * PART);
    return await putPart(part);
  };
  const plan = { size: kept.size, format: "message", partSize: PART, partCount: 7, concurrency: 1 };
  const options = { ...others, putPart: cutting, keep: false };
  await failure(uploadParts(kept, plan, options), "ERR_SPOOL");
  assert.equal(s3.uploads.size, 0);
  assert.deepEqual(await readdir(folder), []);
});

test("a record that was being written when the process died counts for nothing", async (t) => {
  const folder = await inFolder(t);
  const { kept } = await spoolHere(folder);
  const record = (await readdir(folder)).find((name) => name.endsWith(".json"));
  await writeFile(join(folder, `${record}.new`), '{"bongtu": "spo');
  assert.deepEqual(
    (await spooled.list({ folder })).map(({ error }) => error),
    [undefined],
  );
  await kept.delete();
  assert.deepEqual(await readdir(folder), []);
});

test("locks: of the dead, of others with a number that was used again, of nobody", async (t) => {
  const folder = await inFolder(t);
  const path = join(folder, "lock");
  const release = await lockFile(path);
  assert.equal(await lockFile(path), undefined);
  const own = await readFile(path, "utf8");
  assert.equal(JSON.parse(own).pid, process.pid);
  await release();

  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "close");
  const dead = JSON.stringify({ pid: child.pid, start: "1" });
  const another = JSON.stringify({ pid: process.pid, start: "not when this process began" });
  const before = JSON.stringify({ ...JSON.parse(own), boot: "another" });
  const stale = [dead, another, "", "{", '{"pid":0}', '{"pid":"x"}', "null"];
  if (JSON.parse(own).boot !== undefined) stale.push(before);
  for (const text of stale) {
    await writeFile(path, text);
    await utimes(path, 0, Date.now() / 1000 - 60);
    const taken = await lockFile(path);
    assert.ok(taken, `not taken: ${text}`);
    assert.equal(await lockFile(path), undefined);
    await taken();
    assert.deepEqual(await readdir(folder), [], text);
  }

  const living = JSON.stringify({ pid: process.ppid });
  // The last two may be locks that are being written.
  for (const text of [living, own, "", '{"pid":']) {
    await writeFile(path, text);
    assert.equal(await lockFile(path), undefined, text);
    assert.equal(await readFile(path, "utf8"), text);
  }
});

test("locks: of another machine nobody knows; the error says how to break one", async (t) => {
  const folder = await inFolder(t);
  const { kept } = await spoolHere(folder);
  const [file] = await readdir(folder);
  const path = join(folder, `${file.slice(0, 64)}.lock`);
  const elsewhere = JSON.stringify({ pid: 1, host: `not ${hostname()}` });
  await writeFile(path, elsewhere);
  for (const attempt of [() => kept.delete(), () => spoolHere(folder)]) {
    const { message } = await failure(attempt(), "ERR_SPOOL");
    assert.ok(message.includes(`"not ${hostname()}"`), message);
    assert.ok(message.endsWith(`delete ${path}`), message);
  }
  // Another that is cut short, or being sealed, does not keep the list from anybody.
  await writeFile(join(folder, `${"e".repeat(64)}.lock`), elsewhere);
  assert.equal((await spooled.list({ folder })).length, 1);
  assert.equal((await readdir(folder)).length, 4);
  await rm(path);
  await kept.delete();
});

test("locks: what is somebody else's by now is not let go", async (t) => {
  const path = join(await inFolder(t), "lock");
  const first = await lockFile(path);
  await rm(path);
  const second = await lockFile(path);
  await first();
  assert.equal(await lockFile(path), undefined);
  await second();
  await first();
  assert.ok(await lockFile(path));
});

test("locks: of many at once, one gets it, whoever had it before", async (t) => {
  const folder = await inFolder(t);
  const path = join(folder, "lock");
  for (let round = 0; round < 20; round++) {
    if (round % 2 === 1) await writeFile(path, '{"pid":0}');
    // One died while it took a dead one's, and one while it took that.
    if (round % 4 === 3) await writeFile(`${path}.taking`, '{"pid":0}');
    if (round % 8 === 7) await writeFile(`${path}.taking.taking`, '{"pid":0}');
    const all = await Promise.all(Array.from({ length: 10 }, () => lockFile(path)));
    const got = all.filter((release) => release !== undefined);
    assert.equal(got.length, 1, `${got.length} got it in round ${round}`);
    await got[0]();
    assert.deepEqual(await readdir(folder), []);
  }
});

test("locks: of many processes, one has it at a time, whoever had it before", async (t) => {
  const folder = await inFolder(t);
  const rounds = 80;
  const dead = JSON.stringify({ pid: 99_999_999, start: "1" });
  for (let round = 0; round < rounds; round++) {
    await writeFile(join(folder, `${round}.lock`), dead);
    if (round % 4 === 3) await writeFile(join(folder, `${round}.lock.taking`), dead);
  }
  const start = Date.now() + 500;
  const all = [1, 2, 3, 4, 5, 6].map((seed) =>
    run([folder, rounds, seed, start], undefined, LOCKING),
  );
  let got = 0;
  for (const [line] of await Promise.all(all)) {
    const [times, crowded] = line.split(" ").map(Number);
    got += times;
    assert.equal(crowded, 0, "two had it at once");
  }
  assert.ok(got >= rounds, `${got} of ${rounds} rounds`);
  assert.deepEqual(await readdir(folder), []);
});

test("what a process left that died between two files is cleared up", async (t) => {
  const folder = await inFolder(t);
  const { kept } = await spoolHere(folder);
  const record = (await readdir(folder)).find((name) => name.endsWith(".json"));
  const id = record.slice(0, 64).replaceAll(/./g, "e");
  const unique = crypto.randomUUID();
  for (const rest of [
    "lock",
    "lock.taking",
    `lock.${unique}`,
    `lock.taking.${unique}`,
    "json.new",
  ]) {
    const name = `${id}.${rest}`;
    await writeFile(join(folder, name), '{"pid":0}');
  }
  await link(join(folder, record), join(folder, "somebody's.json"));
  assert.equal((await spooled.list({ folder })).length, 1);
  await kept.delete();
  assert.deepEqual(await readdir(folder), ["somebody's.json"]);
});
