// Temporary files of bodies that come only once: nobody else's to read, and gone in the end.

import assert from "node:assert/strict";
import { mkdtemp, readdir, readlink, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Keyring, openObject, sealObject } from "bongtu";
import { temporaryFile } from "../../pkg/js/io/spill/node.js";
import { Spill } from "../../pkg/js/io/spill/spill.js";
import { createKms, KEY_ARN } from "../harness/kms.mjs";
import {
  assertBytes,
  bytes,
  CHUNK,
  failure,
  readAll,
  sealedBytes,
  stored,
  streamOf,
} from "../suite/support.mjs";

const DATA = bytes(5 * CHUNK + 3);
const { publicKey, kms } = await createKms();
const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms });
const sealed = await sealObject(keyring, DATA);
const body = await sealedBytes(sealed);
const object = (given = body) => stored(sealed, streamOf(given, 100_000));

/** Has temporary files made in a folder of the test's own. */
async function inFolder(run) {
  const before = process.env.TMPDIR;
  const folder = await mkdtemp(join(tmpdir(), "bongtu-test-"));
  process.env.TMPDIR = folder;
  try {
    await run(folder);
    assert.deepEqual(await readdir(folder), [], "something was left behind");
    assert.deepEqual(await openFiles(folder), [], "a file is still open");
  } finally {
    if (before === undefined) {
      delete process.env.TMPDIR;
    } else {
      process.env.TMPDIR = before;
    }
    await rm(folder, { recursive: true });
  }
}

/** This process's descriptors of files in `folder`, where the system tells. */
async function openFiles(folder) {
  const descriptors = await readdir("/proc/self/fd").catch(() => []);
  const found = [];
  for (const descriptor of descriptors) {
    const path = `/proc/self/fd/${descriptor}`;
    const target = await readlink(path).catch(() => "");
    if (target.startsWith(folder)) {
      found.push(path);
    }
  }
  return found;
}

test("read to the end", () =>
  inFolder(async (folder) => {
    const { plaintext } = await openObject(keyring, object());
    const [path] = await openFiles(folder);
    // Only where the system tells, since otherwise nothing here would notice a file that stays open.
    assert.equal(path !== undefined, process.platform === "linux");
    if (path !== undefined) {
      assert.equal((await stat(path)).mode & 0o777, 0o600);
      assert.equal((await stat(path)).size, body.length);
    }
    assert.deepEqual(await readdir(folder), [], "it still has its name");
    assertBytes(await readAll(plaintext), DATA);
  }));

test("not read, cancelled, aborted or forged", () =>
  inFolder(async (folder) => {
    const unread = await openObject(keyring, object());
    await unread.plaintext.cancel();
    const begun = (await openObject(keyring, object())).plaintext.getReader();
    await begun.read();
    await begun.cancel();

    const controller = new AbortController();
    const aborted = await openObject(keyring, object(), { signal: controller.signal });
    controller.abort();
    await failure(readAll(aborted.plaintext), "ERR_ABORTED");

    const forged = body.slice();
    forged[7] ^= 1;
    await failure(openObject(keyring, object(forged)), "ERR_AUTHENTICATION");
    assert.deepEqual(await readdir(folder), []);
  }));

test("a folder that is not there: memory serves", async () => {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = "/does/not/exist";
  try {
    const { plaintext } = await openObject(keyring, object());
    assertBytes(await readAll(plaintext), DATA);
  } finally {
    if (before === undefined) {
      delete process.env.TMPDIR;
    } else {
      process.env.TMPDIR = before;
    }
  }
});

test("a file can be deleted before it was written or read", () =>
  inFolder(async () => {
    const file = await temporaryFile();
    await file.delete();
    const other = await temporaryFile();
    await other.write(bytes(10));
    const reader = await other.read();
    assertBytes(await reader.next(), bytes(10));
    assert.equal(await reader.next(), undefined);
    await other.delete();
  }));

test("what comes after the end makes no file", () =>
  inFolder(async () => {
    const spill = new Spill();
    await spill.delete();
    await spill.append(bytes(4 * CHUNK));
  }));
