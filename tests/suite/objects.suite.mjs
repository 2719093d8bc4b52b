// S3 objects: that what is sealed is what the format says, and opens from every kind of body.

import {
  inspect,
  Keyring,
  open,
  openObject,
  seal,
  sealBlob,
  sealObject,
  sealObjectStream,
  uploadRequest,
} from "bongtu";
import { assert, test } from "#harness";
import { useExecutors } from "../../pkg/js/platform/platform.js";
import { createSymmetricKms, KEY_ARN, kmsException, SYMMETRIC_ARN } from "../harness/kms.mjs";
import {
  assertBytes,
  BOTH,
  bytes,
  CHUNK,
  failure,
  fixture,
  joined,
  openAll,
  readAll,
  reusing,
  sealedBytes,
  stored,
  streamOf,
  testWithEach,
  through,
} from "./support.mjs";

const DATA = bytes(3 * CHUNK + 5);
const SIZES = [0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, DATA.length];
const FORMATS = ["v2", "v3"];

/** The shapes in which a body can come; those that are functions are called for every reading. */
const BODIES = {
  bytes: (body) => body,
  "a view": (body) => joined([bytes(3), body, bytes(3)]).subarray(3, 3 + body.length),
  ArrayBuffer: (body) => body.slice().buffer,
  Blob: (body) => new Blob([body]),
  "a stream": (body) => streamOf(body, 100_000),
  "a stream of one piece": (body) => streamOf(body, body.length),
  "an iterable that reuses its buffer": (body) => reusing(body, 70_000),
  "a function": (body) => () => streamOf(body, 50_000),
  "an asynchronous function": (body) => async () => new Blob([body]),
};

for (const format of FORMATS) {
  testWithEach(`round trips of all sizes: ${format}`, async () => {
    const { keyring } = await fixture();
    for (const length of SIZES) {
      const data = DATA.subarray(0, length);
      const sealed = await sealObject(keyring, data, { format });
      assert.equal(sealed.size, length + 16);
      assert.equal(sealed.contentLength, length + 16);
      const { plaintext, size, ...rest } = await openObject(
        keyring,
        stored(sealed, await sealedBytes(sealed)),
        BOTH,
      );
      assert.deepEqual(rest, { format, unverifiedMaterialDescription: {} });
      assert.equal(size, length);
      assertBytes(await readAll(plaintext), data);
      sealed.dispose();
    }
  });

  testWithEach(`bodies of all kinds, in two readings and in one: ${format}`, async () => {
    const { keyring } = await fixture();
    for (const length of [0, 17, DATA.length]) {
      const data = DATA.subarray(0, length);
      const sealed = await sealObject(keyring, data, { format });
      const body = await sealedBytes(sealed);
      for (const [kind, make] of Object.entries(BODIES)) {
        if (length === 0 && kind === "a stream of one piece") {
          continue;
        }
        for (const releaseUnverified of [false, true]) {
          const object = stored(sealed, make(body));
          const options = { ...BOTH, releaseUnverified };
          const { plaintext, size } = await openObject(keyring, object, options);
          const known =
            !releaseUnverified || ["bytes", "a view", "ArrayBuffer", "Blob"].includes(kind);
          assert.equal(size, known ? length : undefined, kind);
          assertBytes(await readAll(plaintext), data, kind);
        }
      }
    }
  });

  testWithEach(`the body is one AES-GCM message: ${format}`, async (executor) => {
    const { keyring } = await fixture();
    const keys = [];
    const importKey = (raw) => {
      keys.push(raw.slice());
      return executor.importKey(raw);
    };
    const before = useExecutors([{ ...executor, importKey }]);
    try {
      const around = [-17, -16, -15, -1, 0, 1, 15, 16, 17];
      const sizes = [0, 1, ...around.map((n) => CHUNK + n), ...around.map((n) => 2 * CHUNK + n)];
      for (const size of sizes) {
        const data = DATA.subarray(0, size);
        const sealed = await sealObject(keyring, data, { format });
        const key = await crypto.subtle.importKey("raw", keys.at(-1), "AES-GCM", false, [
          "encrypt",
        ]);
        const parameters =
          format === "v3"
            ? { iv: new Uint8Array(12).fill(1), additionalData: new Uint8Array([0, 0x73]) }
            : { iv: Uint8Array.from(atob(sealed.metadata["x-amz-iv"]), (c) => c.charCodeAt(0)) };
        const expected = await crypto.subtle.encrypt({ name: "AES-GCM", ...parameters }, key, data);
        assertBytes(await sealedBytes(sealed), new Uint8Array(expected), `${size} bytes`);
        sealed.dispose();
      }
    } finally {
      useExecutors(before);
    }
  });

  testWithEach(`streams, in pieces of any size: ${format}`, async () => {
    const { keyring } = await fixture();
    for (const length of SIZES) {
      const data = DATA.subarray(0, length);
      for (const options of [{ format }, { format, size: length }]) {
        const stream = await sealObjectStream(keyring, options);
        assert.equal(stream.contentLength, options.size === undefined ? undefined : length + 16);
        const body = await through(stream, data, length <= 17 ? 1 : 1024 * 1024);
        assertBytes(await openAll(keyring, stored(stream, body)), data);
      }
    }
  });
}

testWithEach("the tags of chunks, which would reveal the hash key, do not leave", async () => {
  const { keyring } = await fixture();
  const sealed = await sealObject(keyring, DATA);
  const body = await sealedBytes(sealed);
  const { plaintext } = await openObject(keyring, stored(sealed, body));
  for (const stream of [sealed.stream(), sealed.slice(5, 2 * CHUNK).stream(), plaintext]) {
    const reader = stream.getReader();
    for (let chunks = 0; chunks < 2; chunks++) {
      const { value } = await reader.read();
      const behind = new Uint8Array(value.buffer, value.byteOffset + value.length);
      assert.ok(
        behind.slice(-16).every((byte) => byte === 0),
        "something is behind a chunk",
      );
    }
    await reader.cancel();
  }
});

test("a stream in pieces of one byte", async () => {
  const { keyring } = await fixture();
  const data = DATA.subarray(0, 20_000);
  const stream = await sealObjectStream(keyring);
  assertBytes(await openAll(keyring, stored(stream, await through(stream, data, 1))), data);
});

testWithEach("a stream of another size than promised", async () => {
  const { keyring } = await fixture();
  for (const [size, length] of [
    [0, 1],
    [1, 0],
    [17, 16],
    [CHUNK, CHUNK + 1],
    [CHUNK + 1, CHUNK],
    [CHUNK, 2 * CHUNK],
    [2 * CHUNK, CHUNK],
    [2 * CHUNK + 1, 2 * CHUNK],
    [DATA.length - 1, DATA.length],
  ]) {
    const stream = await sealObjectStream(keyring, { size });
    await failure(through(stream, DATA.subarray(0, length)), "ERR_SOURCE");
  }
});

test("metadata are as the format has them", async () => {
  const { keyring } = await fixture();
  const v3 = await sealObject(keyring, DATA);
  assert.deepEqual(Object.keys(v3.metadata).sort(), [
    "x-amz-3",
    "x-amz-c",
    "x-amz-d",
    "x-amz-i",
    "x-amz-w",
  ]);
  assert.equal(v3.metadata["x-amz-c"], "115");
  assert.equal(v3.metadata["x-amz-w"], "22");
  assert.equal(v3.instructionFile, undefined);
  const v2 = await sealObject(keyring, DATA, { format: "v2" });
  assert.equal(v2.metadata["x-amz-wrap-alg"], "RSA-OAEP-SHA1");
  assert.equal(v2.metadata["x-amz-unencrypted-content-length"], `${DATA.length}`);
  for (const { metadata, headers } of [v2, v3]) {
    assert.deepEqual(
      headers,
      Object.fromEntries(Object.entries(metadata).map(([n, v]) => [`x-amz-meta-${n}`, v])),
    );
  }
  const stream = await sealObjectStream(keyring, { format: "v2" });
  assert.equal(stream.metadata["x-amz-unencrypted-content-length"], undefined);
  await stream.readable.cancel();
});

test("material descriptions come back, whatever is in them", async () => {
  const { keyring } = await fixture();
  const materialDescription = JSON.parse('{"목적":"검사 \\"\\\\","a":"","__proto__":"x"}');
  for (const format of FORMATS) {
    for (const instructionFile of [false, true]) {
      const options = { format, materialDescription, instructionFile };
      const sealed = await sealObject(keyring, DATA.subarray(0, 10), options);
      const object = stored(sealed, await sealedBytes(sealed));
      const { unverifiedMaterialDescription } = await openObject(keyring, object, BOTH);
      assert.deepEqual(unverifiedMaterialDescription, materialDescription);
      const description = await inspect(object);
      assert.deepEqual(description.materialDescription, materialDescription);
    }
  }
});

test("instruction files", async () => {
  const { keyring } = await fixture();
  for (const format of FORMATS) {
    const sealed = await sealObject(keyring, DATA, { format, instructionFile: true });
    const { suffix, metadata, body } = sealed.instructionFile;
    assert.equal(suffix, ".instruction");
    assert.deepEqual(metadata, { "x-amz-crypto-instr-file": "" });
    // Rust has both names as well.
    const itself = await failure(openObject(keyring, { metadata, body: DATA }), "ERR_NOT_SEALED");
    assert.ok(itself.message.includes("this is an instruction file"), itself.message);
    const { headers } = uploadRequest(sealed);
    for (const [name, value] of Object.entries(sealed.headers)) {
      assert.equal(headers[name], value);
    }
    assert.ok(Object.values(JSON.parse(body)).every((value) => typeof value === "string"));
    const bytesOfIt = await sealedBytes(sealed);
    assertBytes(await openAll(keyring, stored(sealed, bytesOfIt)), DATA);
    const without = { metadata: sealed.metadata, body: bytesOfIt };
    // Of version 2 nothing but a length is left, if that.
    const { message } = await failure(openObject(keyring, without, BOTH), "ERR_METADATA");
    assert.ok(message.includes("instruction"), message);
    const wrong = { ...stored(sealed, bytesOfIt), instructionFile: body.slice(1) };
    await failure(openObject(keyring, wrong, BOTH), "ERR_METADATA");
  }
});

test("names in any case, with and without the prefix, among other metadata", async () => {
  const { keyring } = await fixture();
  const sealed = await sealObject(keyring, DATA);
  const body = await sealedBytes(sealed);
  for (const change of [
    (name) => name.toUpperCase(),
    (name) => `x-amz-meta-${name}`,
    (name) => `X-Amz-Meta-${name}`,
  ]) {
    const pairs = Object.entries(sealed.metadata).map(([name, value]) => [change(name), value]);
    const metadata = { ...Object.fromEntries(pairs), author: "somebody" };
    assertBytes(await openAll(keyring, { metadata, body }), DATA);
  }
  const metadata = { ...sealed.metadata, "X-AMZ-3": sealed.metadata["x-amz-3"] };
  await failure(openObject(keyring, { metadata, body }), "ERR_METADATA");
});

test("a plain object is told from one that is broken", async () => {
  const { keyring } = await fixture();
  const body = new TextEncoder().encode("plain");
  for (const metadata of [{}, { author: "x" }, { "x-amz-meta-x-amz-custom": "y" }]) {
    const { message } = await failure(openObject(keyring, { metadata, body }), "ERR_NOT_SEALED");
    assert.ok(message.includes("instruction file"), message);
  }
  for (const metadata of [{ "x-amz-c": "" }, { "X-Amz-Meta-X-Amz-Iv": "AAAA" }]) {
    await failure(openObject(keyring, { metadata, body }), "ERR_METADATA");
  }
});

test("metadata as S3 and others give them back", async () => {
  const { keyring } = await fixture();
  const materialDescription = { 부서: "회계 ö" };
  const json = JSON.stringify(materialDescription);
  const binary = (text) => String.fromCharCode(...new TextEncoder().encode(text));
  const word = (text) => `=?UTF-8?B?${btoa(binary(text))}?=`;
  const quoted = (text) => {
    const hex = (letter) => `=${letter.charCodeAt(0).toString(16).padStart(2, "0")}`;
    return `=?utf-8?q?${binary(text).replace(/[^a-z]/g, hex)}?=`;
  };
  const read = new Set();
  for (const format of FORMATS) {
    const sealed = await sealObject(keyring, DATA, { format });
    const body = await sealedBytes(sealed);
    const name = format === "v2" ? "x-amz-matdesc" : "x-amz-m";
    for (const [text, wanted] of [
      [json, materialDescription],
      [binary(json), materialDescription],
      [word(json), materialDescription],
      [word(binary(json)), materialDescription],
      [word(word(json)), materialDescription],
      [quoted(json), materialDescription],
      [quoted(binary(json)), materialDescription],
      [`${word(json.slice(0, 5))} ${word(json.slice(5))}`, materialDescription],
      ["null", {}],
      ["[]", {}],
      ["", {}],
      ["{", {}],
      ['{"a":1}', {}],
      ["=?UTF-8?B?e?=", {}],
    ]) {
      const metadata = { ...sealed.metadata, [name]: text };
      const opened = await openObject(keyring, { metadata, body }, BOTH);
      assertBytes(await readAll(opened.plaintext), DATA);
      assert.deepEqual(opened.unverifiedMaterialDescription, wanted, text);
      const described = await inspect({ metadata });
      assert.deepEqual(described.materialDescription, wanted, text);
      read.add(described.unreadableDescription);
    }
  }
  assert.deepEqual([...read].sort(), ["=?UTF-8?B?e?=", "{", '{"a":1}', undefined]);
});

test("what inspect says of an object", async () => {
  const { keyring } = await fixture();
  const v2 = await sealObject(keyring, DATA, { format: "v2" });
  assert.deepEqual(await inspect(v2), {
    format: "object",
    version: "v2",
    contentAlgorithm: "AES/GCM/NoPadding",
    committing: false,
    wrap: "RSA-OAEP-SHA1",
    wrappedKeyLength: 256,
    materialDescription: {},
    plaintextLength: DATA.length,
  });
  const v3 = await sealObject(keyring, DATA, { materialDescription: { a: "b" } });
  assert.deepEqual(await inspect({ metadata: v3.headers }), {
    format: "object",
    version: "v3",
    contentAlgorithm: "115",
    committing: true,
    wrap: "RSA-OAEP-SHA1",
    wrappedKeyLength: 256,
    materialDescription: { a: "b" },
  });
  for (const length of ["", "no number", "-1", "1.5", "99999999999999999999"]) {
    const metadata = { ...v2.metadata, "x-amz-unencrypted-content-length": length };
    assert.equal((await inspect({ metadata })).plaintextLength, undefined, length);
  }
  await failure(inspect({ metadata: {} }), "ERR_NOT_SEALED");
  await failure(inspect({ metadata: { "x-amz-key": "AA==" } }), "ERR_UNSUPPORTED");
  await failure(inspect({ metadata: null }), "ERR_INPUT");
});

/** A symmetric key and its keyring. */
async function symmetric(change = (kms) => kms) {
  const made = await createSymmetricKms();
  return { ...made, keyring: Keyring.kms({ keyArn: SYMMETRIC_ARN, kms: change(made.kms) }) };
}

testWithEach("symmetric KMS keys, under an encryption context", async () => {
  const { keyring, asked } = await symmetric();
  for (const [format, algorithm] of [
    ["v2", "AES/GCM/NoPadding"],
    ["v3", "115"],
  ]) {
    const materialDescription = { a: "b", __proto__: null, b: "" };
    const sealed = await sealObject(keyring, DATA, { format, materialDescription });
    const context = { a: "b", b: "", "aws:x-amz-cek-alg": algorithm };
    assert.deepEqual(asked.at(-1), {
      KeyId: SYMMETRIC_ARN,
      KeySpec: "AES_256",
      EncryptionContext: context,
    });
    const object = stored(sealed, await sealedBytes(sealed));
    const { plaintext, unverifiedMaterialDescription } = await openObject(keyring, object, BOTH);
    assert.deepEqual(Object.keys(asked.at(-1)).sort(), [
      "CiphertextBlob",
      "EncryptionContext",
      "KeyId",
    ]);
    assert.deepEqual(asked.at(-1).EncryptionContext, context);
    assert.deepEqual(unverifiedMaterialDescription, context);
    assertBytes(await readAll(plaintext), DATA);
    assert.equal((await inspect(object)).wrap, "kms+context");
    const stream = await sealObjectStream(keyring, { format, materialDescription });
    const body = await through(stream, DATA);
    assertBytes(await openAll(keyring, stored(stream, body)), DATA);
  }
});

test("a context that was changed", async () => {
  const { keyring } = await symmetric();
  const sealed = await sealObject(keyring, DATA, { materialDescription: { a: "b" } });
  const changed = sealed.metadata["x-amz-t"].replace('"b"', '"c"');
  assert.ok(changed !== sealed.metadata["x-amz-t"]);
  const metadata = { ...sealed.metadata, "x-amz-t": changed };
  const body = await sealedBytes(sealed);
  await failure(openObject(keyring, { metadata, body }), "ERR_UNWRAP");
  const reserved = { materialDescription: { "aws:x-amz-cek-alg": "115" } };
  await failure(sealObject(keyring, DATA, reserved), "ERR_CONTEXT");
});

test("how GenerateDataKey can fail", async () => {
  const cause = kmsException("AccessDeniedException");
  const failing = await symmetric((kms) => ({
    ...kms,
    generateDataKey: () => Promise.reject(cause),
  }));
  const error = await failure(sealObject(failing.keyring, DATA), "ERR_KMS");
  assert.equal(error.cause, cause);
  assert.ok(error.message.includes("AccessDeniedException"), error.message);

  const throwing = await symmetric((kms) => ({
    ...kms,
    generateDataKey() {
      throw cause;
    },
  }));
  assert.equal((await failure(sealObjectStream(throwing.keyring), "ERR_KMS")).cause, cause);

  const { keyring: without } = await symmetric(({ decrypt }) => ({ decrypt }));
  await failure(sealObject(without, DATA), "ERR_NO_KMS");

  const given = [];
  for (const change of [
    (answer) => ({ ...answer, KeyId: KEY_ARN }),
    (answer) => ({ ...answer, KeyId: undefined }),
    (answer) => ({ ...answer, Plaintext: answer.Plaintext.subarray(1) }),
  ]) {
    const { keyring } = await symmetric((kms) => ({
      ...kms,
      async generateDataKey(request) {
        const answer = change(await kms.generateDataKey(request));
        given.push(answer?.Plaintext ?? new Uint8Array(0));
        return answer;
      },
    }));
    assert.equal((await failure(sealObject(keyring, DATA), "ERR_UNWRAP")).cause, undefined);
  }
  for (const [words, change] of Object.entries({
    "it has no Plaintext": (answer) => ({ ...answer, Plaintext: undefined }),
    "resolve to { KeyId, Plaintext": () => undefined,
    "it has plaintext instead": ({ Plaintext, ...others }) => ({
      ...others,
      plaintext: Plaintext,
    }),
    "it has no CiphertextBlob": ({ CiphertextBlob: _, ...others }) => others,
    "decode its base64": (answer) => ({ ...answer, CiphertextBlob: "QUFB" }),
    "bytes that went through JSON": (answer) => ({
      ...answer,
      CiphertextBlob: { ...answer.CiphertextBlob },
    }),
  })) {
    const { keyring } = await symmetric((kms) => ({
      ...kms,
      async generateDataKey(request) {
        const answer = change(await kms.generateDataKey(request));
        given.push(answer?.Plaintext ?? answer?.plaintext ?? new Uint8Array(0));
        return answer;
      },
    }));
    const { message } = await failure(sealObject(keyring, DATA), "ERR_INPUT");
    assert.ok(message.includes(words) && message.includes("kms.generateDataKey "), message);
  }
  const hanging = await symmetric((kms) => ({
    ...kms,
    generateDataKey: () => new Promise(() => {}),
  }));
  const controller = new AbortController();
  const sealing = sealObject(hanging.keyring, DATA, { signal: controller.signal });
  controller.abort();
  await failure(sealing, "ERR_ABORTED");
  assert.equal(given.length, 3 + 6);
  assert.ok(given.every((plaintext) => plaintext.every((byte) => byte === 0)));
});

test("symmetric keys are for objects, and each wrap for its own kind of keyring", async () => {
  const { keyring: rsa } = await fixture();
  const { keyring } = await symmetric();
  await failure(seal(keyring, DATA), "ERR_UNSUPPORTED");
  await failure(sealBlob(keyring, DATA), "ERR_UNSUPPORTED");
  await failure(open(keyring, await seal(rsa, DATA)), "ERR_UNSUPPORTED");
  const [one, other] = [await sealObject(rsa, DATA), await sealObject(keyring, DATA)];
  await failure(openObject(keyring, stored(one, DATA)), "ERR_NO_MATCHING_KEY");
  await failure(openObject(rsa, stored(other, DATA)), "ERR_NO_MATCHING_KEY");
  const { publicKey } = await fixture();
  const sealing = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN });
  await failure(openObject(sealing, stored(one, DATA)), "ERR_NO_KMS");
});

test("progress, over both readings", async () => {
  const { keyring } = await fixture();
  const sealed = await sealObject(keyring, DATA);
  const body = await sealedBytes(sealed);
  const small = await sealObject(keyring, bytes(10));
  for (const [object, releaseUnverified, total] of [
    [stored(sealed, body), false, 2 * body.length],
    [stored(sealed, body), true, body.length],
    [stored(small, await sealedBytes(small)), false, 2 * 26],
    [stored(small, await sealedBytes(small)), true, 26],
  ]) {
    const seen = [];
    const onProgress = (progress) => void seen.push(progress);
    await openAll(keyring, object, { releaseUnverified, onProgress });
    assert.deepEqual(seen.at(-1), { bytes: total, total });
  }
});

test("progress of a stream, whose length need not be known", async () => {
  const { keyring } = await fixture();
  for (const total of [undefined, DATA.length]) {
    const seen = [];
    const onProgress = (progress) => void seen.push(progress);
    await through(await sealObjectStream(keyring, { size: total, onProgress }), DATA);
    const done = { bytes: DATA.length };
    assert.deepEqual(seen.at(-1), total === undefined ? done : { ...done, total });
  }
});

testWithEach("several at once", async () => {
  const { keyring } = await fixture();
  const sealed = await sealObject(keyring, DATA);
  const object = stored(sealed, await sealedBytes(sealed));
  const opened = await Promise.all(Array.from({ length: 4 }, () => openAll(keyring, object)));
  for (const one of opened) {
    assertBytes(one, DATA);
  }
});
