// Files of this system as sources, changed while they are sealed.

import assert from "node:assert/strict";
import { createReadStream, openAsBlob } from "node:fs";
import { appendFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { open, seal, sealBlob, sealObject } from "bongtu";
import { assertBytes, bytes, failure, fixture, sealedBytes } from "../suite/support.mjs";

const DATA = bytes(700_000);

async function inFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), "bongtu-file-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "file");
}

const CHANGES = {
  "is gone": (path) => rm(path),
  grows: (path) => appendFile(path, "more"),
  shrinks: (path) => truncate(path, DATA.length - 1),
  "is emptied": (path) => truncate(path, 0),
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`a file that ${what} after it was chosen: ERR_SOURCE, whatever seals it`, async (t) => {
    const path = await inFolder(t);
    const { keyring } = await fixture();
    for (const run of [
      (blob) => seal(keyring, blob),
      async (blob) => sealedBytes(await sealBlob(keyring, blob)),
      async (blob) => sealedBytes(await sealObject(keyring, blob)),
      async (blob) => sealedBytes((await sealObject(keyring, blob)).slice(0, 1000)),
    ]) {
      await writeFile(path, DATA);
      const blob = await openAsBlob(path);
      await change(path);
      const { cause } = await failure(run(blob), "ERR_SOURCE");
      assert.ok(cause === undefined || cause.name.startsWith("NotReadable"), cause);
    }
  });
}

test("a file that changes between two slices of it", async (t) => {
  const path = await inFolder(t);
  await writeFile(path, DATA);
  const sealed = await sealObject((await fixture()).keyring, await openAsBlob(path));
  await sealedBytes(sealed.slice(0, 1000));
  await appendFile(path, "more");
  await failure(sealedBytes(sealed), "ERR_SOURCE");
});

test("a Node stream is a source, and one that gives text is not", async (t) => {
  const path = await inFolder(t);
  await writeFile(path, DATA);
  const { keyring } = await fixture();
  const message = await seal(keyring, createReadStream(path));
  assertBytes((await open(keyring, message)).plaintext, DATA);
  const { message: words } = await failure(
    seal(keyring, createReadStream(path, "latin1")),
    "ERR_INPUT",
  );
  assert.match(words, /a chunk of a source must be bytes, not a string/);
  const gone = createReadStream(`${path}-not-there`);
  assert.equal((await failure(seal(keyring, gone), "ERR_SOURCE")).cause.code, "ENOENT");
});
