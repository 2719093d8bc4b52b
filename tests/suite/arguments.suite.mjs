// Arguments that are not what they should be: each is refused before anything happens.

import {
  checksums,
  inspect,
  open,
  openObject,
  openStream,
  seal,
  sealBlob,
  sealedSize,
  sealObject,
  sealStream,
} from "bongtu";
import { assert, test } from "#harness";
import { bytes, failure, fixture, thrown } from "./support.mjs";

const NO_SOURCES = ["text", "", 7, null, undefined, true, [1, 2, 3], {}, () => {}, new Map()];

test("what is no source", async () => {
  const { keyring } = await fixture();
  for (const source of NO_SOURCES) {
    for (const run of [seal, open, (_, given) => inspect(given)]) {
      await failure(run(keyring, source), "ERR_INPUT");
    }
  }
  const { message } = await failure(seal(keyring, "text"), "ERR_INPUT");
  assert.ok(message.includes("TextEncoder"), message);
});

const FILE = new Blob(["x"]);
const form = new FormData();
form.set("file", FILE);

/** Things that people give instead of bytes, with their names and the advice for each. */
const NAMED = [
  [undefined, "undefined", "sources are"],
  [null, "null", "sources are"],
  [7, "a number", "sources are"],
  ["text", "a string", "TextEncoder"],
  [() => FILE.stream(), "a function", "call it"],
  [Promise.resolve(FILE), "a Promise", "await it"],
  [new Response("x"), "a Response", "response.body"],
  [new Request("http://localhost:9/", { method: "POST", body: "x" }), "a Request", "body"],
  [{ bodyUsed: false, body: FILE.stream(), json() {} }, "a Response", "response.body"],
  [form, "a FormData", "one file at a time"],
  [{ length: 1, item: () => FILE, 0: FILE }, "a list of files", "one file at a time"],
  [{ length: 0, item: () => null }, "a FileList", "one file at a time"],
  [[FILE, FILE], "a list of files", "one file at a time"],
  [{ files: [FILE] }, "what has files", "one file at a time"],
  [{ kind: "file", name: "x", getFile: async () => FILE }, "a file handle", "await getFile()"],
  [
    { kind: "directory", getFileHandle() {}, async *[Symbol.asyncIterator]() {} },
    "a folder",
    "one",
  ],
  [{ kind: "file", getAsFile: () => FILE }, "an item of a DataTransfer", "getAsFile()"],
  [{ createReadStream() {}, read() {} }, "a file handle", "createReadStream()"],
  [{ pipe() {}, on() {} }, "a stream that cannot be iterated", "wrap(stream)"],
  [FILE.stream().getReader(), "a ReadableStreamDefaultReader", "the stream itself"],
  [new TransformStream(), "a TransformStream", "readable"],
  [{ Body: FILE.stream(), Metadata: {} }, "an answer of the AWS SDK", "Body"],
  [[1, 2, 3], "an array of numbers", "Uint8Array.from(numbers)"],
  [[new Uint8Array(1)], "an array of pieces", "new Blob(pieces)"],
  [{ 0: 1, 1: 2 }, "bytes that went through JSON", "Object.values(json)"],
  [{ type: "Buffer", data: [1, 2] }, "bytes that went through JSON", "json.data"],
  [{ size: 1, type: "", slice() {} }, "a Blob without stream()", "FileReader"],
  [new Map(), "a Map", "sources are"],
  [{}, "an object", "sources are"],
];

test("what is no source is named, with what to give instead", async () => {
  const { keyring } = await fixture();
  const sealed = await sealBlob(keyring, bytes(10));
  const once = (value) => new ReadableStream({ start: (controller) => controller.enqueue(value) });
  for (const [value, name, advice] of [
    ...NAMED,
    [sealed, "something sealed", "stream()"],
    [sealed.slice(0, 5), "something sealed", "stream()"],
  ]) {
    const ways = [seal, open, sealBlob, sealObject, (_, given) => inspect(given)];
    if (name !== "something sealed") {
      ways.push((_, given) => checksums.of("CRC32", given));
    }
    if (typeof value !== "function") {
      const metadata = {};
      ways.push((_, body) => openObject(keyring, { metadata, body }));
    }
    ways.push((_, chunk) => seal(keyring, once(chunk)));
    for (const run of ways) {
      const { message } = await failure(run(keyring, value), "ERR_INPUT");
      assert.ok(message.includes(`must be bytes, not ${name}`), message);
      assert.ok(message.includes(advice), message);
    }
  }
  const { message } = await failure(seal(keyring, once(FILE)), "ERR_INPUT");
  assert.ok(message.includes("not a Blob; use its stream()"), message);
});

test("a buffer that was transferred away before", async () => {
  const { keyring } = await fixture();
  const buffer = new ArrayBuffer(10);
  const view = new Uint8Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  for (const gone of [buffer, view]) {
    await failure(seal(keyring, gone), "ERR_SOURCE");
    await failure(sealBlob(keyring, gone), "ERR_SOURCE");
    await failure(open(keyring, gone), "ERR_SOURCE");
    const writer = sealStream(keyring).writable.getWriter();
    writer.closed.catch(() => {});
    await failure(writer.write(gone), "ERR_SOURCE");
  }
});

test("what is no keyring", async () => {
  const { publicKey, kms } = await fixture();
  for (const keyring of [undefined, null, "arn", {}, { publicKey, kms }, publicKey, Object]) {
    await failure(seal(keyring, bytes(1)), "ERR_INPUT");
    await failure(open(keyring, bytes(1)), "ERR_INPUT");
    for (const run of [sealStream, openStream, (it) => sealedSize(it, 1)]) {
      thrown(() => run(keyring), "ERR_INPUT");
    }
  }
});

test("options of other types", async () => {
  const { keyring } = await fixture();
  const both = [
    null,
    "options",
    7,
    { signal: {} },
    { signal: null },
    { signal: "abort" },
    { onProgress: {} },
    { onProgress: null },
    { encryptionContext: null },
    { encryptionContext: "a=b" },
    { encryptionContext: ["a", "b"] },
    { encryptionContext: new Map([["a", "b"]]) },
    { encryptionContext: { a: 1 } },
    { encryptionContext: { a: undefined } },
    { encryptionContext: { a: "b", c: null } },
  ];
  const sealing = [
    { frameLength: "4096" },
    { frameLength: null },
    { frameLength: 4096n },
    { frameLength: 1.5 },
    { frameLength: Number.NaN },
    { frameLength: -1 },
  ];
  const opening = [
    { commitmentPolicy: 7 },
    { commitmentPolicy: null },
    { commitmentPolicy: "REQUIRE" },
    { limits: null },
    { limits: 16 },
    { limits: { maxEncryptedDataKeys: "16" } },
    { limits: { maxEncryptedDataKeys: -1 } },
    { limits: { maxHeaderLength: 1.5 } },
    { limits: { maxFrameLength: 2 ** 32 } },
    { limits: { maxFrameLength: null } },
    // Each of them would switch off a check.
    { encryptionContex: { a: "b" } },
    { commitmentpolicy: "REQUIRE_ENCRYPT_ALLOW_DECRYPT" },
    { limits: { maxEncryptedDataKey: 1 } },
  ];
  for (const options of [...both, ...sealing]) {
    await failure(seal(keyring, bytes(1), options), "ERR_INPUT");
    thrown(() => sealStream(keyring, options), "ERR_INPUT");
  }
  for (const options of [...both, ...opening]) {
    await failure(open(keyring, bytes(1), options), "ERR_INPUT");
    thrown(() => openStream(keyring, options), "ERR_INPUT");
  }
  for (const options of both.slice(0, 8)) {
    await failure(inspect(bytes(1), options), "ERR_INPUT");
  }
});

test("frame lengths out of range", async () => {
  const { keyring } = await fixture();
  for (const frameLength of [0, 64 * 1024 * 1024 + 1, 2 ** 32, 2 ** 40]) {
    await failure(seal(keyring, bytes(1), { frameLength }), "ERR_FRAME_LENGTH");
    thrown(() => sealStream(keyring, { frameLength }), "ERR_FRAME_LENGTH");
    thrown(() => sealedSize(keyring, 1, { frameLength }), "ERR_FRAME_LENGTH");
  }
  const frameLength = 64 * 1024 * 1024;
  assert.ok((await seal(keyring, bytes(1), { frameLength })).length > 0);
});

test("encryption contexts that cannot be written", async () => {
  const { keyring } = await fixture();
  for (const encryptionContext of [
    { "": "b" },
    { "aws-crypto-public-key": "b" },
    { a: "x".repeat(70_000) },
    { a: "\ud800" },
    { "\udc00": "b" },
    Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`${i}`, ""])),
  ]) {
    await failure(seal(keyring, bytes(1), { encryptionContext }), "ERR_CONTEXT");
    thrown(() => sealStream(keyring, { encryptionContext }), "ERR_CONTEXT");
    thrown(() => sealedSize(keyring, 1, { encryptionContext }), "ERR_CONTEXT");
  }
});

test("sizes", async () => {
  const { keyring } = await fixture();
  for (const length of [undefined, null, "7", 7n, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    thrown(() => sealedSize(keyring, length), "ERR_INPUT");
  }
  const header = sealedSize(keyring, 0) - 40;
  assert.equal(sealedSize(keyring, 1), header + 41);
  assert.equal(sealedSize(keyring, 2 ** 40), header + 2 ** 40 + 32 * (2 ** 22 - 1) + 40);
  thrown(() => sealedSize(keyring, 2 ** 40, { frameLength: 1 }), "ERR_TOO_LARGE");
});

test("a Blob larger than an array can be", async () => {
  const { keyring } = await fixture();
  class Huge extends Blob {
    get size() {
      return 2 ** 50;
    }
  }
  await failure(seal(keyring, new Huge()), "ERR_TOO_LARGE");
});
