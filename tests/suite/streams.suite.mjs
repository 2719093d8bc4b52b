import { inspect, Keyring, open, openStream, seal, sealBlob, sealStream } from "bongtu";
import { assert, test } from "#harness";
import { KEY_ARN } from "../harness/kms.mjs";
import {
  assertBytes,
  bytes,
  FRAME,
  failure,
  fixture,
  idle,
  joined,
  readAll,
  streamOf,
  testWithEach,
  through,
} from "./support.mjs";

const never = () => new Promise(() => {});

/**
 * A source that gives `data` and then hangs; `cancelled` resolves with the reason once it is given
 * up.
 */
function hanging(data) {
  let cancelled;
  const whenCancelled = new Promise((resolve) => {
    cancelled = resolve;
  });
  const stream = new ReadableStream({
    start: (controller) => controller.enqueue(data),
    pull: never,
    cancel: cancelled,
  });
  return { stream, whenCancelled };
}

testWithEach("a message can be sealed, opened and piped on while it is made", async () => {
  const { keyring } = await fixture();
  const data = bytes(6 * FRAME + 99);
  const opened = streamOf(data, 33_333)
    .pipeThrough(sealStream(keyring))
    .pipeThrough(openStream(keyring));
  assertBytes(await readAll(opened), data);
});

testWithEach("a small message passes without a reader", async () => {
  const { keyring } = await fixture();
  const { readable, writable } = sealStream(keyring);
  const writer = writable.getWriter();
  await writer.write(bytes(1000));
  await writer.close();
  assertBytes((await open(keyring, readable)).plaintext, bytes(1000));
});

testWithEach("a slow reader bounds what is pulled from the source", async () => {
  const { keyring } = await fixture();
  const chunk = bytes(64 * 1024);
  for (const make of [sealStream, openingOf]) {
    let pulled = 0;
    const source = await make.source?.(keyring);
    const { readable, writable } = make(keyring);
    const endless = new ReadableStream(
      {
        pull(controller) {
          controller.enqueue(
            source === undefined ? chunk : source.subarray(pulled, pulled + chunk.length),
          );
          pulled += chunk.length;
        },
      },
      { highWaterMark: 0 },
    );
    const piped = endless.pipeTo(writable).catch((error) => error);
    // However long it takes to seal what was pulled.
    const rest = async () => {
      let before;
      for (let waits = 0; waits < 200 && pulled !== before; waits++) {
        before = pulled;
        await idle();
      }
      assert.equal(pulled, before, "it goes on pulling");
      return pulled;
    };
    const reader = readable.getReader();
    await reader.read();
    const held = await rest();
    assert.ok(held > 0 && held <= 2 * 1024 * 1024, `${held} bytes were pulled`);
    for (let read = 0; read < 1024 * 1024; ) {
      read += (await reader.read()).value.length;
    }
    await rest();
    assert.ok(pulled > held && pulled <= held + 2 * 1024 * 1024, "it does not follow its reader");
    await reader.cancel("enough");
    assert.equal((await piped).code, "ERR_ABORTED");
  }
});

/** openStream under the name and with the source that the test above wants. */
function openingOf(keyring) {
  return openStream(keyring);
}
openingOf.source = (keyring) => seal(keyring, new Uint8Array(32 * 1024 * 1024));

testWithEach("the header is verified before the first byte of plaintext", async () => {
  const { keyring } = await fixture();
  const message = await seal(keyring, bytes(10), { encryptionContext: { a: "b" } });
  const { readable, writable, header } = openStream(keyring);
  const order = [];
  const verified = header.then((value) => {
    order.push("header");
    return value;
  });
  const reader = readable.getReader();
  const first = reader.read().then(() => order.push("plaintext"));
  const writer = writable.getWriter();
  writer.write(message);
  writer.close();
  await Promise.all([verified, first]);
  assert.deepEqual(order, ["header", "plaintext"]);
  assert.deepEqual(await verified, {
    encryptionContext: { a: "b" },
    suite: "0x0478",
    frameLength: FRAME,
  });
});

test("the header comes as soon as its bytes are there, whatever their pieces", async () => {
  const { keyring } = await fixture();
  const message = await seal(keyring, bytes(10), {
    encryptionContext: { long: "x".repeat(20_000) },
  });
  const { headerLength } = await inspect(message);
  for (const size of [1, 1000, headerLength]) {
    const { writable, readable, header } = openStream(keyring);
    const writer = writable.getWriter();
    for (let start = 0; start < headerLength; start += size) {
      writer.write(message.subarray(start, Math.min(start + size, headerLength))).catch(() => {});
    }
    assert.equal((await header).frameLength, FRAME);
    await readable.cancel();
  }
});

testWithEach("verified frames are released before the source ends or fails", async () => {
  const { keyring } = await fixture();
  const data = bytes(3 * FRAME);
  const message = await seal(keyring, data);
  const { headerLength } = await inspect(message);
  // Two frames, and enough of the third to know that the second is not the last.
  const { stream, whenCancelled } = hanging(
    message.subarray(0, headerLength + 2 * (FRAME + 32) + 100),
  );
  const { readable, writable } = openStream(keyring);
  const piped = stream.pipeTo(writable).catch(() => {});
  const reader = readable.getReader();
  const chunks = [];
  while (joined(chunks).length < 2 * FRAME) {
    chunks.push((await reader.read()).value);
  }
  assertBytes(joined(chunks), data.subarray(0, 2 * FRAME));
  await reader.cancel();
  await Promise.all([piped, whenCancelled]);
});

testWithEach("nothing is complete before its end", async () => {
  const { keyring } = await fixture();
  const data = bytes(2 * FRAME + 100);
  const message = await seal(keyring, data);
  const { body } = await inspect(message);
  for (const cut of [1, 40, 150, message.length - body.finalFrameStart, 200_000]) {
    const { readable, writable } = openStream(keyring);
    const closed = streamOf(message.subarray(0, message.length - cut), 50_000).pipeTo(writable);
    const released = [];
    const reader = readable.getReader();
    const reading = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        released.push(value);
      }
    })();
    await Promise.all([failure(reading, "ERR_TRUNCATED"), failure(closed, "ERR_TRUNCATED")]);
    const got = joined(released);
    assert.ok(got.length <= data.length - 100);
    assertBytes(got, data.subarray(0, got.length), `cut by ${cut}`);
  }
});

testWithEach("a frame is released only after its tag", async () => {
  const { keyring } = await fixture();
  const data = bytes(5 * FRAME);
  const message = await seal(keyring, data);
  const { headerLength } = await inspect(message);
  for (let bad = 0; bad < 5; bad++) {
    const forged = message.slice();
    forged[headerLength + bad * (FRAME + 32) + 1000] ^= 1;
    const { readable, writable } = openStream(keyring);
    const closed = streamOf(forged, FRAME).pipeTo(writable);
    const released = [];
    const sink = new WritableStream({ write: (chunk) => void released.push(chunk) });
    const reading = readable.pipeTo(sink);
    await Promise.all([
      failure(reading, "ERR_AUTHENTICATION"),
      failure(closed, "ERR_AUTHENTICATION"),
    ]);
    // A stream that fails forgets what was not read yet, so it may be less.
    const got = joined(released);
    assert.ok(got.length <= bad * FRAME, `${got.length} bytes with frame ${bad} forged`);
    assertBytes(got, data.subarray(0, got.length));
  }
});

testWithEach("aborted before: nothing is read", async () => {
  const { keyring, asked } = await fixture();
  const message = await seal(keyring, bytes(10));
  const asks = asked.length;
  const reason = new Error("changed my mind");
  const signal = AbortSignal.abort(reason);
  for (const run of [seal, open]) {
    assert.equal((await failure(run(keyring, message, { signal }), "ERR_ABORTED")).cause, reason);
  }
  assert.equal((await failure(inspect(message, { signal }), "ERR_ABORTED")).cause, reason);
  for (const make of [sealStream, openStream]) {
    const { readable, writable } = make(keyring, { signal });
    await failure(readAll(readable), "ERR_ABORTED");
    await failure(writable.getWriter().closed, "ERR_ABORTED");
  }
  assert.equal(asked.length, asks, "KMS was asked");
});

testWithEach("aborted while the source hangs", async () => {
  const { keyring } = await fixture();
  const message = await seal(keyring, bytes(3 * FRAME));
  for (const data of [message.subarray(0, 10), message.subarray(0, 2 * FRAME)]) {
    for (const run of [seal, open, (_, source, options) => inspect(source, options)]) {
      const controller = new AbortController();
      const { stream, whenCancelled } = hanging(data);
      const running = run(keyring, stream, { signal: controller.signal });
      await idle(20);
      controller.abort("stop");
      assert.equal((await failure(running, "ERR_ABORTED")).cause, "stop");
      assert.equal((await whenCancelled).code, "ERR_ABORTED");
    }
  }
});

testWithEach("aborted while KMS hangs, whose request is aborted too", async () => {
  const { publicKey, keyring } = await fixture();
  const message = await seal(keyring, bytes(10));
  let given;
  const called = new Promise((resolve) => {
    given = resolve;
  });
  const kms = {
    decrypt(_, { signal }) {
      given(signal);
      return never();
    },
  };
  const controller = new AbortController();
  const slow = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms });
  const opening = open(slow, message, { signal: controller.signal });
  const signal = await called;
  assert.equal(signal.aborted, false);
  controller.abort("stop");
  assert.equal((await failure(opening, "ERR_ABORTED")).cause, "stop");
  assert.equal(signal.aborted, true);
});

testWithEach("aborted in the middle of much data", async () => {
  const { keyring } = await fixture();
  const data = new Uint8Array(24 * 1024 * 1024);
  const message = await seal(keyring, data);
  for (const [run, source] of [
    [seal, data],
    [open, message],
  ]) {
    const controller = new AbortController();
    let last = 0;
    const running = run(keyring, source, {
      signal: controller.signal,
      onProgress({ bytes }) {
        last = bytes;
        if (bytes > 2 * 1024 * 1024) {
          controller.abort("enough");
        }
      },
    });
    assert.equal((await failure(running, "ERR_ABORTED")).cause, "enough");
    assert.ok(last < 12 * 1024 * 1024, `went on to ${last}`);
  }
});

testWithEach("a finished operation lets go of its signal", async () => {
  const { keyring } = await fixture();
  const controller = new AbortController();
  const { signal } = controller;
  const counts = { addEventListener: 0, removeEventListener: 0 };
  for (const name of Object.keys(counts)) {
    signal[name] = (...rest) => {
      counts[name] += 1;
      EventTarget.prototype[name].apply(signal, rest);
    };
  }
  const message = await seal(keyring, bytes(10), { signal });
  await open(keyring, message, { signal });
  assert.deepEqual(counts, { addEventListener: 2, removeEventListener: 2 });
  controller.abort();
});

testWithEach("cancelling the readable side errors the writable one", async () => {
  const { keyring } = await fixture();
  for (const make of [sealStream, openStream]) {
    const { readable, writable } = make(keyring);
    const writer = writable.getWriter();
    const reason = new Error("reader left");
    const reader = readable.getReader();
    await reader.cancel(reason);
    assert.equal((await failure(writer.closed, "ERR_ABORTED")).cause, reason);
    writer.ready.catch(() => {});
    await failure(writer.write(bytes(10)), "ERR_ABORTED");
  }
});

testWithEach(
  "aborting the writable side errors the readable one, even with a write pending",
  async () => {
    const { keyring } = await fixture();
    for (const make of [sealStream, openStream]) {
      const { readable, writable } = make(keyring);
      const writer = writable.getWriter();
      writer.closed.catch(() => {});
      const reason = new Error("writer left");
      // Nobody reads, so this cannot finish.
      const written = Promise.allSettled([
        writer.write(bytes(4 * 1024 * 1024)),
        writer.write(bytes(10)),
      ]);
      await idle(20);
      const aborted = writer.abort(reason);
      assert.ok((await written).some(({ status }) => status === "rejected"));
      if (make === sealStream) {
        assert.equal((await failure(readAll(readable), "ERR_ABORTED")).cause, reason);
      } else {
        // Those were not a message's bytes: that was found out first.
        await failure(readAll(readable), "ERR_NOT_SEALED");
      }
      await aborted;
    }
  },
);

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

testWithEach("writes of nothing change nothing", async () => {
  const { keyring } = await fixture();
  const { readable, writable } = sealStream(keyring);
  const writer = writable.getWriter();
  const nothing = new Uint8Array(0);
  for (const chunk of [nothing, bytes(5), nothing, nothing]) {
    writer.write(chunk);
  }
  writer.close();
  assertBytes((await open(keyring, readable)).plaintext, bytes(5));
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

test("a progress callback that throws stops the operation", async () => {
  const { keyring } = await fixture();
  const cause = new Error("in the page's own code");
  const onProgress = () => {
    throw cause;
  };
  const error = await failure(seal(keyring, bytes(10), { onProgress }), "ERR_INPUT");
  assert.equal(error.cause, cause);
});

test("what crosses a stream pair is what seal gives", async () => {
  const { keyring } = await fixture();
  const data = bytes(20_000);
  const message = await through(sealStream(keyring, { frameLength: 4096 }), data, 777);
  assertBytes(await through(openStream(keyring), message, 1), data);
});

testWithEach("a reader that leaves when all was read", async () => {
  const { keyring } = await fixture();
  const data = bytes(2 * FRAME);
  const message = await seal(keyring, data);
  const sealed = await sealBlob(keyring, data);
  for (const [make, input, length] of [
    [() => sealStream(keyring), data, message.length],
    [() => openStream(keyring), message, data.length],
    [() => ({ readable: sealed.stream() }), undefined, sealed.size],
  ]) {
    const { readable, writable } = make();
    const writing = writable && streamOf(input, FRAME).pipeTo(writable);
    const reader = readable.getReader();
    for (let received = 0; received < length; ) {
      received += (await reader.read()).value.length;
    }
    await reader.cancel();
    await Promise.allSettled([writing]);
    assert.deepEqual(await reader.read(), { done: true, value: undefined });
  }
  sealed.dispose();
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
