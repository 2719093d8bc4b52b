// Sources that change or break while what is sealed of them is read.

import { assert } from "#harness";
import { DATA, testKinds } from "./sealed-support.mjs";
import { assertBytes, CHUNK, failure, readAll, sealedBytes } from "./support.mjs";

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
