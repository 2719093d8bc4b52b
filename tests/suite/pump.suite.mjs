// An asynchronous executor may be slow, answer out of order or fail late; the pump must cope with all of these.

import { inspect, open, openStream, seal, sealStream } from "bongtu";
import { assert, executors, test } from "#harness";
import {
  assertBytes,
  bytes,
  FRAME,
  failure,
  fixture,
  idle,
  joined,
  streamOf,
  through,
  withExecutor,
} from "./support.mjs";

const [rust] = executors.slice(-1);

/**
 * An executor whose calls end only when `finish(n)` or `finishAll()` says so. `calls` has one entry
 * for each, with its output once there is one.
 */
function gated() {
  const calls = [];
  let open = false;
  const call = async (run) => {
    const entry = { running: true };
    const gate = new Promise((resolve) => {
      entry.finish = resolve;
    });
    calls.push(entry);
    try {
      entry.output = run();
      await (open || gate);
      return entry.output;
    } finally {
      entry.running = false;
    }
  };
  return {
    calls,
    finish: (n) => calls[n].finish(),
    finishAll() {
      open = true;
      for (const { finish } of calls) {
        finish();
      }
    },
    executor: {
      ...rust,
      name: "gated",
      async importKey(raw) {
        const key = await rust.importKey(raw);
        if (raw.every((byte, i) => byte === i)) {
          return key; // the self-test's
        }
        return {
          synchronous: false,
          seal: (...given) => call(() => key.seal(...given)),
          open: (...given) => call(() => key.open(...given)),
          dispose: () => key.dispose(),
        };
      },
    },
  };
}

const running = (calls) => calls.filter((call) => call.running).length;

/** Waits until `count` calls were made, and a little longer in case there are more. */
async function called(calls, count) {
  while (calls.length < count) {
    await idle(1);
  }
  await idle(20);
  assert.equal(calls.length, count);
}

test("two blocks are in flight, and no third", async () => {
  const { keyring } = await fixture();
  const data = bytes(5 * FRAME);
  const { executor, calls, finish, finishAll } = gated();
  await withExecutor(executor, async () => {
    const sealing = seal(keyring, data);
    await called(calls, 2);
    finish(1);
    await called(calls, 2);
    finish(0);
    await called(calls, 4);
    finishAll();
    const message = await sealing;
    assert.equal(calls.length, 5);
    assertBytes((await open(keyring, message)).plaintext, data);
  });
});

test("what is ready out of order is released in order", async () => {
  const { keyring } = await fixture();
  const data = bytes(3 * FRAME);
  const message = await seal(keyring, data);
  const { executor, calls, finish, finishAll } = gated();
  await withExecutor(executor, async () => {
    const { readable, writable } = openStream(keyring);
    const closed = streamOf(message, 100_000).pipeTo(writable);
    const reader = readable.getReader();
    const chunks = [];
    const reading = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        chunks.push(value);
      }
    })();
    await called(calls, 2);
    finish(1);
    await idle(20);
    assert.equal(chunks.length, 0);
    finish(0);
    await called(calls, 3);
    assertBytes(joined(chunks), data.subarray(0, 2 * FRAME));
    finishAll();
    await Promise.all([closed, reading]);
    assertBytes(joined(chunks), data);
  });
});

test("a failure waits for what precedes it", async () => {
  const { keyring } = await fixture();
  const data = bytes(3 * FRAME);
  const message = await seal(keyring, data);
  const { headerLength } = await inspect(message);
  message[headerLength + FRAME + 32 + 100] ^= 1;
  const { executor, calls, finishAll } = gated();
  await withExecutor(executor, async () => {
    const { readable, writable } = openStream(keyring);
    const closed = failure(streamOf(message, 100_000).pipeTo(writable), "ERR_AUTHENTICATION");
    const reader = readable.getReader();
    const first = reader.read();
    await called(calls, 2);
    assert.equal(calls[0].running, true);
    assert.equal(calls[1].running, false);
    finishAll();
    assertBytes((await first).value, data.subarray(0, FRAME));
    await Promise.all([closed, failure(reader.read(), "ERR_AUTHENTICATION")]);
  });
});

test("an abort waits until nothing is in flight, and what was decrypted is wiped", async () => {
  const { keyring } = await fixture();
  const message = await seal(keyring, bytes(4 * FRAME));
  for (const sameTick of [false, true]) {
    const { executor, calls, finishAll } = gated();
    await withExecutor(executor, async () => {
      const controller = new AbortController();
      const opening = open(keyring, message, { signal: controller.signal });
      let settled = false;
      const aborted = failure(opening, "ERR_ABORTED").then(() => {
        settled = true;
        assert.equal(running(calls), 0, "calls were still running");
      });
      await called(calls, 2);
      if (sameTick) {
        finishAll();
        controller.abort();
      } else {
        controller.abort();
        await idle(20);
        assert.equal(settled, false);
        finishAll();
      }
      await aborted;
      assert.equal(calls.length, 2);
      for (const { output } of calls) {
        assert.ok(output.length === FRAME && output.every((byte) => byte === 0));
      }
    });
  }
});

test("a refused frame takes the later ones with it", async () => {
  const { keyring } = await fixture();
  const message = await seal(keyring, bytes(4 * FRAME));
  const { headerLength } = await inspect(message);
  message[headerLength + 100] ^= 1;
  const { executor, calls, finishAll } = gated();
  await withExecutor(executor, async () => {
    const opening = failure(open(keyring, message), "ERR_AUTHENTICATION");
    await called(calls, 2);
    finishAll();
    await opening;
    assert.ok(calls[1].output.every((byte) => byte === 0));
  });
});

test("an executor that fails otherwise ends the operation with its error", async () => {
  const { keyring } = await fixture();
  const broken = new Error("the platform broke");
  const executor = {
    ...rust,
    name: "broken",
    async importKey(raw) {
      const key = await rust.importKey(raw);
      let calls = 0;
      const seal = async (...given) => {
        calls += 1;
        if (calls > 5) throw broken;
        return key.seal(...given);
      };
      return { synchronous: false, seal, open: key.open, dispose: key.dispose };
    },
  };
  await withExecutor(executor, async () => {
    await assert.rejects(through(sealStream(keyring), bytes(9 * FRAME)), {
      message: broken.message,
    });
    await assert.rejects(seal(keyring, bytes(9 * FRAME)), { message: broken.message });
  });
});
