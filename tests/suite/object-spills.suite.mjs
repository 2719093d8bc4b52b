// Bodies that can be read only once are kept in a file or in memory meanwhile, as ciphertext, and are gone afterwards.

import { openObject } from "bongtu";
import { assert, test } from "#harness";
import { useSpills } from "../../pkg/js/platform/platform.js";
import { DATA, flipped, sample } from "./object-samples.mjs";
import {
  assertBytes,
  CHUNK,
  failure,
  idle,
  joined,
  openAll,
  readAll,
  stored,
  streamOf,
  testWithEach,
} from "./support.mjs";

/** A maker of files that only notes what is done to them. */
function notedFiles() {
  const files = [];
  const make = async () => {
    const file = { chunks: [], deleted: 0 };
    files.push(file);
    return {
      write: async (chunk) => void file.chunks.push(chunk.slice()),
      read: async () => {
        const chunks = file.chunks.values();
        return {
          size: undefined,
          exhausted: false,
          next: async () => chunks.next().value,
          cancel() {},
        };
      },
      async delete() {
        file.deleted += 1;
      },
    };
  };
  return { files, make };
}

async function withSpills(list, run) {
  const before = useSpills(list);
  try {
    return await run();
  } finally {
    useSpills(before);
  }
}

testWithEach("what is spilled is ciphertext, and goes however it ends", async () => {
  const { keyring, sealed, body } = await sample();
  const { files, make } = notedFiles();
  await withSpills([make], async () => {
    const stream = () => streamOf(body, 100_000);
    assertBytes(await openAll(keyring, stored(sealed, stream())), DATA);
    assertBytes(joined(files[0].chunks), body, "what was spilled");

    const cancelled = await openObject(keyring, stored(sealed, stream()));
    await cancelled.plaintext.cancel();
    const begun = await openObject(keyring, stored(sealed, stream()));
    const reader = begun.plaintext.getReader();
    await reader.read();
    await reader.cancel();

    const controller = new AbortController();
    const { signal } = controller;
    const aborted = await openObject(keyring, stored(sealed, stream()), { signal });
    controller.abort();
    await idle(0);
    assert.equal(files.at(-1).deleted, 1, "not deleted when aborted");
    await failure(readAll(aborted.plaintext), "ERR_ABORTED");

    const forged = streamOf(flipped(body, 9), 100_000);
    await failure(openObject(keyring, stored(sealed, forged)), "ERR_AUTHENTICATION");

    const changed = await openObject(keyring, stored(sealed, stream()));
    files.at(-1).chunks.at(-1)[0] ^= 1;
    await failure(readAll(changed.plaintext), "ERR_SOURCE_CHANGED");

    // One reading needs none, nor does a small body.
    await openAll(keyring, stored(sealed, stream()), { releaseUnverified: true });
    const small = await sample("v3", CHUNK);
    await openAll(keyring, stored(small.sealed, streamOf(small.body, 1000)));
  });
  assert.deepEqual(
    files.map(({ deleted }) => deleted),
    [1, 1, 1, 1, 1, 1],
  );
});

/** On platforms without such storage there is no such test. */
const testOfStorage = globalThis.navigator?.storage === undefined ? () => {} : test;

testOfStorage("the browser's own files", async () => {
  const directory = await navigator.storage.getDirectory();
  const names = async () => {
    const found = [];
    for await (const name of directory.keys()) {
      found.push(name);
    }
    return found.filter((name) => name.startsWith("bongtu-"));
  };
  const { keyring, sealed, body } = await sample();
  // A page that is closed amid an opening leaves such a file: nobody has its lock.
  await directory.getFileHandle("bongtu-spill-left-behind", { create: true });
  const { plaintext } = await openObject(keyring, stored(sealed, streamOf(body, 100_000)));
  const reader = plaintext.getReader();
  const { value: first } = await reader.read();
  const [name, ...others] = await names();
  assert.equal(others.length, 0);
  const file = await (await directory.getFileHandle(name)).getFile();
  assertBytes(new Uint8Array(await file.arrayBuffer()), body, "what was spilled");
  reader.releaseLock();
  assertBytes(joined([first, await readAll(plaintext)]), DATA);
  assert.deepEqual(await names(), []);

  const forged = streamOf(flipped(body, 9), 100_000);
  await failure(openObject(keyring, stored(sealed, forged)), "ERR_AUTHENTICATION");
  const unread = await openObject(keyring, stored(sealed, streamOf(body, 100_000)));
  await unread.plaintext.cancel();
  assert.deepEqual(await names(), []);
});

test("files that cannot be made or written", async () => {
  const { keyring, sealed, body } = await sample();
  const refusing = [() => Promise.reject(new Error("no permission")), async () => undefined];
  await withSpills(refusing, async () => {
    assertBytes(await openAll(keyring, stored(sealed, streamOf(body, 100_000))), DATA);
  });
  let deleted = 0;
  const full = async () => ({
    write: () => Promise.reject(new Error("no space")),
    async delete() {
      deleted += 1;
      throw new Error("nor this");
    },
  });
  await withSpills([full], async () => {
    const opening = openObject(keyring, stored(sealed, streamOf(body, 100_000)));
    assert.equal((await failure(opening, "ERR_SOURCE")).cause.message, "no space");
  });
  assert.equal(deleted, 1);
});

test("more than memory may hold where no file can be made", async () => {
  const { keyring, sealed } = await sample();
  let given = 0;
  const endless = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(1024 * 1024));
      given += 1;
    },
  });
  await withSpills([], async () => {
    await failure(openObject(keyring, stored(sealed, endless)), "ERR_LIMIT");
  });
  assert.ok(given >= 64 && given < 70, `${given} MiB were read`);
});
