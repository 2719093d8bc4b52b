// Objects that must not open, sources that fail in between, and what is left behind.

import { openObject, sealObject, sealObjectStream } from "bongtu";
import { assert, test } from "#harness";
import { useSpills } from "../../pkg/js/platform/platform.js";
import {
  assertBytes,
  BOTH,
  bytes,
  CHUNK,
  failure,
  fixture,
  idle,
  joined,
  openAll,
  readAll,
  sealedBytes,
  stored,
  streamOf,
  testWithEach,
} from "./support.mjs";

const DATA = bytes(3 * CHUNK + 5);

/** An object and its body, sealed once for all tests of a format. */
const made = {};
async function sample(format = "v3", length = DATA.length) {
  const { keyring } = await fixture();
  made[`${format} ${length}`] ??= sealObject(keyring, DATA.subarray(0, length), { format }).then(
    async (sealed) => ({ keyring, sealed, body: await sealedBytes(sealed) }),
  );
  return made[`${format} ${length}`];
}

const flipped = (body, at, bit = 1) => {
  const copy = body.slice();
  copy.at(at);
  copy[at < 0 ? copy.length + at : at] ^= bit;
  return copy;
};

/** What came out of a stream before it failed, and the code. */
async function drained(plaintext) {
  const reader = plaintext.getReader();
  const chunks = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return { released: joined(chunks) };
      }
      chunks.push(value);
    }
  } catch ({ code }) {
    return { released: joined(chunks), code };
  }
}

testWithEach("version 2 only where the policy allows it", async () => {
  const { keyring, sealed, body } = await sample("v2");
  await failure(openObject(keyring, stored(sealed, body)), "ERR_COMMITMENT_POLICY");
  for (const commitmentPolicy of [
    "REQUIRE_ENCRYPT_ALLOW_DECRYPT",
    "FORBID_ENCRYPT_ALLOW_DECRYPT",
  ]) {
    assertBytes(await openAll(keyring, stored(sealed, body), { commitmentPolicy }), DATA);
  }
});

for (const format of ["v2", "v3"]) {
  testWithEach(`bodies that were cut, extended or changed: ${format}`, async () => {
    for (const length of [17, CHUNK, DATA.length]) {
      const { keyring, sealed, body } = await sample(format, length);
      const forged = [
        body.subarray(0, -1),
        body.subarray(1),
        body.subarray(0, -16),
        joined([body, new Uint8Array(1)]),
        joined([body, new Uint8Array(CHUNK)]),
        joined([body.subarray(0, -16), new Uint8Array(16), body.subarray(-16)]),
        flipped(body, 0),
        flipped(body, -1, 0x80),
        flipped(body, -16),
        flipped(body, -17),
        flipped(body, body.length >> 1),
      ];
      if (length > 2 * CHUNK) {
        forged.push(body.subarray(0, CHUNK), body.subarray(0, CHUNK + 16));
        // Two chunks in each other's place.
        const parts = [CHUNK, 2 * CHUNK].map((start) => body.subarray(start, start + CHUNK));
        forged.push(
          joined([body.subarray(0, CHUNK), ...parts.reverse(), body.subarray(3 * CHUNK)]),
        );
      }
      for (const body of forged) {
        for (const kind of [body, new Blob([body]), streamOf(body, 100_000)]) {
          await failure(openObject(keyring, stored(sealed, kind), BOTH), "ERR_AUTHENTICATION");
        }
        const options = { ...BOTH, releaseUnverified: true };
        const { plaintext } = await openObject(keyring, stored(sealed, body), options);
        const { code, released } = await drained(plaintext);
        assert.equal(code, "ERR_AUTHENTICATION");
        // Nothing of the last chunk, whatever the caller picked.
        assert.ok(released.length < Math.max(1, body.length - 16), `${released.length} bytes`);
      }
      for (const short of [body.subarray(0, 15), body.subarray(0, 0)]) {
        await failure(openObject(keyring, stored(sealed, short), BOTH), "ERR_TRUNCATED");
      }
    }
  });
}

test("every bit of a small object", async () => {
  for (const format of ["v2", "v3"]) {
    const { keyring, sealed, body } = await sample(format, 1);
    for (let bit = 0; bit < 8 * body.length; bit++) {
      const forged = flipped(body, bit >> 3, 1 << (bit & 7));
      await failure(openObject(keyring, stored(sealed, forged), BOTH), "ERR_AUTHENTICATION");
    }
  }
});

test("metadata that were changed, left out, mixed", async () => {
  const codes = new Set();
  for (const format of ["v2", "v3"]) {
    const { keyring, sealed, body } = await sample(format, 17);
    for (const [name, value] of Object.entries(sealed.metadata)) {
      const others = Object.fromEntries(
        Object.entries(sealed.metadata).filter(([other]) => other !== name),
      );
      const harmless = ["x-amz-matdesc", "x-amz-unencrypted-content-length"].includes(name);
      const attempts = [others, { ...others, [name]: "" }];
      for (const at of [0, value.length >> 1, value.length - 1]) {
        const digit = value[at] === "A" ? "B" : "A";
        attempts.push({ ...others, [name]: value.slice(0, at) + digit + value.slice(at + 1) });
      }
      for (const metadata of harmless ? attempts.slice(0, 2) : attempts) {
        const opening = openObject(keyring, { metadata, body }, BOTH);
        if (harmless) {
          await opening;
          continue;
        }
        const [{ status, reason }] = await Promise.allSettled([opening]);
        assert.equal(status, "rejected", `${name}: ${metadata[name]}`);
        codes.add(reason.code);
        const known = [
          "ERR_METADATA",
          "ERR_UNSUPPORTED",
          "ERR_UNWRAP",
          "ERR_COMMITMENT",
          "ERR_AUTHENTICATION",
        ];
        assert.ok(known.includes(reason.code), `${name}: ${reason.code}`);
      }
    }
  }
  assert.ok(codes.has("ERR_METADATA") && codes.has("ERR_UNWRAP") && codes.has("ERR_COMMITMENT"));
  const [v2, v3] = [await sample("v2", 17), await sample("v3", 17)];
  const mixed = { ...v2.sealed.metadata, ...v3.sealed.metadata };
  await failure(openObject(v2.keyring, { metadata: mixed, body: v2.body }, BOTH), "ERR_METADATA");
  // Spoofed to slip past the policy.
  const spoofed = { ...v2.sealed.metadata, "x-amz-c": "115", "x-amz-w": "22" };
  await failure(openObject(v2.keyring, { metadata: spoofed, body: v2.body }), "ERR_METADATA");
});

test("too much metadata, with the count", async () => {
  const { keyring } = await fixture();
  const materialDescription = { a: "x".repeat(2000) };
  const { message } = await failure(
    sealObject(keyring, DATA, { materialDescription }),
    "ERR_LIMIT",
  );
  assert.ok(/\d{4}/.test(message), message);
  const instructionFile = true;
  const sealed = await sealObject(keyring, DATA, { materialDescription, instructionFile });
  assert.ok(sealed.instructionFile.body.length > 2000);
});

test("more than an object holds, before a byte is read", async () => {
  const { keyring } = await fixture();
  class Huge extends Blob {
    get size() {
      return 2 ** 36 - 31;
    }
    slice() {
      return assert.fail("it was read");
    }
    stream() {
      return assert.fail("it was read");
    }
  }
  await failure(sealObject(keyring, new Huge()), "ERR_TOO_LARGE");
  await failure(sealObjectStream(keyring, { size: 2 ** 36 - 31 }), "ERR_TOO_LARGE");
  const stream = await sealObjectStream(keyring, { size: 2 ** 36 - 32 });
  assert.equal(stream.contentLength, 2 ** 36 - 16);
  await stream.readable.cancel();
});

test("parts of objects", async () => {
  const { keyring, sealed, body } = await sample();
  const object = stored(sealed, body);
  for (const [given, options] of [
    [object, { range: "bytes=0-99" }],
    [object, { Range: undefined }],
    [{ ...object, range: { start: 0 } }, {}],
    [{ ...object, contentRange: `bytes 0-${body.length - 1}/${body.length}` }, {}],
  ]) {
    const { message } = await failure(openObject(keyring, given, options), "ERR_UNSUPPORTED");
    assert.ok(message.includes("messages"), message);
  }
  assertBytes(await openAll(keyring, { ...object, contentRange: undefined }), DATA);
});

test("arguments of other types", async () => {
  const { keyring, sealed, body } = await sample();
  const object = stored(sealed, body);
  for (const given of [
    undefined,
    null,
    "object",
    { ...object, metadata: undefined },
    { ...object, metadata: new Map() },
    { ...object, metadata: { a: 1 } },
    { ...object, body: "text" },
    { ...object, body: undefined },
    { ...object, body: () => "text" },
    { ...object, instructionFile: 7 },
    { ...object, contentRange: 7 },
  ]) {
    await failure(openObject(keyring, given), "ERR_INPUT");
  }
  for (const options of [
    null,
    { commitmentPolicy: 7 },
    { commitmentPolicy: "REQUIRE" },
    { releaseUnverified: "yes" },
    { signal: {} },
  ]) {
    await failure(openObject(keyring, object, options), "ERR_INPUT");
  }
  for (const options of [
    null,
    { format: "v1" },
    { format: 3 },
    { materialDescription: "{}" },
    { materialDescription: { a: 1 } },
    { instructionFile: "yes" },
    { onProgress: 1 },
  ]) {
    await failure(sealObject(keyring, DATA, options), "ERR_INPUT");
    await failure(sealObjectStream(keyring, options), "ERR_INPUT");
  }
  for (const materialDescription of [{ "": "a" }, { a: "\ud800" }]) {
    await failure(sealObject(keyring, DATA, { materialDescription }), "ERR_CONTEXT");
  }
  await failure(sealObjectStream(keyring, { size: -1 }), "ERR_INPUT");
  await failure(sealObjectStream(keyring, { size: "5" }), "ERR_INPUT");
});

testWithEach("storage that answers differently the second time", async () => {
  const { keyring, sealed, body } = await sample();
  const others = {
    "another byte": flipped(body, CHUNK + 7),
    "a byte less": body.subarray(0, -1),
    "a byte more": joined([body, new Uint8Array(1)]),
    "a chunk more": joined([body.subarray(0, -16), bytes(CHUNK), body.subarray(-16)]),
    "a chunk less": joined([body.subarray(0, 2 * CHUNK), body.subarray(-16)]),
    "one chunk": body.subarray(0, CHUNK),
    nothing: body.subarray(0, 0),
  };
  for (const [what, second] of Object.entries(others)) {
    let calls = 0;
    const answers = () => new Blob([[body, second][calls++]]).stream();
    const { plaintext, size } = await openObject(keyring, stored(sealed, answers));
    assert.equal(size, DATA.length);
    const { released, code } = await drained(plaintext);
    assert.equal(code, "ERR_SOURCE_CHANGED", what);
    assert.ok(released.length <= DATA.length - 5, what);
    assertBytes(released, DATA.subarray(0, released.length), what);
    assert.equal(calls, 2);
  }
});

testWithEach("bytes beyond a whole last chunk, the second time", async () => {
  const { keyring, sealed, body } = await sample("v3", 2 * CHUNK);
  let calls = 0;
  const longer = joined([body.subarray(0, -16), bytes(100), body.subarray(-16)]);
  const answers = () => new Blob([[body, longer][calls++]]);
  const { plaintext } = await openObject(keyring, stored(sealed, answers));
  const { released, code } = await drained(plaintext);
  assert.equal(code, "ERR_SOURCE_CHANGED");
  assert.ok(released.length <= 2 * CHUNK, `${released.length} bytes`);
  assertBytes(released, DATA.subarray(0, released.length));
});

testWithEach("bytes that are changed between the readings", async () => {
  const { keyring, sealed, body } = await sample();
  const changing = body.slice();
  const { plaintext } = await openObject(keyring, stored(sealed, changing));
  changing[5] ^= 1;
  const { released, code } = await drained(plaintext);
  assert.equal(code, "ERR_SOURCE_CHANGED");
  assert.equal(released.length, 0);
});

testWithEach("bodies that break", async () => {
  const { keyring, sealed, body } = await sample();
  const breaking = (after) => {
    let position = 0;
    return new ReadableStream({
      pull(controller) {
        if (position >= after) {
          throw new Error("the line");
        }
        controller.enqueue(body.slice(position, position + 65_536));
        position += 65_536;
      },
    });
  };
  const causes = [];
  for (const given of [
    breaking(CHUNK),
    () => breaking(0),
    () => Promise.reject(new Error("403")),
  ]) {
    const { cause } = await failure(openObject(keyring, stored(sealed, given)), "ERR_SOURCE");
    causes.push(cause.message);
  }
  assert.deepEqual(causes, ["the line", "the line", "403"]);
  let calls = 0;
  const second = () => (calls++ === 0 ? streamOf(body, 99_999) : breaking(2 * CHUNK));
  const { plaintext } = await openObject(keyring, stored(sealed, second));
  const { released, code } = await drained(plaintext);
  assert.equal(code, "ERR_SOURCE");
  assertBytes(released, DATA.subarray(0, released.length));
});

test("a stream is cancelled when its object cannot be opened", async () => {
  const { keyring, sealed } = await sample();
  const reasons = [];
  const stream = () =>
    new ReadableStream({
      pull: () => new Promise(() => {}),
      cancel: (it) => void reasons.push(it),
    });
  await failure(openObject(keyring, { metadata: {}, body: stream() }), "ERR_NOT_SEALED");
  const metadata = { ...sealed.metadata, "x-amz-3": btoa("x".repeat(256)) };
  await failure(openObject(keyring, { metadata, body: stream() }), "ERR_UNWRAP");
  const controller = new AbortController();
  const object = stored(sealed, stream());
  const opening = openObject(keyring, object, { signal: controller.signal });
  await idle(20);
  controller.abort("enough");
  await failure(opening, "ERR_ABORTED");
  await idle(0);
  assert.deepEqual(
    reasons.map(({ code }) => code),
    ["ERR_NOT_SEALED", "ERR_UNWRAP", "ERR_ABORTED"],
  );
});

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

/** Where there is no such storage, there is no such test. */
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
  // As a page leaves one that is closed amid an opening: nobody has its lock.
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

testWithEach("aborting at any time", async () => {
  const { keyring, sealed, body } = await sample();
  await failure(
    openObject(keyring, stored(sealed, body), { signal: AbortSignal.abort("before") }),
    "ERR_ABORTED",
  );
  for (const when of [1, 2, 3, 5, 7]) {
    const controller = new AbortController();
    let count = 0;
    const onProgress = () => {
      count += 1;
      if (count === when) {
        controller.abort("enough");
      }
    };
    const opening = openObject(keyring, stored(sealed, body), {
      signal: controller.signal,
      onProgress,
    }).then(({ plaintext }) => readAll(plaintext));
    assert.equal((await failure(opening, "ERR_ABORTED")).cause, "enough", `after ${when}`);
  }
  const controller = new AbortController();
  const stream = await sealObjectStream(keyring, { signal: controller.signal });
  const reading = readAll(stream.readable);
  const writer = stream.writable.getWriter();
  writer.write(bytes(CHUNK)).catch(() => {});
  controller.abort("enough");
  await failure(reading, "ERR_ABORTED");
  await failure(writer.closed, "ERR_ABORTED");
});
