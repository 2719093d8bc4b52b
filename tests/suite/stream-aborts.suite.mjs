// Streams that are aborted by a signal or cancelled by their reader, at any time.

import { inspect, Keyring, open, openStream, seal, sealBlob, sealStream } from "bongtu";
import { assert } from "#harness";
import { KEY_ARN } from "../harness/kms.mjs";
import { hanging, never } from "./stream-support.mjs";
import {
  bytes,
  FRAME,
  failure,
  fixture,
  idle,
  readAll,
  streamOf,
  testWithEach,
} from "./support.mjs";

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
