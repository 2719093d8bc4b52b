// Streams of messages: what is read and released when, and how much at a time.

import { inspect, open, openStream, seal, sealStream } from "bongtu";
import { assert, test } from "#harness";
import { hanging } from "./stream-support.mjs";
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
