// Sources that are not what they say: a size is a claim, an end is seen, and a Blob is what has its methods.

import {
  checksums,
  multipartPlan,
  open,
  openObject,
  openStream,
  seal,
  sealBlob,
  sealObject,
  sealObjectStream,
  sealStream,
  spool,
  spooled,
  uploadParts,
} from "bongtu";
import { assert, keptFiles, spoolPlace, test } from "#harness";
import { FakeS3, requestsTo } from "../support/fake-s3.mjs";
import {
  assertBytes,
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
} from "./support.mjs";

const DATA = bytes(3 * CHUNK + 5);
const GONE = new DOMException("A requested file could not be found.", "NotFoundError");

/** All that reads the whole of a Blob, and what would be kept of it. */
const WHOLE = {
  seal: (keyring, blob) => seal(keyring, blob),
  "sealBlob, in one array": async (keyring, blob) => sealedBytes(await sealBlob(keyring, blob)),
  "sealBlob, as a stream": async (keyring, blob) =>
    readAll((await sealBlob(keyring, blob)).stream()),
  "sealBlob, as a Blob": async (keyring, blob) => (await sealBlob(keyring, blob)).blob(),
  "sealObject, in one array": async (keyring, blob) => sealedBytes(await sealObject(keyring, blob)),
  "sealObject, as a stream": async (keyring, blob) =>
    readAll((await sealObject(keyring, blob)).stream()),
  "sealObject, as a Blob": async (keyring, blob) => (await sealObject(keyring, blob)).blob(),
  async spool(keyring, blob) {
    const sealed = await sealBlob(keyring, blob);
    return await spool(sealed, { name: "lying", ...(await spoolPlace()) });
  },
  checksum: (_, blob) => checksums.of("CRC32", blob),
};

/** A Blob in all but its class: what it claims and what it gives are two things. */
function blobLike(content, { size = content.size, ...others } = {}) {
  return {
    get size() {
      return typeof size === "function" ? size() : size;
    },
    type: "",
    slice: (...range) => content.slice(...range),
    stream: () => content.stream(),
    arrayBuffer: () => content.arrayBuffer(),
    ...others,
  };
}

const CONTENT = new Blob([DATA]);

/** The content, then `end(controller)`. */
function endingIn(content, end) {
  const stream = () => {
    const reader = content.stream().getReader();
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) {
          await end(controller);
        } else {
          controller.enqueue(value);
        }
      },
    });
  };
  const slice = (...range) => endingIn(content.slice(...range), end);
  return blobLike(content, {
    stream,
    slice,
    arrayBuffer: () => new Response(stream()).arrayBuffer(),
  });
}

const LIARS = {
  "claims more than it has": blobLike(CONTENT, { size: DATA.length + 1 }),
  "claims much more than it has": blobLike(CONTENT, { size: DATA.length + 2 * CHUNK }),
  "claims less than it has": blobLike(CONTENT, { size: DATA.length - 1 }),
  "claims less, by whole chunks": blobLike(CONTENT, { size: CHUNK }),
  "claims to be empty": blobLike(CONTENT, { size: 0 }),
  "claims to be empty, as its stream does": blobLike(CONTENT, {
    size: 0,
    stream: () => new Blob([]).stream(),
  }),
  "claims NaN": blobLike(CONTENT, { size: Number.NaN }),
  "claims less than nothing": blobLike(CONTENT, { size: -1 }),
  "claims a fraction": blobLike(CONTENT, { size: 1.5 }),
  "claims text": blobLike(CONTENT, { size: String(DATA.length) }),
  "claims nothing": blobLike(CONTENT, { size: () => undefined }),
  "claims without end": blobLike(CONTENT, { size: Number.POSITIVE_INFINITY }),
  "fails when it is asked its size": blobLike(CONTENT, {
    size() {
      throw GONE;
    },
  }),
  "fails at its end": endingIn(CONTENT, (controller) => controller.error(GONE)),
  "goes on for ever": endingIn(CONTENT, (controller) => controller.enqueue(new Uint8Array(1000))),
  "is gone": blobLike(new Blob([]), {
    stream: () => new ReadableStream({ pull: (controller) => controller.error(GONE) }),
    arrayBuffer: () => Promise.reject(GONE),
  }),
  "is gone, and throws it": blobLike(new Blob([]), {
    stream() {
      throw GONE;
    },
  }),
  "is gone, and has no stream": blobLike(new Blob([]), {
    stream: undefined,
    arrayBuffer: () => Promise.reject(GONE),
  }),
  "has no stream, and gives more": blobLike(CONTENT, {
    stream: undefined,
    size: DATA.length - 1,
    slice: (...range) => blobLike(CONTENT.slice(...range), { stream: undefined }),
  }),
  "has no stream, and gives less": blobLike(CONTENT, {
    stream: undefined,
    arrayBuffer: async () => DATA.slice(1).buffer,
    slice: (...range) => blobLike(CONTENT.slice(...range).slice(1), { stream: undefined }),
  }),
};

for (const [what, blob] of Object.entries(LIARS)) {
  test(`a Blob that ${what}: ERR_SOURCE, however it is sealed`, async () => {
    const { keyring } = await fixture();
    for (const [how, run] of Object.entries(WHOLE)) {
      const { cause } = await failure(run(keyring, blob), "ERR_SOURCE").catch((error) =>
        assert.fail(`${how}: ${error.message}`),
      );
      if (what.startsWith("is gone") || what.startsWith("fails")) {
        assert.equal(cause, GONE, how);
      }
    }
    const place = await spoolPlace();
    assert.deepEqual(await spooled.list(place), []);
    assert.deepEqual(await keptFiles(), []);
  });
}

/** Other results that slicing a Blob may have. */
const SLICES = {
  short: (content, start, end) => content.slice(start, end - 1),
  empty: (content) => content.slice(0, 0),
  long: (content, ...range) => new Blob([content.slice(...range), "x"]),
  "all of it": (content) => content,
  nothing: () => undefined,
  "a promise": async (content, ...range) => content.slice(...range),
  failing() {
    throw GONE;
  },
};

for (const [what, cut] of Object.entries(SLICES)) {
  test(`slices that come back ${what}: ERR_SOURCE, and no zeros in the place of what is missing`, async () => {
    const { keyring } = await fixture();
    const content = new Blob([DATA]);
    const honest = blobLike(content);
    for (const run of [sealBlob, sealObject]) {
      const source = { ...blobLike(content), slice: (...range) => cut(content, ...range) };
      const parts = [
        [0, CHUNK],
        [CHUNK + 1, 2 * CHUNK],
        [0, undefined],
        [3 * CHUNK, undefined],
        [100, DATA.length + 1],
      ];
      for (const range of parts) {
        const sealed = await run(keyring, source);
        await failure(sealedBytes(sealed.slice(...range)), "ERR_SOURCE");
        await failure(readAll(sealed.slice(...range).stream()), "ERR_SOURCE");
        await failure(sealed.slice(...range).blob(), "ERR_SOURCE");
      }
      assert.equal((await sealedBytes(await run(keyring, honest))).length > DATA.length, true);
    }
  });
}

test("a class of somebody's that extends Blob and cuts it wrongly", async () => {
  class Short extends Blob {
    slice(start, end) {
      return super.slice(start, Math.max(start, end - 1000));
    }
  }
  const { keyring } = await fixture();
  const whole = await sealObject(keyring, new Short([DATA]));
  for (const take of [
    () => whole.arrayBuffer(),
    () => readAll(whole.stream()),
    () => whole.blob(),
  ]) {
    await failure(take(), "ERR_SOURCE");
  }
});

test("an upload in parts of a Blob that comes short is given up", async () => {
  const { keyring } = await fixture();
  const content = new Blob([bytes(11 * 1024 * 1024)]);
  const source = { ...blobLike(content), slice: (start, end) => content.slice(start, end - 1) };
  const sealed = await sealBlob(keyring, source);
  const s3 = new FakeS3();
  const plan = multipartPlan(sealed, { partSize: 5 * 1024 * 1024 });
  const requests = requestsTo("https://bucket.example/key", (...given) => s3.fetch(...given));
  await failure(uploadParts(sealed, plan, { ...requests, retries: 0 }), "ERR_SOURCE");
  assert.deepEqual([s3.objects.size, s3.uploads.size], [0, 0]);
});

test("a Blob that never ends can be aborted", async () => {
  const { keyring } = await fixture();
  const silent = endingIn(CONTENT, () => new Promise(() => {}));
  for (const empty of [false, true]) {
    const source = empty ? endingIn(new Blob([]), () => new Promise(() => {})) : silent;
    for (const run of [
      (options) => seal(keyring, source, options),
      async (options) => sealedBytes(await sealBlob(keyring, source, options)),
      async (options) => sealedBytes(await sealObject(keyring, source, options)),
    ]) {
      const controller = new AbortController();
      const sealing = run({ signal: controller.signal });
      await idle(20);
      controller.abort();
      await failure(sealing, "ERR_ABORTED");
    }
  }
});

test("what is opened and read from a Blob ends where it ends", async () => {
  const { keyring } = await fixture();
  const message = await seal(keyring, DATA);
  const sealed = await sealObject(keyring, DATA);
  const body = await sealedBytes(sealed);
  for (const lie of [-1, 1]) {
    const lying = (content) => blobLike(new Blob([content]), { size: content.length + lie });
    await failure(open(keyring, lying(message)), "ERR_SOURCE");
    await failure(openObject(keyring, stored(sealed, lying(body))), "ERR_SOURCE");
    const { plaintext } = await openObject(keyring, stored(sealed, lying(body)), {
      releaseUnverified: true,
    });
    await failure(readAll(plaintext), "ERR_SOURCE");
  }
});

/** Blobs of other makes, all of them honest. */
const MAKES = {
  "of another realm": (data) => blobLike(new Blob([data])),
  "without stream(), as jsdom's": function withoutStream(data) {
    const content = new Blob([data]);
    return {
      size: content.size,
      type: "",
      slice: (start, end) => withoutStream(data.slice(start, end)),
      arrayBuffer: () => content.arrayBuffer(),
    };
  },
  "whose stream is an iterable only": function iterable(data) {
    return {
      size: data.length,
      type: "",
      slice: (start, end) => iterable(data.slice(start, end)),
      async *stream() {
        for (let start = 0; start < data.length; start += 100_000) {
          yield data.slice(start, start + 100_000);
        }
      },
    };
  },
  "without arrayBuffer()": function streamOnly(data) {
    return {
      size: data.length,
      slice: (start, end) => streamOnly(data.slice(start, end)),
      stream: () => streamOf(data, 65_536),
    };
  },
};

for (const [make, from] of Object.entries(MAKES)) {
  test(`a Blob ${make} is sealed and opened as any`, async () => {
    const { keyring } = await fixture();
    const MIB = 1024 * 1024;
    for (const length of [0, 1, CHUNK, 3 * CHUNK + 5, 8 * MIB, 17 * MIB]) {
      const data = bytes(length);
      const { plaintext } = await open(keyring, from(await seal(keyring, from(data))));
      assertBytes(plaintext, data);
      const sealed = await sealObject(keyring, from(data));
      const body = await sealedBytes(sealed);
      assertBytes(await openAll(keyring, stored(sealed, from(body))), data);
      const cut = [];
      for (let start = 0; start < sealed.size; start += 5 * MIB) {
        cut.push(await sealedBytes(sealed.slice(start, start + 5 * MIB)));
      }
      assertBytes(joined(cut), body);
      const sum = await checksums.of("CRC32", from(data));
      assert.equal(sum.value, (await checksums.of("CRC32", data)).value);
    }
  });
}

/** The streams that are written to, and the outcome of each if a chunk is transferred away. */
const PAIRS = {
  sealStream: async ({ keyring }) => [sealStream(keyring), DATA],
  openStream: async ({ keyring }) => [openStream(keyring), await seal(keyring, DATA)],
  sealObjectStream: async ({ keyring }) => [await sealObjectStream(keyring), DATA],
  "checksums.stream": async () => [checksums.stream("SHA256"), bytes(20 * 1024 * 1024)],
};

for (const [name, make] of Object.entries(PAIRS)) {
  test(`a chunk that is transferred away while it waits: ERR_SOURCE [${name}]`, async () => {
    const key = await fixture();
    for (const moment of ["at once", "after a turn", "while the reader is slow", "read at once"]) {
      const [{ readable, writable }, data] = await make(key);
      const chunk = data.slice();
      const writer = writable.getWriter();
      writer.closed.catch(() => {});
      const reading = moment === "read at once" ? readAll(readable) : undefined;
      if (reading !== undefined) await idle(5);
      writer.write(chunk).catch(() => {});
      if (moment === "after a turn") await Promise.resolve();
      if (moment === "while the reader is slow") await idle(20);
      structuredClone(chunk.buffer, { transfer: [chunk.buffer] });
      writer.close().catch(() => {});
      await failure(reading ?? readAll(readable), "ERR_SOURCE");
    }
  });
}

test("what a source gave and took away again: ERR_SOURCE", async () => {
  const { keyring } = await fixture();
  const message = await seal(keyring, DATA);
  const object = await sealObject(keyring, DATA);
  const body = await sealedBytes(object);
  for (const [run, data] of [
    [(source) => seal(keyring, source), DATA],
    [(source) => open(keyring, source), message],
    [(source) => openObject(keyring, stored(object, source)), body],
    [(source) => checksums.of("CRC32C", source), bytes(20 * 1024 * 1024)],
  ]) {
    const chunk = data.slice();
    const source = (async function* () {
      yield chunk.subarray(0, 10);
      queueMicrotask(() => structuredClone(chunk.buffer, { transfer: [chunk.buffer] }));
      yield chunk.subarray(10);
    })();
    await failure(run(source), "ERR_SOURCE");
  }
});
