// Slices and parts of what is sealed, in any order and at the same time.

import { multipartPlan, sealBlob, sealObject } from "bongtu";
import { assert, test } from "#harness";
import { DATA, testKinds } from "./sealed-support.mjs";
import {
  assertBytes,
  bytes,
  CHUNK,
  fixture,
  joined,
  openAll,
  readAll,
  sealedBytes,
  stored,
  thrown,
} from "./support.mjs";

const MIB = 1024 * 1024;

/** A repeatable random number below `limit`. */
function randomizer(seed = 7) {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

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
