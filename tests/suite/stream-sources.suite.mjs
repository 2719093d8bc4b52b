// Sources that fail, vanish, give anything but bytes, or use their memory again.

import { open, seal, sealBlob, sealStream } from "bongtu";
import { assert, test } from "#harness";
import { hanging } from "./stream-support.mjs";
import {
  assertBytes,
  bytes,
  FRAME,
  failure,
  fixture,
  idle,
  readAll,
  streamOf,
  testWithEach,
} from "./support.mjs";

testWithEach("a source that fails", async () => {
  const { keyring } = await fixture();
  const gone = new DOMException("A requested file could not be found.", "NotFoundError");
  for (const good of [0, 10, 2 * FRAME]) {
    const chunk = good === 0 ? [] : [bytes(good)];
    const stream = () =>
      new ReadableStream({
        start: (controller) => chunk.forEach((part) => void controller.enqueue(part)),
        pull: () => Promise.reject(gone),
      });
    const iterable = async function* () {
      yield* chunk;
      throw gone;
    };
    for (const source of [stream(), iterable()]) {
      assert.equal((await failure(seal(keyring, source), "ERR_SOURCE")).cause, gone);
    }
  }
  const broken = {
    [Symbol.asyncIterator]: () => ({
      next() {
        throw gone;
      },
    }),
  };
  assert.equal((await failure(seal(keyring, broken), "ERR_SOURCE")).cause, gone);
});

testWithEach("a file that vanishes or shrinks", async () => {
  const { keyring } = await fixture();
  const gone = new DOMException("The requested file could not be read.", "NotReadableError");
  class Vanished extends Blob {
    stream() {
      return new ReadableStream({ start: (controller) => controller.error(gone) });
    }
  }
  class Shrunk extends Blob {
    stream() {
      return this.slice(0, this.size - 1).stream();
    }
  }
  const data = bytes(1000);
  assert.equal((await failure(seal(keyring, new Vanished([data])), "ERR_SOURCE")).cause, gone);
  await failure(seal(keyring, new Shrunk([data])), "ERR_SOURCE");
});

testWithEach("a failure cancels its source", async () => {
  const { keyring } = await fixture();
  const message = await seal(keyring, bytes(3 * FRAME));
  message[message.length - FRAME - 5000] ^= 1;
  const { stream, whenCancelled } = hanging(message);
  const error = await failure(open(keyring, stream), "ERR_AUTHENTICATION");
  assert.equal(await whenCancelled, error);

  let returned = false;
  const iterable = async function* () {
    try {
      yield message;
      yield message;
    } finally {
      returned = true;
    }
  };
  await failure(open(keyring, iterable()), "ERR_AUTHENTICATION");
  await idle();
  assert.ok(returned, "the iterator was left open");
});

testWithEach("chunks that are no bytes", async () => {
  const { keyring } = await fixture();
  for (const chunk of ["text", 7, null, undefined, [1, 2], {}]) {
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(chunk);
        controller.close();
      },
    });
    const iterable = async function* () {
      yield chunk;
    };
    await failure(seal(keyring, stream), "ERR_INPUT");
    await failure(seal(keyring, iterable()), "ERR_INPUT");
    const { readable, writable } = sealStream(keyring);
    const writer = writable.getWriter();
    writer.closed.catch(() => {});
    await Promise.all([
      failure(writer.write(chunk), "ERR_INPUT"),
      failure(readAll(readable), "ERR_INPUT"),
    ]);
  }
});

test("a stream that somebody else reads", async () => {
  const { keyring } = await fixture();
  const stream = streamOf(bytes(10), 1);
  stream.getReader();
  await failure(seal(keyring, stream), "ERR_INPUT");
});

testWithEach("a writer may use its buffer again after each write", async () => {
  const { keyring } = await fixture();
  const data = bytes(FRAME + 12_345);
  const { readable, writable } = sealStream(keyring);
  const opened = open(keyring, readable);
  const writer = writable.getWriter();
  const buffer = new Uint8Array(10_000);
  for (let start = 0; start < data.length; start += buffer.length) {
    const part = data.subarray(start, start + buffer.length);
    buffer.set(part);
    await writer.write(buffer.subarray(0, part.length));
    buffer.fill(0xee);
  }
  await writer.close();
  assertBytes((await opened).plaintext, data);
});

test("a buffer that is transferred away meanwhile", async () => {
  const { keyring } = await fixture();
  for (const run of [seal, async (...given) => (await sealBlob(...given)).arrayBuffer()]) {
    const data = bytes(9 * FRAME);
    const sealing = run(keyring, data);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    await failure(sealing, "ERR_SOURCE");
  }
});
