// Arguments that are not what they should be: each is refused before anything happens.

import { inspect, open, openStream, seal, sealBlob, sealedSize, sealStream } from "bongtu";
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
