// After an operation, however it ended, WebAssembly's memory holds neither its data key nor its
// content key.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Keyring, open, openStream, seal, sealStream } from "bongtu";
import { useExecutors } from "../../pkg/js/executor/index.js";
import { nodeExecutor } from "../../pkg/js/executor/node.js";
import { rustExecutor } from "../../pkg/js/executor/rust.js";
import { passesSelfTest } from "../../pkg/js/executor/self-test.js";
import { webCryptoExecutor } from "../../pkg/js/executor/webcrypto.js";
import { keyringParts } from "../../pkg/js/keyring.js";
import { instantiate, wasm } from "../../pkg/js/load.js";
import { instance as rsa } from "../../pkg/js/rsa.js";
import { createKms, KEY_ARN, kmsException } from "../harness/kms.mjs";
import { bytes, FRAME, failure, idle, streamOf, through } from "../suite/support.mjs";

const { publicKey, kms, seen } = await createKms();
const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms });
const DIGEST_LENGTH = 48;
const DATA = bytes(5 * FRAME + 100);
const encryptionContext = { a: "b" };

/**
 * An executor that notes copies of its content keys, and the very arrays in which secrets were
 * handed to it.
 */
function watched(executor, keys, handed) {
  return {
    ...executor,
    importKey(raw) {
      keys.push(raw.slice());
      handed.push(raw);
      return executor.importKey(raw);
    },
    wrap(key, hash, plaintext) {
      handed.push(plaintext);
      return executor.wrap(key, hash, plaintext);
    },
  };
}

/** Where in memory a quarter of a key lies. */
function findKey(key) {
  const memories = [instantiate(), rsa].map(({ memory }) => Buffer.from(memory.buffer));
  return memories.flatMap((memory) =>
    [0, 8, 16, 24]
      .map((start) => memory.indexOf(key.subarray(start, start + 8)))
      .filter((offset) => offset >= 0),
  );
}

/** Handles of WebAssembly that were used and not freed. */
const held = new Set();
const { SealSession, OpenSession, RustAes } = wasm();
for (const [prototype, uses] of [
  [SealSession.prototype, ["wrapHash"]],
  [OpenSession.prototype, ["header"]],
  [RustAes.prototype, ["seal", "open"]],
]) {
  const { free } = prototype;
  prototype.free = function () {
    held.delete(this);
    free.call(this);
  };
  for (const use of uses) {
    const method = prototype[use];
    prototype[use] = function (...given) {
      held.add(this);
      return method.apply(this, given);
    };
  }
}

const SCENARIOS = {
  async seal() {
    await open(keyring, await seal(keyring, DATA, { encryptionContext }));
  },
  async streams() {
    const message = await through(sealStream(keyring), DATA);
    await through(openStream(keyring), message);
  },
  async "seal aborted in its middle"() {
    const onProgress = () => controller.abort();
    const controller = new AbortController();
    const { signal } = controller;
    const wrapped = await sealAndRecord({ signal, onProgress }, "ERR_ABORTED");
    await unwrap(wrapped);
  },
  async "seal of a source that fails"() {
    async function* source() {
      yield DATA.subarray(0, 3 * FRAME);
      throw new Error("gone");
    }
    const { readable, writable } = sealStream(keyring);
    const chunks = [];
    const sink = new WritableStream({ write: (chunk) => void chunks.push(chunk) });
    const iterator = source();
    const input = new ReadableStream({
      async pull(controller) {
        controller.enqueue((await iterator.next()).value);
      },
    });
    await Promise.allSettled([readable.pipeTo(sink), input.pipeTo(writable)]);
    await unwrap(Buffer.concat(chunks));
  },
  async "open aborted in its middle"() {
    const message = await seal(keyring, DATA);
    const controller = new AbortController();
    const { signal } = controller;
    await failure(
      open(keyring, message, { signal, onProgress: () => controller.abort() }),
      "ERR_ABORTED",
    );
  },
  async "open cancelled by its reader"() {
    const message = await seal(keyring, DATA);
    const { readable, writable } = openStream(keyring);
    const writing = streamOf(message, 50_000).pipeTo(writable);
    const reader = readable.getReader();
    await reader.read();
    await Promise.all([failure(writing, "ERR_ABORTED"), reader.cancel()]);
  },
  async "open of a forged frame"() {
    const message = await seal(keyring, DATA);
    message[message.length - 100_000] ^= 1;
    await failure(open(keyring, message), "ERR_AUTHENTICATION");
  },
  async "open of a forged header"() {
    const message = await seal(keyring, bytes(10));
    message[message.length - 10 - 40 - 3] ^= 1;
    await failure(open(keyring, message), "ERR_AUTHENTICATION");
  },
  async "open cut short"() {
    const message = await seal(keyring, DATA);
    await failure(open(keyring, message.subarray(0, -50)), "ERR_TRUNCATED");
  },
  async "open with another context"() {
    const message = await seal(keyring, DATA, { encryptionContext });
    const wrong = open(keyring, message, { encryptionContext: { a: "c" } });
    await failure(wrong, "ERR_CONTEXT_MISMATCH");
  },
  async "an answer of KMS that is refused"() {
    const message = await seal(keyring, DATA);
    const decrypt = async (request) => ({ ...(await kms.decrypt(request)), KeyId: "another" });
    const mistaken = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: { decrypt } });
    await failure(open(mistaken, message), "ERR_UNWRAP");
  },
  async "a KMS that fails"() {
    const message = await seal(keyring, DATA);
    const decrypt = async (request) => {
      await kms.decrypt(request);
      throw kmsException("KMSInternalException");
    };
    const failing = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: { decrypt } });
    await failure(open(failing, message), "ERR_KMS");
  },
};

for (const executor of [nodeExecutor, webCryptoExecutor, rustExecutor]) {
  const [contentKeys, handed] = [[], []];
  const watching = watched(executor, contentKeys, handed);
  // With a key that is no secret.
  assert.ok(await passesSelfTest(watching));
  for (const [name, run] of Object.entries(SCENARIOS)) {
    test(`${name} [${executor.name}]`, async () => {
      for (const noted of [contentKeys, handed, seen]) {
        noted.length = 0;
      }
      const before = useExecutors([watching]);
      try {
        await run();
      } finally {
        useExecutors(before);
      }
      await idle(20);
      const dataKeys = seen.map((plaintext) => plaintext.subarray(DIGEST_LENGTH));
      assert.ok(dataKeys.length > 0, "no data key was seen");
      assert.ok(contentKeys.length > 0, "no content key was seen");
      for (const key of [...dataKeys, ...contentKeys]) {
        assert.equal(key.length, 32);
        assert.deepEqual(findKey(key), []);
      }
      assert.ok(handed.length > contentKeys.length, "no wrap was seen");
      for (const secret of handed) {
        assert.ok(
          secret.every((byte) => byte === 0),
          "a secret was not wiped",
        );
      }
      assert.equal(held.size, 0, "a handle was not freed");
    });
  }
}

test("the search finds a data key as long as its session lives", () => {
  const session = new (wasm().SealSession)(keyringParts(keyring).handle, []);
  const dataKey = session.wrapPlaintext().subarray(DIGEST_LENGTH);
  assert.ok(findKey(dataKey).length > 0, "it was not found");
  session.free();
  assert.deepEqual(findKey(dataKey), []);
});

/** Seals to a stream so that the header is there although the rest fails. */
async function sealAndRecord(options, code) {
  const { readable, writable } = sealStream(keyring, options);
  const chunks = [];
  const sink = new WritableStream({ write: (chunk) => void chunks.push(chunk) });
  const outcomes = await Promise.allSettled([
    readable.pipeTo(sink),
    streamOf(DATA, FRAME).pipeTo(writable),
  ]);
  assert.deepEqual(
    outcomes.map(({ reason }) => reason?.code),
    [code, code],
  );
  return Buffer.concat(chunks);
}

/** Has KMS show the data key of a message that never became whole. */
async function unwrap(message) {
  await failure(open(keyring, message), "ERR_TRUNCATED");
}
