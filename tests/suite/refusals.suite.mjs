// Messages that were changed, cut, or are not for who opens them.

import { inspect, Keyring, open, openStream, seal } from "bongtu";
import { assert, test } from "#harness";
import { createKms, KEY_ARN } from "../harness/kms.mjs";
import {
  assertBytes,
  bytes,
  failure,
  fixture,
  joined,
  streamOf,
  testWithEach,
  through,
} from "./support.mjs";

const FRAME_LENGTH = 16;
const OVERHEAD = 32;

/** The codes with which changed bytes may be refused. None of them tells where they were changed. */
const REFUSALS = new Set([
  "ERR_AUTHENTICATION",
  "ERR_BASE64",
  "ERR_NOT_SEALED",
  "ERR_COMMITMENT",
  "ERR_LIMIT",
  "ERR_MALFORMED",
  "ERR_NO_MATCHING_KEY",
  "ERR_TRAILING_DATA",
  "ERR_TRUNCATED",
  "ERR_UNSUPPORTED",
  "ERR_UNWRAP",
]);

/** A message of two regular frames and a final one, and its parts. */
async function message() {
  const { keyring } = await fixture();
  const sealed = await seal(keyring, bytes(2 * FRAME_LENGTH + 5), {
    frameLength: FRAME_LENGTH,
    encryptionContext: { a: "b" },
  });
  const { headerLength, fields } = await inspect(sealed);
  const stride = FRAME_LENGTH + OVERHEAD;
  const at = (frame) => headerLength + frame * stride;
  return {
    keyring,
    sealed,
    headerLength,
    header: sealed.subarray(0, headerLength),
    first: sealed.subarray(at(0), at(1)),
    second: sealed.subarray(at(1), at(2)),
    final: sealed.subarray(at(2)),
    field: (name) => fields.find((field) => field.name === name),
  };
}

testWithEach("truncated at every byte", async () => {
  const { keyring, sealed } = await message();
  for (let length = 0; length < sealed.length; length++) {
    await failure(open(keyring, sealed.subarray(0, length)), "ERR_TRUNCATED");
  }
});

testWithEach("truncated streams", async () => {
  const { keyring, sealed, headerLength } = await message();
  for (const length of [
    0,
    1,
    headerLength - 1,
    headerLength,
    headerLength + 48,
    sealed.length - 1,
  ]) {
    const cut = sealed.subarray(0, length);
    await failure(open(keyring, streamOf(cut, 7)), "ERR_TRUNCATED");
    await failure(through(openStream(keyring), cut, 1), "ERR_TRUNCATED");
  }
});

testWithEach("every byte changed", async () => {
  const { keyring, sealed } = await message();
  for (let i = 0; i < sealed.length; i++) {
    await assertRefused(keyring, flipped(sealed, 8 * i + (i % 8)), `bit ${i % 8} of byte ${i}`);
  }
});

test("every bit flipped", async () => {
  const { keyring, sealed } = await message();
  for (let bit = 0; bit < 8 * sealed.length; bit++) {
    await assertRefused(keyring, flipped(sealed, bit), `bit ${bit % 8} of byte ${bit >> 3}`);
  }
});

test("bits flipped say no more than their place does", async () => {
  const { keyring, sealed, headerLength, field } = await message();
  const codeAt = async (offset) => {
    const [outcome] = await Promise.allSettled([open(keyring, flipped(sealed, 8 * offset))]);
    return outcome.reason.code;
  };
  const { start, length } = field("edk[0].ciphertext");
  assert.equal(await codeAt(start + length - 1), "ERR_UNWRAP");
  assert.equal(await codeAt(field("messageId").start), "ERR_COMMITMENT");
  assert.equal(await codeAt(field("commitment").start), "ERR_COMMITMENT");
  assert.equal(await codeAt(field("frameLength").start + 2), "ERR_AUTHENTICATION");
  assert.equal(await codeAt(field("headerTag").start), "ERR_AUTHENTICATION");
  // The context is bound to the data key.
  assert.equal(await codeAt(field("context").start + 7), "ERR_UNWRAP");
  assert.equal(await codeAt(headerLength + 5), "ERR_AUTHENTICATION");
  assert.equal(await codeAt(headerLength + 20), "ERR_AUTHENTICATION");
});

testWithEach("frames swapped, repeated, dropped, and what follows the end", async () => {
  const { keyring, sealed, header, first, second, final } = await message();
  const plaintext = bytes(2 * FRAME_LENGTH + 5);
  assertBytes((await open(keyring, joined([header, first, second, final]))).plaintext, plaintext);
  const cases = [
    ["swapped", [header, second, first, final], "ERR_MALFORMED"],
    ["repeated", [header, first, first, second, final], "ERR_MALFORMED"],
    ["first dropped", [header, second, final], "ERR_MALFORMED"],
    ["second dropped", [header, first, final], "ERR_MALFORMED"],
    ["only the final one", [header, final], "ERR_MALFORMED"],
    ["no final one", [header, first, second], "ERR_TRUNCATED"],
    ["no frame", [header], "ERR_TRUNCATED"],
    ["final one twice", [sealed, final], "ERR_TRAILING_DATA"],
    ["a byte more", [sealed, new Uint8Array(1)], "ERR_TRAILING_DATA"],
    ["zeros after it", [sealed, new Uint8Array(1_000_000)], "ERR_TRAILING_DATA"],
    ["a frame after it", [sealed, first], "ERR_TRAILING_DATA"],
    ["another message after it", [sealed, sealed], "ERR_TRAILING_DATA"],
  ];
  for (const [what, parts, code] of cases) {
    const changed = joined(parts);
    const error = await failure(open(keyring, changed), code);
    assert.ok(!error.message.includes("undefined"), what);
    await failure(through(openStream(keyring), changed, 50), code);
  }
});

// The final frame then ends behind the block that its beginning is planned with.
testWithEach("what follows a message whose last frame is full", async () => {
  const { keyring } = await message();
  const sealed = await seal(keyring, bytes(2 * 256 * 1024));
  for (const length of [1, 8, 9, 100, 1_000_000]) {
    const longer = joined([sealed, new Uint8Array(length).fill(0xff)]);
    await failure(open(keyring, longer), "ERR_TRAILING_DATA");
    await failure(through(openStream(keyring), longer, 100_000), "ERR_TRAILING_DATA");
    await failure(inspect(longer), "ERR_TRAILING_DATA");
  }
});

testWithEach("frames of another message", async () => {
  const one = await message();
  const other = await message();
  const mixed = joined([one.header, one.first, other.second, one.final]);
  await failure(open(one.keyring, mixed), "ERR_AUTHENTICATION");
});

testWithEach("a regular frame made the final one, and the other way round", async () => {
  const { keyring, header, first, second } = await message();
  const length = new Uint8Array([0, 0, 0, FRAME_LENGTH]);
  const marker = new Uint8Array(4).fill(0xff);
  const forged = [marker, second.subarray(0, 16), length, second.subarray(16)];
  await failure(open(keyring, joined([header, first, ...forged])), "ERR_AUTHENTICATION");
});

test("another key", async () => {
  const { sealed } = await message();
  const other = await createKms();
  const keyring = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: other.kms });
  await failure(open(keyring, sealed), "ERR_UNWRAP");
});

test("another algorithm", async () => {
  const { kms } = await fixture();
  const { sealed } = await message();
  const keyring = Keyring.kmsRsa({ keyArn: KEY_ARN, algorithm: "RSAES_OAEP_SHA_1", kms });
  await failure(open(keyring, sealed), "ERR_UNWRAP");
});

test("another ARN", async () => {
  const { kms, asked } = await fixture();
  const { sealed } = await message();
  const count = asked.length;
  for (const keyArn of [
    KEY_ARN.replace("eu-central-1", "eu-central-2"),
    KEY_ARN.replace("0f1e2d3c", "0f1e2d3d"),
    KEY_ARN.replace("111122223333", "111122223334"),
  ]) {
    await failure(open(Keyring.kmsRsa({ keyArn, kms }), sealed), "ERR_NO_MATCHING_KEY");
  }
  assert.equal(asked.length, count, "KMS was asked about a key that is not the keyring's");
});

test("replicas of one multi-Region key are one key", async () => {
  const { publicKey, kms, asked } = await fixture();
  const here = "arn:aws:kms:eu-west-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef";
  const there = here.replace("eu-west-1", "us-east-1");
  const sealed = await seal(Keyring.kmsRsa({ publicKey, keyArn: here }), bytes(5));
  const opened = await open(Keyring.kmsRsa({ keyArn: there, kms }), sealed);
  assertBytes(opened.plaintext, bytes(5));
  assert.equal(asked.at(-1).KeyId, there);
});

test("another encryption context", async () => {
  const { keyring } = await fixture();
  const { sealed } = await message();
  for (const encryptionContext of [{ a: "c" }, { b: "b" }, { a: "b", c: "d" }, { A: "b" }]) {
    await failure(open(keyring, sealed, { encryptionContext }), "ERR_CONTEXT_MISMATCH");
    const { header, readable, writable } = openStream(keyring, { encryptionContext });
    await Promise.all([
      failure(header, "ERR_CONTEXT_MISMATCH"),
      failure(through({ readable, writable }, sealed), "ERR_CONTEXT_MISMATCH"),
    ]);
  }
});

test("too many encrypted data keys, a header too long, frames too long", async () => {
  const { keyring, asked } = await fixture();
  const { sealed, header, field } = await message();
  const count = asked.length;
  const forged = (name, ...value) => {
    const copy = sealed.slice();
    copy.set(value, field(name).start);
    return copy;
  };
  await failure(open(keyring, forged("edkCount", 0, 17)), "ERR_LIMIT");
  await failure(open(keyring, forged("edkCount", 0xff, 0xff)), "ERR_LIMIT");
  await failure(open(keyring, forged("edkCount", 0, 0)), "ERR_MALFORMED");
  await failure(open(keyring, forged("frameLength", 0xff, 0xff, 0xff, 0xff)), "ERR_LIMIT");
  await failure(open(keyring, forged("frameLength", 4, 0, 0, 1)), "ERR_LIMIT");
  await failure(open(keyring, forged("frameLength", 0, 0, 0, 0)), "ERR_MALFORMED");
  // Lengths that promise more than there is.
  await failure(open(keyring, forged("contextLength", 0xff, 0xff)), "ERR_TRUNCATED");
  await failure(open(keyring, forged("edk[0].ciphertext", 0xff, 0xff)), "ERR_TRUNCATED");
  assert.equal(asked.length, count, "KMS was asked about a refused header");

  const limits = { maxEncryptedDataKeys: 1, maxHeaderLength: header.length, maxFrameLength: 16 };
  assert.equal((await open(keyring, sealed, { limits })).suite, "0x0478");
  for (const name of Object.keys(limits)) {
    const tight = { ...limits, [name]: limits[name] - 1 };
    await failure(open(keyring, sealed, { limits: tight }), "ERR_LIMIT");
  }
});

test("a header that never ends", async () => {
  const { keyring } = await fixture();
  const { sealed, field } = await message();
  const start = sealed.slice(0, field("edk[0].providerId").start);
  start.set([0, 16], field("edkCount").start);
  let given = 0;
  async function* endless() {
    yield start;
    for (;;) {
      given += 65_536;
      yield new Uint8Array(65_536).fill(0xff);
    }
  }
  await failure(open(keyring, endless()), "ERR_LIMIT");
  assert.ok(given <= 1024 * 1024, `${given} bytes were read`);
});

test("base64 text instead of bytes", async () => {
  const { keyring } = await fixture();
  const { sealed } = await message();
  const text = btoa(String.fromCharCode(...sealed));
  const utf8 = new TextEncoder().encode(text);
  for (const source of [utf8, new Blob([text]), streamOf(utf8, 1)]) {
    await failure(open(keyring, source), "ERR_BASE64");
  }
  await failure(inspect(utf8), "ERR_BASE64");
});

test("what is no message at all", async () => {
  const { keyring } = await fixture();
  for (const text of ["hello world", "{}", "-----BEGIN PGP MESSAGE-----", "\0\0\0\0"]) {
    await failure(open(keyring, new TextEncoder().encode(text)), "ERR_NOT_SEALED");
  }
  await failure(open(keyring, new Uint8Array(0)), "ERR_TRUNCATED");
  // It is as long as an encrypted object of S3's client, and as meaningless.
  const body = unlikeMessage(500);
  for (const refused of [open(keyring, body), inspect(body)]) {
    const { message } = await failure(refused, "ERR_NOT_SEALED");
    assert.ok(message.includes("together with its metadata"), message);
  }
});

/** Random bytes that do not begin as a message does. */
function unlikeMessage(length) {
  const random = crypto.getRandomValues(new Uint8Array(length));
  random[0] = 0x9d;
  return random;
}

// Each of these happens to who reads a message as text, and is what is left of it.
const THROUGH_TEXT = {
  "response.text()": async (bytes) => utf8(await new Response(bytes).text()),
  "TextDecoder of Latin-1": (bytes) => utf8(new TextDecoder("latin1").decode(bytes)),
  "a binary string": (bytes) => utf8(String.fromCharCode(...bytes)),
  "ASCII with question marks": (bytes) => bytes.map((byte) => (byte < 0x80 ? byte : 0x3f)),
  "PowerShell's >": (bytes) => utf16(`\ufeff${new TextDecoder("latin1").decode(bytes)}`),
};
const OTHER_FORMS = {
  "base64 in quotes": ["ERR_BASE64", (bytes) => utf8(JSON.stringify(base64(bytes)))],
  "base64 with a byte order mark": ["ERR_BASE64", (bytes) => utf8(`\ufeff${base64(bytes)}`)],
  "base64 in UTF-16": ["ERR_BASE64", (bytes) => utf16(`\ufeff${base64(bytes)}`)],
  "a data URL": ["ERR_BASE64", (bytes) => utf8(`data:;base64,${base64(bytes)}`)],
  base64url: [
    "ERR_BASE64",
    (bytes) => utf8(base64(bytes).replace(/[+]/g, "-").replace(/[/]/g, "_")),
  ],
  hexadecimal: ["ERR_MALFORMED", (bytes) => utf8(Array.from(bytes, hex).join(""))],
  "String(bytes)": ["ERR_MALFORMED", (bytes) => utf8(String(bytes))],
  "JSON of a typed array": ["ERR_MALFORMED", (bytes) => utf8(JSON.stringify(bytes))],
  "JSON of an array": ["ERR_MALFORMED", (bytes) => utf8(JSON.stringify([...bytes]))],
};
const utf8 = (text) => new TextEncoder().encode(text);
const utf16 = (text) => new Uint8Array(Uint16Array.from(text, (it) => it.charCodeAt(0)).buffer);
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const hex = (byte) => byte.toString(16).padStart(2, "0");

test("a message in another form is called so, and one that went through text", async () => {
  const { keyring } = await fixture();
  const { sealed } = await message();
  const through = Object.entries(THROUGH_TEXT).map(([what, form]) => [what, "ERR_MALFORMED", form]);
  const others = Object.entries(OTHER_FORMS).map(([what, [code, form]]) => [what, code, form]);
  for (const [what, code, form] of [...through, ...others]) {
    const bytes = await form(sealed);
    for (const source of [bytes, streamOf(bytes, 1), streamOf(bytes, 1000)]) {
      const { message } = await failure(open(keyring, source), code);
      const words = what in THROUGH_TEXT ? "went through text" : "decode it first";
      assert.ok(message.includes(words), `${what}: ${message}`);
    }
    await failure(inspect(bytes), code);
  }
});

test("the commitment policy", async () => {
  const { keyring } = await fixture();
  const { sealed, field } = await message();
  for (const commitmentPolicy of [
    "REQUIRE_ENCRYPT_REQUIRE_DECRYPT",
    "REQUIRE_ENCRYPT_ALLOW_DECRYPT",
    "FORBID_ENCRYPT_ALLOW_DECRYPT",
  ]) {
    assert.equal((await open(keyring, sealed, { commitmentPolicy })).suite, "0x0478");
  }
  await failure(open(keyring, sealed, { commitmentPolicy: "whatever" }), "ERR_INPUT");
  const signing = sealed.slice();
  signing.set([0x05, 0x78], field("suite").start);
  await failure(open(keyring, signing), "ERR_UNSUPPORTED");
  const unknown = sealed.slice();
  unknown.set([0x04, 0x79], field("suite").start);
  await failure(open(keyring, unknown), "ERR_MALFORMED");
});

test("a version 1 message, which does not commit to its key", async () => {
  const { keyring, asked } = await fixture();
  const { headerLength, sealed, field } = await message();
  const count = asked.length;
  const edks = sealed.subarray(field("edkCount").start, field("contentType").start);
  const versionOne = joined([
    new Uint8Array([1, 0x80, 0x01, 0x78]),
    new Uint8Array(16),
    new Uint8Array(2),
    edks,
    new Uint8Array([2, 0, 0, 0, 0, 12, 0, 0, 16, 0]),
    new Uint8Array(12 + 16),
    sealed.subarray(headerLength),
  ]);
  await failure(open(keyring, versionOne), "ERR_COMMITMENT_POLICY");
  assert.equal(asked.length, count);
  const commitmentPolicy = "REQUIRE_ENCRYPT_ALLOW_DECRYPT";
  await failure(open(keyring, versionOne, { commitmentPolicy }), "ERR_UNWRAP");
});

function flipped(sealed, bit) {
  const copy = sealed.slice();
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
}

async function assertRefused(keyring, changed, what) {
  const [outcome] = await Promise.allSettled([open(keyring, changed)]);
  assert.equal(outcome.status, "rejected", `${what}: opened`);
  const { name, code, message } = outcome.reason;
  assert.ok(name === "BongtuError" && REFUSALS.has(code), `${what}: ${name} ${code} ${message}`);
}
