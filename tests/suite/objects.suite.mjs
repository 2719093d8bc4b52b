// S3 objects: that what is sealed is what the format says, and opens from every kind of body.

import { openObject, sealObject, sealObjectStream } from "bongtu";
import { assert, test } from "#harness";
import { useExecutors } from "../../pkg/js/platform/platform.js";
import { DATA, FORMATS } from "./object-samples.mjs";
import {
  assertBytes,
  BOTH,
  bytes,
  CHUNK,
  failure,
  fixture,
  joined,
  openAll,
  readAll,
  reusing,
  sealedBytes,
  stored,
  streamOf,
  testWithEach,
  through,
} from "./support.mjs";

const SIZES = [0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, DATA.length];

/** The shapes in which a body can come; those that are functions are called for every reading. */
const BODIES = {
  bytes: (body) => body,
  "a view": (body) => joined([bytes(3), body, bytes(3)]).subarray(3, 3 + body.length),
  ArrayBuffer: (body) => body.slice().buffer,
  Blob: (body) => new Blob([body]),
  "a stream": (body) => streamOf(body, 100_000),
  "a stream of one piece": (body) => streamOf(body, body.length),
  "an iterable that reuses its buffer": (body) => reusing(body, 70_000),
  "a function": (body) => () => streamOf(body, 50_000),
  "an asynchronous function": (body) => async () => new Blob([body]),
};

for (const format of FORMATS) {
  testWithEach(`round trips of all sizes: ${format}`, async () => {
    const { keyring } = await fixture();
    for (const length of SIZES) {
      const data = DATA.subarray(0, length);
      const sealed = await sealObject(keyring, data, { format });
      assert.equal(sealed.size, length + 16);
      assert.equal(sealed.contentLength, length + 16);
      const { plaintext, size, ...rest } = await openObject(
        keyring,
        stored(sealed, await sealedBytes(sealed)),
        BOTH,
      );
      assert.deepEqual(rest, { format, unverifiedMaterialDescription: {} });
      assert.equal(size, length);
      assertBytes(await readAll(plaintext), data);
      sealed.dispose();
    }
  });

  testWithEach(`bodies of all kinds, in two readings and in one: ${format}`, async () => {
    const { keyring } = await fixture();
    for (const length of [0, 17, DATA.length]) {
      const data = DATA.subarray(0, length);
      const sealed = await sealObject(keyring, data, { format });
      const body = await sealedBytes(sealed);
      for (const [kind, make] of Object.entries(BODIES)) {
        if (length === 0 && kind === "a stream of one piece") {
          continue;
        }
        for (const releaseUnverified of [false, true]) {
          const object = stored(sealed, make(body));
          const options = { ...BOTH, releaseUnverified };
          const { plaintext, size } = await openObject(keyring, object, options);
          const known =
            !releaseUnverified || ["bytes", "a view", "ArrayBuffer", "Blob"].includes(kind);
          assert.equal(size, known ? length : undefined, kind);
          assertBytes(await readAll(plaintext), data, kind);
        }
      }
    }
  });

  testWithEach(`the body is one AES-GCM message: ${format}`, async (executor) => {
    const { keyring } = await fixture();
    const keys = [];
    const importKey = (raw) => {
      keys.push(raw.slice());
      return executor.importKey(raw);
    };
    const before = useExecutors([{ ...executor, importKey }]);
    try {
      const around = [-17, -16, -15, -1, 0, 1, 15, 16, 17];
      const sizes = [0, 1, ...around.map((n) => CHUNK + n), ...around.map((n) => 2 * CHUNK + n)];
      for (const size of sizes) {
        const data = DATA.subarray(0, size);
        const sealed = await sealObject(keyring, data, { format });
        const key = await crypto.subtle.importKey("raw", keys.at(-1), "AES-GCM", false, [
          "encrypt",
        ]);
        const parameters =
          format === "v3"
            ? { iv: new Uint8Array(12).fill(1), additionalData: new Uint8Array([0, 0x73]) }
            : { iv: Uint8Array.from(atob(sealed.metadata["x-amz-iv"]), (c) => c.charCodeAt(0)) };
        const expected = await crypto.subtle.encrypt({ name: "AES-GCM", ...parameters }, key, data);
        assertBytes(await sealedBytes(sealed), new Uint8Array(expected), `${size} bytes`);
        sealed.dispose();
      }
    } finally {
      useExecutors(before);
    }
  });

  testWithEach(`streams, in pieces of any size: ${format}`, async () => {
    const { keyring } = await fixture();
    for (const length of SIZES) {
      const data = DATA.subarray(0, length);
      for (const options of [{ format }, { format, size: length }]) {
        const stream = await sealObjectStream(keyring, options);
        assert.equal(stream.contentLength, options.size === undefined ? undefined : length + 16);
        const body = await through(stream, data, length <= 17 ? 1 : 1024 * 1024);
        assertBytes(await openAll(keyring, stored(stream, body)), data);
      }
    }
  });
}

testWithEach("the tags of chunks, which would reveal the hash key, do not leave", async () => {
  const { keyring } = await fixture();
  const sealed = await sealObject(keyring, DATA);
  const body = await sealedBytes(sealed);
  const { plaintext } = await openObject(keyring, stored(sealed, body));
  for (const stream of [sealed.stream(), sealed.slice(5, 2 * CHUNK).stream(), plaintext]) {
    const reader = stream.getReader();
    for (let chunks = 0; chunks < 2; chunks++) {
      const { value } = await reader.read();
      const behind = new Uint8Array(value.buffer, value.byteOffset + value.length);
      assert.ok(
        behind.slice(-16).every((byte) => byte === 0),
        "something is behind a chunk",
      );
    }
    await reader.cancel();
  }
});

test("a stream in pieces of one byte", async () => {
  const { keyring } = await fixture();
  const data = DATA.subarray(0, 20_000);
  const stream = await sealObjectStream(keyring);
  assertBytes(await openAll(keyring, stored(stream, await through(stream, data, 1))), data);
});

testWithEach("a stream of another size than promised", async () => {
  const { keyring } = await fixture();
  for (const [size, length] of [
    [0, 1],
    [1, 0],
    [17, 16],
    [CHUNK, CHUNK + 1],
    [CHUNK + 1, CHUNK],
    [CHUNK, 2 * CHUNK],
    [2 * CHUNK, CHUNK],
    [2 * CHUNK + 1, 2 * CHUNK],
    [DATA.length - 1, DATA.length],
  ]) {
    const stream = await sealObjectStream(keyring, { size });
    await failure(through(stream, DATA.subarray(0, length)), "ERR_SOURCE");
  }
});

test("progress, over both readings", async () => {
  const { keyring } = await fixture();
  const sealed = await sealObject(keyring, DATA);
  const body = await sealedBytes(sealed);
  const small = await sealObject(keyring, bytes(10));
  for (const [object, releaseUnverified, total] of [
    [stored(sealed, body), false, 2 * body.length],
    [stored(sealed, body), true, body.length],
    [stored(small, await sealedBytes(small)), false, 2 * 26],
    [stored(small, await sealedBytes(small)), true, 26],
  ]) {
    const seen = [];
    const onProgress = (progress) => void seen.push(progress);
    await openAll(keyring, object, { releaseUnverified, onProgress });
    assert.deepEqual(seen.at(-1), { bytes: total, total });
  }
});

test("progress of a stream, whose length need not be known", async () => {
  const { keyring } = await fixture();
  for (const total of [undefined, DATA.length]) {
    const seen = [];
    const onProgress = (progress) => void seen.push(progress);
    await through(await sealObjectStream(keyring, { size: total, onProgress }), DATA);
    const done = { bytes: DATA.length };
    assert.deepEqual(seen.at(-1), total === undefined ? done : { ...done, total });
  }
});

testWithEach("several at once", async () => {
  const { keyring } = await fixture();
  const sealed = await sealObject(keyring, DATA);
  const object = stored(sealed, await sealedBytes(sealed));
  const opened = await Promise.all(Array.from({ length: 4 }, () => openAll(keyring, object)));
  for (const one of opened) {
    assertBytes(one, DATA);
  }
});
