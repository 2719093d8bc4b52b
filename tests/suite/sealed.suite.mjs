// Any part of what is sealed, in any order, again, and at the same time.

import { Keyring, multipartPlan, open, sealBlob, sealedSize, sealObject } from "bongtu";
import { assert, executors, test } from "#harness";
import { useExecutors } from "../../pkg/js/platform/platform.js";
import { KEY_ARN } from "../harness/kms.mjs";
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
  testWithEach,
  thrown,
} from "./support.mjs";

const MIB = 1024 * 1024;
const FRAME_LENGTH = 100_000;
const DATA = bytes(3 * CHUNK + 5);

/** The things that can be sealed in slices, and how each is opened. */
const KINDS = {
  message: {
    seal: (keyring, source, options) =>
      sealBlob(keyring, source, { frameLength: FRAME_LENGTH, ...options }),
    open: async (keyring, _, body) => (await open(keyring, body)).plaintext,
  },
  "object v3": {
    seal: (keyring, source, options) => sealObject(keyring, source, options),
    open: (keyring, sealed, body) => openAll(keyring, stored(sealed, body)),
  },
  "object v2": {
    seal: (keyring, source, options) => sealObject(keyring, source, { format: "v2", ...options }),
    open: (keyring, sealed, body) => openAll(keyring, stored(sealed, body)),
  },
};

/** Registers a test for every kind under every executor. */
function testKinds(name, run) {
  for (const [kind, { seal, open }] of Object.entries(KINDS)) {
    testWithEach(`${name}: ${kind}`, async () => {
      const { keyring } = await fixture();
      await run(
        (source, options) => seal(keyring, source, options),
        (...it) => open(keyring, ...it),
      );
    });
  }
}

/** A repeatable random number below `limit`. */
function randomizer(seed = 7) {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

testKinds("all ways to have the whole are the same bytes, and open", async (seal, open) => {
  for (const length of [0, 1, FRAME_LENGTH, CHUNK - 1, CHUNK, CHUNK + 1, DATA.length]) {
    const data = DATA.subarray(0, length);
    for (const source of [data, new Blob([data])]) {
      const sealed = await seal(source);
      const whole = await sealedBytes(sealed);
      assert.equal(whole.length, sealed.size);
      assertBytes(await readAll(sealed.stream()), whole, "stream");
      assertBytes(new Uint8Array(await (await sealed.blob()).arrayBuffer()), whole, "blob");
      assertBytes(await sealedBytes(sealed.slice()), whole, "slice");
      assertBytes(await open(sealed, whole), data, `${length} bytes`);
      sealed.dispose();
    }
  }
});

testKinds("slices are ranges of the whole, in any order and at once", async (seal) => {
  const random = randomizer();
  for (const source of [DATA, new Blob([DATA])]) {
    const sealed = await seal(source);
    const ranges = Array.from({ length: 12 }, () => {
      const start = random(sealed.size);
      return [start, start + random(sealed.size - start)];
    });
    // Those at the ends first, before all of it was sealed.
    ranges.unshift(
      [sealed.size - 1],
      [sealed.size - 20, sealed.size - 3],
      [0, 1],
      [0, sealed.size],
    );
    const slices = await Promise.all(
      ranges.map(([start, end]) => sealedBytes(sealed.slice(start, end))),
    );
    const whole = await sealedBytes(sealed);
    for (const [i, [start, end]] of ranges.entries()) {
      assertBytes(slices[i], whole.subarray(start, end), `${start} to ${end}`);
    }
    const [start, end] = ranges[5];
    assertBytes(await readAll(sealed.slice(start, end).stream()), whole.subarray(start, end));
    sealed.dispose();
  }
});

test("slice takes positions as Blob.slice and Uint8Array.slice do, and of slices too", async () => {
  const { keyring } = await fixture();
  const sealed = await sealBlob(keyring, bytes(1000));
  const whole = await sealedBytes(sealed);
  const { size } = sealed;
  for (const [start, end] of [
    [],
    [5],
    [-5],
    [undefined, 5],
    [undefined, -5],
    [0, 0],
    [10, 5],
    [-10, -5],
    [-5000, 5000],
    [size],
    [size + 1, size + 2],
    [1.7, 3.2],
    [Number.NaN, 3],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  ]) {
    const slice = sealed.slice(start, end);
    const expected = whole.slice(start, end);
    assert.equal(slice.size, expected.length, `${start} to ${end}`);
    assertBytes(await sealedBytes(slice), expected);
    const inner = slice.slice(1, -1);
    assertBytes(await sealedBytes(inner), expected.subarray(1, -1));
  }
});

testKinds("parts, in parallel, out of order, and one again after it failed", async (seal) => {
  const data = bytes(11 * MIB + 5);
  const sealed = await seal(data);
  const parts = sealed.parts(5 * MIB);
  assert.deepEqual(
    parts.map(({ partNumber, start, end }) => [partNumber, start, end]),
    [
      [1, 0, 5 * MIB],
      [2, 5 * MIB, 10 * MIB],
      [3, 10 * MIB, sealed.size],
    ],
  );
  const reader = parts[1].body.stream().getReader();
  await reader.read();
  await reader.cancel("the connection broke");
  const [third, first, second] = await Promise.all(
    [2, 0, 1].map((i) => sealedBytes(parts[i].body)),
  );
  const again = await sealedBytes(parts[1].body);
  assertBytes(again, second, "the part again");
  assertBytes(joined([first, second, third]), await sealedBytes(sealed), "the parts together");
  sealed.dispose();
});

test("the last part may hold the tag alone", async () => {
  const { keyring } = await fixture();
  const sealed = await sealObject(keyring, bytes(5 * MIB));
  const parts = sealed.parts(5 * MIB);
  assert.deepEqual(
    parts.map(({ body }) => body.size),
    [5 * MIB, 16],
  );
  const [last, first] = [await sealedBytes(parts[1].body), await sealedBytes(parts[0].body)];
  assertBytes(await openAll(keyring, stored(sealed, joined([first, last]))), bytes(5 * MIB));
});

test("part sizes that S3 or the grid does not take", async () => {
  const { keyring } = await fixture();
  const object = await sealObject(keyring, bytes(10));
  for (const size of [0, 5 * MIB - 1, 5 * MIB + 1, 6 * MIB + 16, 5 * 1024 * MIB + CHUNK, "6", -1]) {
    thrown(() => object.parts(size), "ERR_PART_SIZE");
  }
  assert.equal(object.parts(5 * MIB + CHUNK).length, 1);
  assert.equal((await sealBlob(keyring, bytes(10))).parts(5 * MIB + 1).length, 1);
  class Huge extends Blob {
    get size() {
      return 60 * 1024 * MIB;
    }
  }
  const huge = await sealObject(keyring, new Huge());
  assert.equal(huge.size, 60 * 1024 * MIB + 16);
  thrown(() => huge.parts(5 * MIB), "ERR_PART_SIZE");
  assert.equal(huge.parts(8 * MIB).length, 60 * 128 + 1);
});

test("parts are what a plan admits, whose limits are those of the S3 module", async () => {
  const outcome = (work) => {
    try {
      return work();
    } catch ({ code }) {
      return code;
    }
  };
  const { keyring } = await fixture();
  class Sized extends Blob {
    constructor(size) {
      super();
      this.claimed = size;
    }
    get size() {
      return this.claimed;
    }
  }
  for (const seal of [sealBlob, sealObject]) {
    for (const size of [1, 50_000 * MIB - 16, 60 * 1024 * MIB]) {
      const sealed = await seal(keyring, new Sized(size));
      for (const least of [5 * MIB, 5 * 1024 * MIB, 6 * MIB]) {
        for (const partSize of [least - CHUNK, least - 16, least, least + 16, least + CHUNK]) {
          const planned = outcome(() => multipartPlan(sealed, { partSize }).partCount);
          assert.equal(
            outcome(() => sealed.parts(partSize).length),
            planned,
          );
        }
      }
      sealed.dispose();
    }
  }
});

testKinds("a source that changed: nothing of it is released, and all is over", async (seal) => {
  const data = DATA.slice();
  const sealed = await seal(data);
  const slice = sealed.slice(CHUNK, CHUNK + 10);
  await sealedBytes(slice);
  data[CHUNK + 1] ^= 1;
  const chunks = [];
  const changed = slice
    .stream()
    .pipeTo(new WritableStream({ write: (it) => void chunks.push(it) }));
  await failure(changed, "ERR_SOURCE_CHANGED");
  assert.deepEqual(chunks, []);
  data[CHUNK + 1] ^= 1;
  for (const rest of [slice, sealed, sealed.slice(0, 1), sealed.slice(-1)]) {
    await failure(rest.arrayBuffer(), "ERR_SOURCE_CHANGED");
    await failure(readAll(rest.stream()), "ERR_SOURCE_CHANGED");
    await failure(rest.blob(), "ERR_SOURCE_CHANGED");
  }
});

testKinds("a source that changed stops what else reads from it", async (seal) => {
  const data = DATA.slice();
  const sealed = await seal(data);
  await sealedBytes(sealed.slice(0, 5000));
  const reader = sealed.slice(CHUNK).stream().getReader();
  await reader.read();
  data[5] ^= 1;
  await failure(sealed.slice(0, 5000).arrayBuffer(), "ERR_SOURCE_CHANGED");
  await failure(
    (async () => {
      while (!(await reader.read()).done);
    })(),
    "ERR_SOURCE_CHANGED",
  );
});

testKinds("a source that changes while two read it", async (seal) => {
  const data = DATA.slice();
  const sealed = await seal(data);
  const first = sealed.slice(0, CHUNK).arrayBuffer();
  await Promise.resolve();
  data[0] ^= 1;
  const outcomes = await Promise.allSettled([first, sealed.slice(0, CHUNK).arrayBuffer()]);
  data[0] ^= 1;
  outcomes.push(...(await Promise.allSettled([sealed.slice(0, CHUNK).arrayBuffer()])));
  const codes = outcomes.map(({ reason }) => reason?.code);
  assert.ok(codes.includes("ERR_SOURCE_CHANGED"), codes.join());
  const released = outcomes.flatMap(({ value }) => (value === undefined ? [] : [value]));
  for (const one of released) {
    assertBytes(new Uint8Array(one), new Uint8Array(released[0]));
  }
});

testKinds("a buffer that was transferred away", async (seal) => {
  const data = DATA.slice();
  const sealed = await seal(data);
  const reader = sealed.stream().getReader();
  await reader.read();
  structuredClone(data.buffer, { transfer: [data.buffer] });
  await failure(sealed.arrayBuffer(), "ERR_SOURCE");
  await failure(
    (async () => {
      while (!(await reader.read()).done);
    })(),
    "ERR_SOURCE",
  );
});

testKinds("a Blob that breaks can be tried again", async (seal) => {
  class Flaky extends Blob {
    broken = false;
    slice(...range) {
      const slice = super.slice(...range);
      if (this.broken) {
        const stream = new ReadableStream({ pull: () => Promise.reject(new Error("gone")) });
        slice.stream = () => stream;
      }
      return slice;
    }
  }
  const source = new Flaky([DATA]);
  const sealed = await seal(source);
  const expected = await sealedBytes(sealed.slice(0, CHUNK));
  source.broken = true;
  const { cause } = await failure(sealed.arrayBuffer(), "ERR_SOURCE");
  assert.equal(cause.message, "gone");
  source.broken = false;
  assertBytes(await sealedBytes(sealed.slice(0, CHUNK)), expected);
});

test("what takes it for text is told what to do", async () => {
  const { keyring } = await fixture();
  const sealed = await sealObject(keyring, bytes(10));
  for (const it of [sealed, sealed.slice(1)]) {
    for (const take of [() => `${it}`, () => String(it), () => it + 1, () => new Response(it)]) {
      const { message } = thrown(take, "ERR_INPUT");
      assert.ok(message.includes("stream()") && message.includes("blob()"), message);
    }
    await failure(fetch("http://localhost:9/", { method: "PUT", body: it }), "ERR_INPUT");
  }
});

testKinds("disposal of a slice is its own, of the whole everybody's", async (seal) => {
  const sealed = await seal(DATA);
  const [a, b] = [sealed.slice(0, CHUNK), sealed.slice(0, CHUNK)];
  const inner = a.slice(0, 10);
  const reading = a.stream().getReader();
  await reading.read();
  a.dispose();
  await failure(
    (async () => {
      while (!(await reading.read()).done);
    })(),
    "ERR_STATE",
  );
  await failure(a.arrayBuffer(), "ERR_STATE");
  const expected = await sealedBytes(b);
  assertBytes(await sealedBytes(inner), expected.subarray(0, 10));
  const running = [sealed.arrayBuffer(), b.blob(), readAll(sealed.slice(-1).stream())];
  sealed.dispose();
  sealed.dispose();
  for (const one of [...running, b.arrayBuffer(), inner.blob(), readAll(sealed.stream())]) {
    await failure(one, "ERR_STATE");
  }
  assert.equal(b.size, CHUNK);
  assert.equal(sealed.slice(1, 3).size, 2);
});

test("where the engine has the symbol, it disposes", async () => {
  const { keyring } = await fixture();
  const sealed = await sealBlob(keyring, bytes(10));
  if (Symbol.dispose === undefined) {
    assert.deepEqual(Object.getOwnPropertySymbols(Object.getPrototypeOf(sealed)), [
      Symbol.toPrimitive,
    ]);
    return;
  }
  sealed[Symbol.dispose]();
  await failure(sealed.arrayBuffer(), "ERR_STATE");
});

testKinds("aborting stops all readings, and cancelling one of them only that", async (seal) => {
  const controller = new AbortController();
  const sealed = await seal(DATA, { signal: controller.signal });
  const whole = await sealedBytes(sealed);
  const cancelled = sealed.stream().getReader();
  await cancelled.read();
  await cancelled.cancel();
  await sealed.stream().cancel();
  assertBytes(await sealedBytes(sealed), whole);
  const reader = sealed.stream().getReader();
  await reader.read();
  const pending = sealed.arrayBuffer();
  controller.abort("enough");
  assert.equal((await failure(pending, "ERR_ABORTED")).cause, "enough");
  await failure(
    (async () => {
      while (!(await reader.read()).done);
    })(),
    "ERR_ABORTED",
  );
  await failure(sealed.slice(0, 1).blob(), "ERR_ABORTED");
});

testKinds("nothing is sealed before somebody reads, nor much further", async (seal) => {
  let pulled = 0;
  class Watched extends Blob {
    slice(start, end) {
      const slice = super.slice(start, end);
      slice.stream = () => {
        let position = start;
        const pull = (controller) => {
          const length = Math.min(65_536, end - position);
          controller.enqueue(new Uint8Array(length));
          position += length;
          pulled += length;
          if (position === end) {
            controller.close();
          }
        };
        return new ReadableStream({ pull }, { highWaterMark: 0 });
      };
      return slice;
    }
  }
  const sealed = await seal(new Watched([bytes(16 * CHUNK)]));
  const stream = sealed.stream();
  sealed.slice(0, 5 * CHUNK);
  await idle(20);
  assert.equal(pulled, 0);
  const reader = stream.getReader();
  await reader.read();
  await idle(50);
  assert.ok(pulled > 0 && pulled <= 6 * CHUNK, `${pulled} bytes were read`);
  const first = reader.read();
  const second = reader.read();
  await Promise.all([first, second]);
  await reader.cancel();
});

testKinds("progress of each reading", async (seal) => {
  const seen = [];
  const sealed = await seal(DATA, { onProgress: (progress) => void seen.push(progress) });
  await sealedBytes(sealed);
  assert.deepEqual(seen.at(-1), { bytes: DATA.length, total: DATA.length });
  seen.length = 0;
  await sealedBytes(sealed.slice(5000, 5001));
  assert.equal(seen.length, 1);
  assert.equal(seen[0].bytes, seen[0].total);
});

test("a message's size is sealedSize", async () => {
  const { keyring } = await fixture();
  for (const [length, options] of [
    [0, {}],
    [DATA.length, {}],
    [1000, { frameLength: 10, encryptionContext: { a: "b" } }],
  ]) {
    const sealed = await sealBlob(keyring, DATA.subarray(0, length), options);
    assert.equal(sealed.size, sealedSize(keyring, length, options));
    const { plaintext, encryptionContext } = await open(keyring, await sealed.blob());
    assertBytes(plaintext, DATA.subarray(0, length));
    assert.deepEqual(encryptionContext, options.encryptionContext ?? {});
  }
});

test("what cannot be read again, and arguments of other types", async () => {
  const { keyring, publicKey, kms } = await fixture();
  const stream = new Blob([DATA]).stream();
  for (const source of [stream, "text", 7, null, undefined, [1], {}]) {
    await failure(sealBlob(keyring, source), "ERR_INPUT");
    await failure(sealObject(keyring, source), "ERR_INPUT");
  }
  await failure(sealBlob(keyring, DATA, { frameLength: 0 }), "ERR_FRAME_LENGTH");
  await failure(sealBlob(keyring, DATA, { signal: AbortSignal.abort() }), "ERR_ABORTED");
  await failure(sealBlob({}, DATA), "ERR_INPUT");
  const opening = Keyring.kmsRsa({ keyArn: KEY_ARN, kms });
  await failure(sealBlob(opening, DATA), "ERR_NO_PUBLIC_KEY");
  await failure(sealObject(opening, DATA), "ERR_NO_PUBLIC_KEY");
  const sha256 = { publicKey, keyArn: KEY_ARN, algorithm: "RSAES_OAEP_SHA_256" };
  await failure(sealObject(Keyring.kmsRsa(sha256), DATA), "ERR_KEY_ALGORITHM");
  assert.ok((await sealBlob(Keyring.kmsRsa(sha256), DATA)).size > DATA.length);
});

test("every executor seals the same bytes under the same key", async () => {
  const { keyring } = await fixture();
  const sealed = await sealObject(keyring, DATA);
  const whole = await sealedBytes(sealed);
  const before = useExecutors(executors);
  try {
    for (const executor of executors) {
      useExecutors([executor]);
      assertBytes(await openAll(keyring, stored(sealed, whole)), DATA, executor.name);
    }
  } finally {
    useExecutors(before);
  }
});
