// Bodies of objects that change between the two readings, that break, or that are given up.

import { openObject, sealObjectStream } from "bongtu";
import { assert, test } from "#harness";
import { DATA, drained, flipped, sample } from "./object-samples.mjs";
import {
  assertBytes,
  bytes,
  CHUNK,
  failure,
  idle,
  joined,
  readAll,
  stored,
  streamOf,
  testWithEach,
} from "./support.mjs";

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
