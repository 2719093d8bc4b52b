// After an operation, however it ended, WebAssembly's memory holds neither its data key nor its content key, nor anything
// that reveals the hash key, and neither do the arrays through which they went.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CustomerKey,
  checkUploadHeaders,
  Keyring,
  open,
  openObject,
  openSecret,
  openStream,
  postForm,
  seal,
  sealBlob,
  sealObject,
  sealObjectStream,
  sealSecret,
  sealStream,
  uploadRequest,
} from "bongtu";
import { nodeExecutor } from "../../pkg/js/executor/node.js";
import { rustExecutor } from "../../pkg/js/executor/rust.js";
import { passesSelfTest } from "../../pkg/js/executor/self-test.js";
import { webCryptoExecutor } from "../../pkg/js/executor/webcrypto.js";
import { keyringParts } from "../../pkg/js/keys/descriptor.js";
import { sealKeyring } from "../../pkg/js/keys/seal-keyring.js";
import { sealWasm } from "../../pkg/js/modules/seal.js";
import { useExecutors } from "../../pkg/js/platform/platform.js";
import { createKms, KEY_ARN, kmsException } from "../harness/kms.mjs";
import {
  BOTH,
  bytes,
  CHUNK,
  FRAME,
  failure,
  idle,
  openAll,
  sealedBytes,
  stored,
  streamOf,
  through,
} from "../suite/support.mjs";
import { findSecret, findSecrets, secretsOf } from "../support/find-secrets.mjs";
import { hashKeyOf, inMemory, partialHash } from "../support/splice-secrets.mjs";
import { copies, held, late, rooms, watched } from "../support/watch-secrets.mjs";

const { publicKey, kms, seen } = await createKms();
const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms });
const DIGEST_LENGTH = 48;
const KEY_HEADER = "x-amz-server-side-encryption-customer-key";

/**
 * The data key in what KMS decrypts: in a message's behind a digest, in an object's between its
 * length and the content algorithm.
 */
function dataKeyIn(plaintext) {
  return plaintext.length === 80 ? plaintext.subarray(DIGEST_LENGTH) : plaintext.subarray(1, 33);
}

const DATA = bytes(5 * FRAME + 100);
const encryptionContext = { a: "b" };

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
  async "a message in slices, disposed of"() {
    const sealed = await sealBlob(keyring, DATA);
    await Promise.all([sealed.slice(FRAME).arrayBuffer(), sealed.slice(0, 9).blob()]);
    await open(keyring, await sealed.blob());
    sealed.dispose();
  },
  async "an object, disposed of while it is read"() {
    for (const format of ["v2", "v3"]) {
      const sealed = await sealObject(keyring, DATA, { format });
      await openAll(keyring, stored(sealed, await sealedBytes(sealed)));
      const reading = sealed.arrayBuffer();
      sealed.dispose();
      await failure(reading, "ERR_STATE");
    }
  },
  async "an object, aborted while it is sealed"() {
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = () => controller.abort();
    const sealed = await sealObject(keyring, DATA, { signal, onProgress });
    await failure(sealed.arrayBuffer(), "ERR_ABORTED");
    sealed.dispose();
    await failure(openObject(keyring, stored(sealed, new Uint8Array(100))), "ERR_AUTHENTICATION");
  },
  async "an object whose source changes"() {
    const data = DATA.slice();
    const sealed = await sealObject(keyring, data);
    const body = await sealedBytes(sealed);
    data[0] ^= 1;
    await failure(sealed.arrayBuffer(), "ERR_SOURCE_CHANGED");
    await openAll(keyring, stored(sealed, body));
  },
  async "an object's stream"() {
    const stream = await sealObjectStream(keyring);
    await openAll(keyring, stored(stream, streamOf(await through(stream, DATA), 100_000)));
  },
  async "an object's stream that is not read to its end"() {
    const stream = await sealObjectStream(keyring, { size: DATA.length + 1 });
    await failure(through(stream, DATA), "ERR_SOURCE");
    await failure(openObject(keyring, stored(stream, new Uint8Array(100))), "ERR_AUTHENTICATION");
  },
  async "an opened object that is forged, cancelled or aborted"() {
    const sealed = await sealObject(keyring, DATA, { format: "v2" });
    const body = await sealedBytes(sealed);
    sealed.dispose();
    const { plaintext } = await openObject(keyring, stored(sealed, body), BOTH);
    await plaintext.cancel();
    const controller = new AbortController();
    const { signal } = controller;
    await openObject(keyring, stored(sealed, body), { ...BOTH, signal });
    controller.abort();
    body[CHUNK] ^= 1;
    await failure(openObject(keyring, stored(sealed, body), BOTH), "ERR_AUTHENTICATION");
  },
  async "an object released before it is verified, and one that is forged"() {
    const sealed = await sealObject(keyring, DATA);
    const body = await sealedBytes(sealed);
    sealed.dispose();
    await openAll(keyring, stored(sealed, body), { releaseUnverified: true });
    body[CHUNK] ^= 1;
    const forged = openAll(keyring, stored(sealed, body), { releaseUnverified: true });
    await failure(forged, "ERR_AUTHENTICATION");
  },
  async "an object whose second reading differs"() {
    const sealed = await sealObject(keyring, DATA);
    const body = await sealedBytes(sealed);
    sealed.dispose();
    const { plaintext } = await openObject(keyring, stored(sealed, body));
    body[CHUNK] ^= 1;
    await failure(new Response(plaintext).arrayBuffer(), "ERR_SOURCE_CHANGED");
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
  const [contentKeys, handed, calls] = [[], [], []];
  const watching = watched(executor, contentKeys, handed, calls);
  // The self-test uses a key that is not a secret.
  assert.ok(await passesSelfTest(watching));
  for (const [name, run] of Object.entries(SCENARIOS)) {
    test(`${name} [${executor.name}]`, async () => {
      for (const noted of [contentKeys, handed, calls, copies, late, seen]) {
        noted.length = 0;
      }
      const before = useExecutors([watching]);
      try {
        await run();
      } finally {
        useExecutors(before);
      }
      const dataKeys = seen.map(dataKeyIn);
      const isWiped = (secret) => secret.every((byte) => byte === 0);
      const isOver = () => held.size === 0 && handed.every(isWiped);
      // Calls of WebCrypto that are not needed any more end at their own time.
      const deadline = Date.now() + 10_000;
      do {
        await idle(20);
      } while (!isOver() && Date.now() < deadline);
      assert.ok(dataKeys.length > 0, "no data key was seen");
      assert.ok(contentKeys.length > 0, "no content key was seen");
      for (const key of [...dataKeys, ...contentKeys]) {
        assert.equal(key.length, 32);
      }
      assert.deepEqual(findSecrets(secretsOf(dataKeys, contentKeys, calls)), []);
      if (name === "an object's stream") {
        assert.equal(calls.length, 9, "every chunk is sealed, hashed, and opened by itself");
      }
      assert.ok(handed.length > contentKeys.length, "no wrap was seen");
      for (const secret of [...handed, ...rooms, ...late]) {
        assert.ok(isWiped(secret), "a secret was not wiped");
      }
      const own = calls.flatMap(({ nonce, tag }) => [nonce, tag]);
      const secrets = new Set(own.map((secret) => Buffer.from(secret).toString("hex")));
      const left = copies.filter((copy) => secrets.has(Buffer.from(copy).toString("hex")));
      assert.deepEqual(left, [], "a copy of a secret was not wiped");
      assert.equal(held.size, 0, "a handle was not freed");
    });
  }
}

for (const executor of [nodeExecutor, webCryptoExecutor, rustExecutor]) {
  test(`a direct secret is nowhere once it was sealed and opened [${executor.name}]`, async () => {
    const secret = crypto.getRandomValues(new Uint8Array(32)).map((byte) => byte & 0x7f);
    const text = new TextDecoder().decode(secret);
    const handed = [];
    const watching = watched(executor, [], handed);
    assert.ok(await passesSelfTest(watching));
    handed.length = 0;
    const before = useExecutors([watching]);
    try {
      const value = await sealSecret(keyring, text, { form: "direct" });
      assert.deepEqual(await openSecret(keyring, value), secret);
      assert.equal(handed.length, 1);
      assert.ok(handed[0].every((byte) => byte === 0));
      assert.deepEqual(findSecret(secret), []);
    } finally {
      useExecutors(before);
    }
  });
}

test("the search finds a data key as long as its session lives", () => {
  const { MessageSealing } = sealWasm();
  const session = new MessageSealing(sealKeyring(keyringParts(keyring)), []);
  session.begin();
  const dataKey = session.wrapPlaintext().subarray(DIGEST_LENGTH);
  assert.ok(findSecret(dataKey).length > 0, "it was not found");
  session.free();
  assert.deepEqual(findSecret(dataKey), []);
});

test("the hash key and partial hashes are found as long as an object lives, and no longer", async () => {
  const contentKeys = [];
  const before = useExecutors([watched(nodeExecutor, contentKeys, [])]);
  try {
    const sealed = await sealObject(keyring, DATA);
    const body = await sealedBytes(sealed);
    const text = Buffer.from(body.subarray(CHUNK, 2 * CHUNK));
    const hashKey = hashKeyOf(contentKeys.at(-1));
    const secrets = [partialHash(hashKey, text), ...inMemory(hashKey)];
    const assertFound = () =>
      assert.ok(
        [secrets.slice(0, 1), secrets.slice(1)].every((some) => some.some(isFound)),
        "it was not found",
      );
    const isFound = (secret) => findSecret(secret).length > 0;
    assertFound();
    sealed.dispose();
    assert.equal(secrets.some(isFound), false);

    const { plaintext } = await openObject(keyring, stored(sealed, body));
    assertFound();
    await plaintext.cancel();
    assert.equal(secrets.some(isFound), false);
  } finally {
    useExecutors(before);
  }
});

test("a customer key is in memory until it is disposed of, and its text never", async () => {
  const place = { bucket: "b", key: "k" };
  const raw = crypto.getRandomValues(new Uint8Array(32));
  // Whole groups of eight letters.
  const text = Buffer.from(Buffer.from(raw).toString("base64").slice(0, 40));
  const key = CustomerKey.from(raw);
  assert.ok(findSecret(raw).length > 0, "the search finds what is there");
  const { headers } = uploadRequest(bytes(1), { mode: key });
  assert.equal(Buffer.from(headers[KEY_HEADER], "base64").compare(raw), 0);
  key.headers("CopyObject", { copySource: key });
  checkUploadHeaders(headers, { mode: "SSE-C" });
  checkUploadHeaders(headers, { mode: key });
  postForm({ key: "k", policy: "", "x-amz-signature": "" }, bytes(1), { mode: key });
  const sealed = await key.seal(keyring, place);
  assert.deepEqual(findSecret(text), []);
  key.dispose();
  assert.deepEqual(findSecret(raw), []);
  const opened = await CustomerKey.open(keyring, sealed, place);
  opened.dispose();
  assert.deepEqual(findSecret(raw), []);
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
