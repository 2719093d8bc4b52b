// Whatever is sealed can be read as a whole in many ways, again, and by several at the same time.

import { Keyring, open, sealBlob, sealedSize, sealObject } from "bongtu";
import { assert, executors, test } from "#harness";
import { useExecutors } from "../../pkg/js/platform/platform.js";
import { KEY_ARN } from "../harness/kms.mjs";
import { DATA, FRAME_LENGTH, testKinds } from "./sealed-support.mjs";
import {
  assertBytes,
  bytes,
  CHUNK,
  failure,
  fixture,
  idle,
  openAll,
  readAll,
  sealedBytes,
  stored,
  thrown,
} from "./support.mjs";

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
