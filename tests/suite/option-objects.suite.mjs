// Objects that may be options, and names that are inherited, misspelt, other people's, or meant to deceive.

import * as bongtu from "bongtu";
import { assert, test } from "#harness";
import { policyWasm } from "../../pkg/js/modules/policy.js";
import { s3Wasm } from "../../pkg/js/modules/s3.js";
import { KEY_ARN, SYMMETRIC_ARN } from "../harness/kms.mjs";
import { ADMIN, PLACE, POST, surroundings } from "./option-table.mjs";
import { bytes, failure, fixture, readAll } from "./support.mjs";

test("names are refused that are inherited, but not what a class brings along", async () => {
  const { keyring } = await fixture();
  const size = (options) => bongtu.sealedSize(keyring, 10, options);
  class Options {
    frameLength = 100;
    describe() {}
    get note() {
      return "";
    }
  }
  for (const options of [
    Object.create({ nobodyReads: 1 }),
    Object.create(Object.create({ nobodyReads: 1 })),
    Object.create(Object.assign(Object.create(null), { nobodyReads: 1 })),
    Object.assign(Object.create(null), { nobodyReads: 1 }),
    Object.assign(new Options(), { nobodyReads: 1 }),
    Object.defineProperty({}, "nobodyReads", { get: () => assert.fail(), enumerable: true }),
  ]) {
    await failure((async () => size(options))(), "ERR_INPUT");
  }
  for (const options of [
    new Options(),
    new AbortController(),
    Object.create({ frameLength: 100 }),
    Object.assign(Object.create(null), { frameLength: 100 }),
    { [Symbol("mark")]: 1 },
    Object.defineProperty({}, "hidden", { value: 1 }),
  ]) {
    assert.ok(size(options) > 10);
  }
});

test("options that are inherited are heeded", async () => {
  const { keyring } = await fixture();
  const { seal, open, sealSecret, openSecret, CustomerKey } = bongtu;
  const encryptionContext = { purpose: "test" };
  const inherited = Object.create({ encryptionContext });
  await open(keyring, await seal(keyring, bytes(1), inherited), { encryptionContext });
  await openSecret(keyring, await sealSecret(keyring, "secret", inherited), { encryptionContext });
  const place = Object.create({ ...PLACE, encryptionContext });
  const sealed = await CustomerKey.generate().seal(keyring, place);
  await CustomerKey.open(keyring, sealed, place);
  await failure(
    CustomerKey.open(
      keyring,
      sealed,
      Object.create({ ...PLACE, encryptionContext: { purpose: "another" } }),
    ),
    "ERR_CONTEXT_MISMATCH",
  );
  const controller = new AbortController();
  controller.abort();
  await failure(sealSecret(keyring, "secret", controller), "ERR_ABORTED");
  await failure(
    CustomerKey.generate().seal(keyring, Object.create({ ...PLACE, signal: controller.signal })),
    "ERR_ABORTED",
  );
});

test("what is no options object at all is called by its type", async () => {
  const { keyring } = await fixture();
  const { signal } = new AbortController();
  for (const options of [
    [],
    new Map([["frameLength", 1]]),
    new Set(),
    signal,
    Promise.resolve({}),
    new Date(),
    new Uint8Array(1),
    new URL("https://example.org"),
  ]) {
    const { message } = await failure(bongtu.seal(keyring, bytes(1), options), "ERR_INPUT");
    assert.ok(/must be a plain object, not of type [A-Z]/.test(message), message);
  }
  // Their `size` is not the option of that name.
  for (const options of [new Map([["format", "v2"]]), new Set(["v2"]), new Blob(["v2"])]) {
    const { message } = await failure(bongtu.sealObjectStream(keyring, options), "ERR_INPUT");
    assert.ok(/must be a plain object, not of type [A-Z]/.test(message), message);
  }
  for (const options of [null, "text", 7, true, () => {}, Symbol("")]) {
    const { message } = await failure(bongtu.seal(keyring, bytes(1), options), "ERR_INPUT");
    assert.equal(message, "options must be an object");
  }
});

test("other people's words for the same thing", async () => {
  const { keyring } = await fixture();
  const { uploadRequest, sse, bucketPolicy, multipartPlan, sealedSize } = bongtu;
  const cases = [
    [() => sealedSize(keyring, 1, { context: {} }), "encryptionContext"],
    [() => sealedSize(keyring, 1, { aad: {} }), "encryptionContext"],
    [() => sealedSize(keyring, 1, { abortSignal: undefined }), "signal"],
    [() => sealedSize(keyring, 1, { progress: undefined }), "onProgress"],
    [() => sealedSize(keyring, 1, { frameSize: 1 }), "frameLength"],
    [() => uploadRequest(bytes(1), { ifNoneMatch: "*" }), "createOnly"],
    [() => uploadRequest(bytes(1), { endpont: "http://example.org" }), "endpoint"],
    [() => uploadRequest(bytes(1), { url: "http://example.org" }), "endpoint"],
    [() => uploadRequest(bytes(1), { ContentType: "text/plain" }), "contentType"],
    [() => uploadRequest(bytes(1), { checksumAlgorithm: "CRC32" }), "checksum"],
    [() => uploadRequest(bytes(1), { sse: sse.s3() }), "mode"],
    [() => sse.kms({ keyArn: SYMMETRIC_ARN }), "keyId"],
    [() => sse.kms({ kmsKeyId: SYMMETRIC_ARN }), "keyId"],
    [() => sse.kms({ encryptionContext: {} }), "context"],
    [() => bucketPolicy.requireKms({ bucket: "b", kmsKeyArn: SYMMETRIC_ARN }), "keyArn"],
    [() => bucketPolicy({ bucket: "b", keyId: SYMMETRIC_ARN }), "kmsKeyArn"],
    [() => multipartPlan(1, { format: "message", queueSize: 3 }), "concurrency"],
  ];
  for (const [run, meant] of cases) {
    const { message } = await failure((async () => run())(), "ERR_INPUT");
    assert.ok(message.includes(`did you mean ${meant}?`), `${meant}: ${message}`);
  }
});

test("data may carry more, but not a misspelling of what is missing", async () => {
  const { keyring, object, message, sealed, plan, requests } = await surroundings();
  const { metadata, body } = object;
  const { openObject, inspect, uploadRequest, postForm, postPolicy, uploadParts } = bongtu;
  const policy = postPolicy(POST);
  const sign = () => "0".repeat(64);
  const signer = { accessKeyId: "AKID", region: "eu-west-1", sign };
  const misspelt = [
    [() => openObject(keyring, { metadata, body, instructionfile: "{}" }), "instructionFile"],
    [() => openObject(keyring, { metadata, body, instruction: "{}" }), "instructionFile"],
    [() => openObject(keyring, { metaData: metadata, body }), "metadata"],
    [() => openObject(keyring, { Metadata: metadata, body }), "metadata"],
    [() => openObject(keyring, { metadata, body, content_range: "bytes 0-1/2" }), "contentRange"],
    [() => inspect({ metadata, instruction_file: "{}" }), "instructionFile"],
    [() => uploadRequest({ size: 10, metaData: metadata }), "metadata"],
    [() => uploadRequest({ metadata, ContentLength: 10 }), "contentLength"],
    [() => postForm({}, { size: 10, meta: metadata }), "metadata"],
    [() => policy.sign({ ...signer, sessiontoken: "token" }), "sessionToken"],
    [() => policy.sign({ ...signer, token: "token" }), "sessionToken"],
    [
      () => uploadParts(sealed, { ...plan, concurrency: undefined, concurency: 1 }, requests),
      "concurrency",
    ],
  ];
  for (const [run, meant] of misspelt) {
    const { message: text } = await failure((async () => run())(), "ERR_INPUT");
    assert.ok(new RegExp(`did you mean [a-z]+\\.${meant}\\?`).test(text), `${meant}: ${text}`);
  }

  const response = { $metadata: {}, ETag: '"1"', ContentLength: 10, Metadata: {}, Body: {} };
  const opened = await openObject(keyring, { ...response, ContentType: "x", metadata, body });
  assert.equal((await readAll(opened.plaintext)).length, 10);
  assert.equal((await inspect({ ...response, metadata, body })).format, "object");
  const file = { size: 10, fileSize: 10, name: "x", type: "y", lastModified: 1 };
  assert.equal(uploadRequest(file).contentLength, 10);
  assert.equal(uploadRequest(message).contentLength, message.length);
  assert.equal(uploadRequest(sealed).contentLength, sealed.size);
  const credentials = { secretAccessKey: "secret", expiration: new Date(), accountId: "1" };
  assert.ok((await policy.sign({ ...credentials, ...signer })).policy);
  await uploadParts(sealed, { ...plan, uploadId: "id", url: "https://example.org" }, requests);
});

test("a part of an object is refused under the name that the AWS SDK has for it", async () => {
  const { keyring, object } = await surroundings();
  for (const part of [{ contentRange: "bytes 0-1/9" }, { ContentRange: "bytes 0-1/9" }]) {
    await failure(bongtu.openObject(keyring, { ...object, ...part }), "ERR_UNSUPPORTED");
  }
});

test("a name that would forge a message is shown, and a long one cut", async () => {
  const { keyring } = await fixture();
  const name = `\u001b[8m\u202e${"x".repeat(100_000)}`;
  const run = async () => bongtu.sealedSize(keyring, 1, { [name]: 1 });
  const { message } = await failure(run(), "ERR_INPUT");
  assert.ok(/^[ -~]{1,300}$/.test(message), message.slice(0, 300));
  assert.ok(message.includes("\\u{1b}[8m\\u{202e}xxx"), message);
});

test("WebAssembly refuses options that TypeScript spells in another way", async () => {
  const sign = () => "0".repeat(64);
  const signer = { accessKeyId: "AKID", region: "eu-west-1", sign };
  const signed = Object.entries(await bongtu.postPolicy(POST).sign(signer)).flat();
  const wasm = s3Wasm();
  const encryption = wasm.Encryption.bucketDefault();
  const size = ["size", "10"];
  const message = ["format", "message"];
  const put = ["operation", "PutObject"];
  const times = ["now", "0", "expires", "1000"];
  const headers = ["content-type", "application/octet-stream"];
  const calls = {
    bucketPolicy: (more) =>
      policyWasm().bucketPolicy(["bucket", "inbox", "tlsOnly", "true", ...more]),
    checkUploadHeaders: (more) =>
      wasm.checkUploadHeaders(encryption, headers, [], [...put, ...message, ...more]),
    keyPolicy: (more) =>
      policyWasm().keyPolicy(["account", "111122223333", "administrators", ADMIN, ...more], []),
    openerPolicy: (more) => policyWasm().openerPolicy(["keyArn", KEY_ARN, ...more], []),
    multipartPlan: (more) => wasm.multipartPlan([...size, ...message, ...more]),
    postForm: (more) => wasm.postForm(encryption, signed, [], more),
    postPolicy: (more) =>
      wasm.postPolicy(encryption, ["bucket", "inbox", "key", "k", ...times, ...message, ...more]),
    uploadRequest: (more) => wasm.uploadRequest(encryption, [], [...put, ...size, ...more]),
  };
  const without = ["imports", "finish", "explainPolicy", "encodeKey", "Encryption"];
  const known = [...functions(wasm, without), ...functions(policyWasm(), without)];
  assert.deepEqual(Object.keys(calls).sort(), known.sort());
  for (const [name, call] of Object.entries(calls)) {
    call([]);
    for (const more of [
      ["nobodyReads", "1"],
      ["createonly", "true"],
      ["", ""],
    ]) {
      const { message: text } = await failure((async () => call(more))(), "ERR_INPUT");
      assert.ok(text.includes("there is no such option"), `${name}: ${text}`);
    }
  }
  encryption.free();
});

function functions(bindings, without) {
  const names = Object.keys(bindings).filter((name) => typeof bindings[name] === "function");
  return names.filter((name) => !without.includes(name)).sort();
}
