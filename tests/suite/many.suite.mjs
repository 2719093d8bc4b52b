// Many sources at a time: an outcome for each, as many in memory as are worked on.

import { openMany, seal, sealMany } from "bongtu";
import { assert, test } from "#harness";
import { assertBytes, bytes, failure, fixture, streamOf, thrown } from "./support.mjs";

async function all(outcomes) {
  const found = [];
  for await (const outcome of outcomes) {
    found.push(outcome);
  }
  return found;
}

async function* slowly(items, log = []) {
  for (const item of items) {
    await new Promise((resolve) => setTimeout(resolve));
    log.push("taken");
    yield item;
  }
}

test("what sealMany seals, openMany opens, from any iterable and in any order", async () => {
  const { keyring } = await fixture();
  const sizes = [0, 1, 300_000, 17, 0, 262_144];
  const plain = sizes.map((size, index) => bytes(size, index));
  const inputs = {
    "an array": () => plain,
    "a Set": () => new Set(plain),
    "a generator": () => plain.values(),
    "an async generator": () => slowly(plain),
    "Blobs and streams": () => plain.map((it, i) => (i % 2 ? new Blob([it]) : streamOf(it, 1000))),
  };
  for (const [what, input] of Object.entries(inputs)) {
    for (const ordered of [false, true]) {
      const options = { ordered, concurrency: 3, encryptionContext: { a: "b" } };
      const sealed = await all(sealMany(keyring, input(), options));
      const inOrder = sealed.toSorted((one, other) => one.index - other.index);
      if (ordered) {
        assert.deepEqual(sealed, inOrder, what);
      }
      const messages = inOrder.map(({ result }) => result);
      for (const { index, result } of await all(openMany(keyring, messages, options))) {
        assertBytes(result.plaintext, plain[index], `${what}, ${index}`);
        assert.equal(result.encryptionContext.a, "b");
      }
    }
  }
});

test("one that fails leaves the others alone", async () => {
  const { keyring } = await fixture();
  const good = await seal(keyring, bytes(10));
  const broken = good.slice();
  broken[broken.length - 1] ^= 1;
  const inputs = [good, broken, 7, undefined, good.subarray(0, 100), slowly([1]), good];
  const outcomes = await all(openMany(keyring, inputs, { ordered: true }));
  assert.deepEqual(
    outcomes.map(({ index, error }) => [index, error?.code]),
    [
      [0, undefined],
      [1, "ERR_AUTHENTICATION"],
      [2, "ERR_INPUT"],
      [3, "ERR_INPUT"],
      [4, "ERR_TRUNCATED"],
      [5, "ERR_INPUT"],
      [6, undefined],
    ],
  );
});

test("no more are taken than are worked on or wait to be read", async () => {
  const { keyring } = await fixture();
  for (const ordered of [false, true]) {
    const log = [];
    const inputs = slowly(
      Array.from({ length: 20 }, () => bytes(10)),
      log,
    );
    let read = 0;
    for await (const _ of sealMany(keyring, inputs, { concurrency: 2, ordered })) {
      read++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.ok(log.length <= read + 2, `${log.length} taken when ${read} were read`);
    }
    assert.equal(read, 20);
  }
});

test("progress is that of all together", async () => {
  const { keyring } = await fixture();
  const told = [];
  const onProgress = ({ bytes: count }) => told.push(count);
  const inputs = [bytes(300_000), bytes(600_000), bytes(7)];
  await all(sealMany(keyring, inputs, { onProgress }));
  assert.deepEqual(
    told,
    told.toSorted((one, other) => one - other),
  );
  assert.equal(told.at(-1), 900_007);
});

test("a signal ends it, with what ran and what waited for a source that hangs", async () => {
  const { keyring } = await fixture();
  async function* hanging() {
    yield new ReadableStream({}); // never has a byte
    await new Promise(() => {});
  }
  for (const input of [hanging(), [new ReadableStream({})]]) {
    const controller = new AbortController();
    setTimeout(() => controller.abort("enough"), 10);
    const error = await failure(
      all(sealMany(keyring, input, { signal: controller.signal })),
      "ERR_ABORTED",
    );
    assert.equal(error.cause, "enough");
  }
});

test("who stops iterating lets go of the source and of what runs", async () => {
  const { keyring } = await fixture();
  const ended = [];
  async function* inputs() {
    try {
      for (;;) {
        yield new ReadableStream({
          pull: (controller) => controller.enqueue(bytes(100)),
          cancel: () => ended.push("stream"),
        });
        yield bytes(10);
      }
    } finally {
      ended.push("iterable");
    }
  }
  for await (const { result } of sealMany(keyring, inputs(), { concurrency: 2 })) {
    assert.ok(result);
    break;
  }
  assert.ok(ended.includes("stream") && ended.includes("iterable"), ended.join());
});

test("a source that comes when nobody iterates any more is let go", async () => {
  const { keyring } = await fixture();
  let give;
  const late = new Promise((resolve) => {
    give = resolve;
  });
  let steps = 0;
  const inputs = {
    [Symbol.asyncIterator]: () => ({
      next: () => (steps++ === 0 ? Promise.resolve({ value: bytes(1) }) : late),
    }),
  };
  for await (const { result } of sealMany(keyring, inputs)) {
    assert.ok(result);
    break;
  }
  assert.equal(steps, 2);
  const cancelled = new Promise((resolve) => {
    give({ value: new ReadableStream({ cancel: resolve }) });
  });
  await cancelled;
});

test("an iterable that fails when it is let go holds nothing up", async () => {
  const { keyring } = await fixture();
  function* atOnce() {
    try {
      yield bytes(1);
      yield bytes(2);
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: the mistake that is tried
      throw new Error("not now");
    }
  }
  async function* later() {
    yield* atOnce();
  }
  for (const inputs of [atOnce(), later()]) {
    for await (const { result } of sealMany(keyring, inputs, { concurrency: 1 })) {
      assert.ok(result);
      break;
    }
  }
});

test("an iterable that fails is an error of its own, after the outcomes of what came", async () => {
  const { keyring } = await fixture();
  const cause = new Error("the list was cut");
  async function* inputs() {
    yield bytes(10);
    yield bytes(20);
    throw cause;
  }
  const found = [];
  const reading = (async () => {
    for await (const { index } of sealMany(keyring, inputs())) {
      found.push(index);
    }
  })();
  const error = await failure(reading, "ERR_SOURCE");
  assert.equal(error.cause, cause);
  assert.deepEqual(found.sort(), [0, 1]);
});

test("what no source could mend is said at once", async () => {
  const { keyring } = await fixture();
  const cases = {
    "no keyring": [() => sealMany({}, []), () => openMany({}, [])],
    "one source": [
      () => sealMany(keyring, bytes(10)),
      () => sealMany(keyring, "text"),
      () => sealMany(keyring, new Blob(["text"]).stream()),
      () => openMany(keyring, new Blob([])),
      () => openMany(keyring, undefined),
    ],
    concurrency: [0, -1, 1.5, "2", Number.NaN, Number.POSITIVE_INFINITY].map(
      (concurrency) => () => sealMany(keyring, [], { concurrency }),
    ),
    ordered: [() => openMany(keyring, [], { ordered: "yes" })],
    "a misspelt option": [
      () => sealMany(keyring, [], { concurency: 1 }),
      () => openMany(keyring, [], { encryptioncontext: {} }),
    ],
  };
  for (const calls of Object.values(cases)) {
    for (const run of calls) {
      thrown(run, "ERR_INPUT");
    }
  }
  thrown(() => sealMany(keyring, [], { encryptionContext: { "aws-crypto-x": "" } }), "ERR_CONTEXT");
  thrown(() => sealMany(keyring, [], { frameLength: 0 }), "ERR_FRAME_LENGTH");
});

test("an iterable that cannot be begun or let go fails as one, and hides no outcome", async () => {
  const { keyring } = await fixture();
  const broken = () => {
    throw new Error("broken");
  };
  const next = () => ({ done: false, value: bytes(1) });
  const unbegun = all(sealMany(keyring, { [Symbol.iterator]: broken }));
  const error = await failure(unbegun, "ERR_SOURCE");
  assert.equal(error.cause.message, "broken");

  const returns = [
    { return: broken },
    { return: 7 },
    Object.defineProperty({}, "return", { get: broken }),
  ];
  for (const iterator of returns) {
    const inputs = { [Symbol.iterator]: () => Object.assign(Object.create(iterator), { next }) };
    for await (const { index } of sealMany(keyring, inputs)) {
      assert.equal(index, 0);
      break;
    }
    const controller = new AbortController();
    const aborted = async () => {
      for await (const _ of sealMany(keyring, inputs, { signal: controller.signal })) {
        controller.abort();
      }
    };
    await failure(aborted(), "ERR_ABORTED");
  }

  const both = {
    [Symbol.asyncIterator]: undefined,
    *[Symbol.iterator]() {
      yield bytes(1);
    },
  };
  assert.equal((await all(sealMany(keyring, both))).length, 1);
});
