import { Keyring, open, openStream, seal, sealedSize, sealStream } from "bongtu";
import { assert, executors, test } from "#harness";
import { createKms, KEY_ARN } from "../harness/kms.mjs";
import {
  assertBytes,
  bytes,
  FRAME,
  fixture,
  readAll,
  reusing,
  shapes,
  streamOf,
  testWithEach,
  through,
  withExecutor,
} from "./support.mjs";

const SIZES = [0, 1, FRAME - 1, FRAME, FRAME + 1, 5 * FRAME + 12_345];

testWithEach("seals and opens what lies around the frame length", async () => {
  const { keyring } = await fixture();
  for (const size of SIZES) {
    const data = bytes(size);
    const message = await seal(keyring, data);
    assert.equal(message.length, sealedSize(keyring, size));
    const { plaintext, suite, encryptionContext } = await open(keyring, message);
    assertBytes(plaintext, data, `${size}`);
    assert.equal(suite, "0x0478");
    assert.deepEqual(encryptionContext, {});
  }
});

testWithEach("streams give and take what one piece does", async () => {
  const { keyring } = await fixture();
  for (const size of SIZES) {
    const data = bytes(size);
    const message = await through(sealStream(keyring), data);
    assert.equal(message.length, sealedSize(keyring, size));
    assertBytes((await open(keyring, message)).plaintext, data, `sealed as a stream, ${size}`);
    assertBytes(await through(openStream(keyring), message), data, `opened as a stream, ${size}`);
  }
});

testWithEach("takes every shape of source, for sealing and opening", async () => {
  const { keyring } = await fixture();
  for (const size of [0, 1, 1000, FRAME + 1, 3 * FRAME]) {
    const data = bytes(size);
    for (const [shape, make] of shapes(data)) {
      const message = await seal(keyring, make());
      assertBytes((await open(keyring, message)).plaintext, data, `${size} from ${shape}`);
    }
    const message = await seal(keyring, data);
    for (const [shape, make] of shapes(message)) {
      assertBytes((await open(keyring, make())).plaintext, data, `${size}, message as ${shape}`);
    }
  }
});

testWithEach("whole frames in 1-byte pieces", async () => {
  const { keyring } = await fixture();
  const data = bytes(3 * 4096 + 1);
  const message = await seal(keyring, reusing(data, 1), { frameLength: 4096 });
  assertBytes((await open(keyring, reusing(message, 1))).plaintext, data);
});

testWithEach("small frames of every length", async () => {
  const { keyring } = await fixture();
  for (const frameLength of [1, 2, 15, 16, 17, 4096]) {
    for (const frames of [0.5, 1, 2, 127, 128, 129, 300]) {
      const data = bytes(Math.ceil(frames * frameLength));
      const message = await seal(keyring, data, { frameLength });
      assert.equal(message.length, sealedSize(keyring, data.length, { frameLength }));
      const { plaintext } = await open(keyring, streamOf(message, 1000));
      assertBytes(plaintext, data, `${frames} frames of ${frameLength}`);
    }
  }
});

test("what one executor seals all others open", async () => {
  const { keyring } = await fixture();
  const data = bytes(2 * FRAME + 777);
  for (const sealing of executors) {
    const message = await withExecutor(sealing, () => seal(keyring, data));
    for (const opening of executors) {
      const { plaintext } = await withExecutor(opening, () => open(keyring, message));
      assertBytes(plaintext, data, `${sealing.name} to ${opening.name}`);
    }
  }
});

let keys;

testWithEach("both algorithms and three key sizes", async () => {
  keys ??= await Promise.all([2048, 3072, 4096].map(async (bits) => [bits, await createKms(bits)]));
  for (const [bits, { publicKey, kms, asked }] of keys) {
    for (const algorithm of ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]) {
      const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, algorithm, kms });
      const message = await seal(keyring, bytes(10));
      assert.equal(message.length, sealedSize(keyring, 10));
      assertBytes((await open(keyring, message)).plaintext, bytes(10), `${bits} ${algorithm}`);
      const [{ KeyId, CiphertextBlob, EncryptionAlgorithm }] = asked.splice(0);
      assert.equal(KeyId, KEY_ARN);
      assert.equal(CiphertextBlob.length, bits / 8);
      assert.equal(EncryptionAlgorithm, algorithm);
    }
  }
});

test("encryption contexts come back as they were given", async () => {
  const { keyring } = await fixture();
  const contexts = [
    { a: "1" },
    { 키: "값", "\u{1f4e6}": "\u{10ffff}", z: "" },
    Object.assign(Object.create(null), { bare: "object" }),
    JSON.parse('{"__proto__": "an ordinary name", "constructor": "too"}'),
    Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`name ${i}`, `value ${i}`])),
  ];
  for (const encryptionContext of contexts) {
    const size = sealedSize(keyring, 3, { encryptionContext });
    const message = await seal(keyring, bytes(3), { encryptionContext });
    assert.equal(message.length, size);
    const opened = await open(keyring, message, { encryptionContext });
    const pairs = (context) => JSON.stringify(Object.entries(context).sort());
    assert.equal(pairs(opened.encryptionContext), pairs(encryptionContext));
  }
});

test("part of the context is enough to open", async () => {
  const { keyring } = await fixture();
  const encryptionContext = { tenant: "7", purpose: "test" };
  const message = await seal(keyring, bytes(3), { encryptionContext });
  for (const asked of [{}, { tenant: "7" }, { purpose: "test" }]) {
    const opened = await open(keyring, message, { encryptionContext: asked });
    assert.deepEqual(opened.encryptionContext, encryptionContext);
  }
});

test("messages never repeat", async () => {
  const { keyring } = await fixture();
  const [a, b] = [await seal(keyring, bytes(100)), await seal(keyring, bytes(100))];
  // Message id, wrapped key, commitment, tag and ciphertext.
  const same = a.filter((byte, i) => byte === b[i]).length;
  assert.ok(same < a.length / 2, `${same} of ${a.length} bytes are the same`);
});

testWithEach("many at once do not disturb one another", async () => {
  const { keyring } = await fixture();
  await Promise.all(
    Array.from({ length: 8 }, async (_, i) => {
      const data = bytes(FRAME + 1000 * i, i);
      const message = await seal(keyring, streamOf(data, 50_000 + i));
      const { plaintext } = await open(keyring, new Blob([message]));
      assertBytes(plaintext, data, `number ${i}`);
    }),
  );
});

testWithEach("leaves its input alone and gives out memory of its own", async () => {
  const { keyring } = await fixture();
  const data = bytes(FRAME + 1);
  const message = await seal(keyring, data);
  assertBytes(data, bytes(FRAME + 1), "plaintext");
  const before = message.slice();
  const { plaintext } = await open(keyring, message);
  assertBytes(message, before, "message");
  message.fill(0);
  data.fill(0);
  assertBytes(plaintext, bytes(FRAME + 1), "opened");
});

testWithEach("gives out plain Uint8Arrays of their exact size", async () => {
  const { keyring } = await fixture();
  for (const size of [0, 10, FRAME, FRAME + 10]) {
    const message = await seal(keyring, bytes(size));
    const { plaintext } = await open(keyring, message);
    const streamed = await seal(keyring, streamOf(bytes(size), 1000));
    for (const result of [message, plaintext, streamed]) {
      assert.equal(Object.getPrototypeOf(result), Uint8Array.prototype);
      assert.equal(result.buffer.byteLength, result.length);
    }
  }
  const { readable, writable } = sealStream(keyring);
  const read = readAll(
    readable.pipeThrough(
      new TransformStream({
        transform(chunk, controller) {
          assert.equal(Object.getPrototypeOf(chunk), Uint8Array.prototype);
          controller.enqueue(chunk);
        },
      }),
    ),
  );
  await streamOf(bytes(FRAME + 10), 1000).pipeTo(writable);
  await read;
});

testWithEach("tells its progress in input bytes, up to the last", async () => {
  const { keyring } = await fixture();
  const data = bytes(3 * FRAME + 5);
  const record = (reports) => ({ onProgress: (progress) => reports.push(progress) });
  const rising = (reports) =>
    reports.every(({ bytes }, i) => i === 0 || bytes >= reports[i - 1].bytes);

  const known = [];
  const message = await seal(keyring, data, record(known));
  assert.ok(known.length > 1 && rising(known));
  assert.deepEqual(known.at(-1), { bytes: data.length, total: data.length });

  const unknown = [];
  await seal(keyring, streamOf(data, 10_000), record(unknown));
  assert.deepEqual(unknown.at(-1), { bytes: data.length });

  const opening = [];
  await open(keyring, new Blob([message]), record(opening));
  assert.ok(opening.length > 1 && rising(opening));
  assert.deepEqual(opening.at(-1), { bytes: message.length, total: message.length });

  const streamed = [];
  await through(openStream(keyring, record(streamed)), message);
  assert.deepEqual(streamed.at(-1), { bytes: message.length });

  const empty = [];
  await seal(keyring, new Uint8Array(0), record(empty));
  assert.deepEqual(empty.at(-1), { bytes: 0, total: 0 });
});
