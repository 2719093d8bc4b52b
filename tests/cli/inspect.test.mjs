// `bongtu inspect`: what a message says about itself, whole or in part.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { HEADER_FIELDS } from "../support/header-fields.mjs";
import { readVectors } from "../support/vectors.mjs";
import { ARN, bongtu, keyFiles, sample, scratch } from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const FRAME_LENGTH = 1000;

let sealed;
before(async () => {
  const args = ["-k", key.pub, "--key-arn", ARN, "--frame-length", `${FRAME_LENGTH}`];
  const context = ["-c", "b=2", "-c", "a=1"];
  const result = await bongtu(["seal", ...args, ...context], { stdin: sample(2500) });
  sealed = result.stdout;
});

async function describeJson(bytes) {
  const { status, stdout, stderr } = await bongtu(["inspect", "--json", "-"], { stdin: bytes });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  return JSON.parse(stdout);
}

test("--json holds everything", async () => {
  const { fields, ...description } = await describeJson(sealed);
  assert.deepEqual(description, {
    format: "message",
    version: 2,
    suite: { id: "0x0478", name: description.suite.name, committing: true, signed: false },
    messageId: sealed.subarray(3, 35).toString("hex"),
    encryptionContext: { a: "1", b: "2" },
    encryptedDataKeys: [{ providerId: "aws-kms-rsa", providerInfo: ARN, ciphertextLength: 256 }],
    contentType: "framed",
    frameLength: FRAME_LENGTH,
    headerLength: 454,
    body: {
      frames: 3,
      plaintextLength: 2500,
      length: sealed.length - 454,
      complete: true,
      finalFrameStart: 454 + 2 * (FRAME_LENGTH + 32),
    },
  });
  assert.deepEqual(
    fields.map(({ name }) => name),
    HEADER_FIELDS,
  );
  let position = 0;
  for (const { start, length } of fields) {
    assert.equal(start, position);
    position += length;
  }
  assert.equal(position, 454);
});

describe("a prefix", () => {
  for (const [what, length, frames, plaintextLength] of [
    ["of the header alone", 454, 0, 0],
    ["of one frame", 454 + 1032, 1, 1000],
  ]) {
    test(what, async () => {
      const { body, encryptionContext } = await describeJson(sealed.subarray(0, length));
      assert.deepEqual(encryptionContext, { a: "1", b: "2" });
      assert.deepEqual(
        { frames: body.frames, plaintextLength: body.plaintextLength, complete: body.complete },
        { frames, plaintextLength, complete: false },
      );
      assert.equal(body.finalFrameStart, undefined);
    });
  }

  test("is called incomplete", async () => {
    const { status, stdout } = await bongtu(["inspect", "-"], { stdin: sealed.subarray(0, 2000) });
    assert.equal(status, 0);
    assert.match(`${stdout}`, /^complete +NO: the end is missing$/m);
  });

  test("without a whole header is refused", async () => {
    const { status, stderr } = await bongtu(["inspect", "-"], { stdin: sealed.subarray(0, 453) });
    assert.equal(status, 1);
    assert.match(stderr, /^bongtu: ERR_TRUNCATED: /);
  });
});

test("the readable form", async () => {
  const file = directory.write("message", sealed);
  const { status, stdout } = await bongtu(["inspect", file]);
  assert.equal(status, 0);
  const text = `${stdout}`;
  assert.match(text, /^AWS Encryption SDK message, version 2$/m);
  assert.match(text, /^suite +0x0478 .*\(commits to its key, not signed\)$/m);
  assert.match(text, /^header +454 bytes$/m);
  assert.match(text, /^content +3 frames of up to 1,000 bytes$/m);
  assert.match(text, /^body +2,604 bytes for 2,500 bytes of plaintext$/m);
  assert.match(text, /^complete +yes$/m);
  assert.ok(text.includes(`\n  aws-kms-rsa  ${ARN} (256 bytes)\n`));
  assert.match(
    text,
    /\nencryption context \(unverified: nobody has checked this yet\)\n {2}a = 1\n {2}b = 2\n$/,
  );
});

test("an empty context", async () => {
  const { stdout } = await bongtu(["seal", "-k", key.pub, "--key-arn", ARN], { stdin: "" });
  const shown = await bongtu(["inspect", "-"], { stdin: stdout });
  assert.match(`${shown.stdout}`, /checked this yet\)\n {2}empty\n$/);
});

describe("official messages of another keyring", () => {
  const { messages } = readVectors();
  for (const [name, id, signed] of [
    ["raw-rsa-python-unsigned", "0x0478", false],
    ["raw-rsa-python-signed", "0x0578", true],
  ]) {
    test(name, async () => {
      const message = Buffer.from(messages[name].message, "base64");
      const { suite, encryptedDataKeys, body } = await describeJson(message);
      assert.equal(suite.id, id);
      assert.equal(suite.signed, signed);
      assert.equal(encryptedDataKeys[0].providerId, "bongtu");
      assert.equal(body.complete, true);
      const file = directory.write(name, message);
      assert.match(`${(await bongtu(["inspect", file])).stdout}`, /^ {2}bongtu {2}key-1 /m);
    });
  }
});

for (const [what, code, bytes] of [
  ["nothing", "ERR_TRUNCATED", ""],
  ["something else", "ERR_NOT_SEALED", "PK\x03\x04 and so on"],
  ["what went through text", "ERR_MALFORMED", () => Buffer.from(sealed.toString("utf8"))],
  ["base64", "ERR_BASE64", () => sealed.toString("base64")],
  ["trailing data", "ERR_TRAILING_DATA", () => Buffer.concat([sealed, sealed])],
]) {
  test(`${what} is refused`, async () => {
    const stdin = typeof bytes === "function" ? bytes() : bytes;
    const { status, stdout, stderr } = await bongtu(["inspect", "-"], { stdin });
    assert.match(stderr, new RegExp(`^bongtu: ${code}: `));
    assert.equal(status, 1);
    assert.equal(stdout.length, 0);
  });
}

test("a header full of keys with long names is shown in so many characters", async () => {
  const prefixed = (bytes) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const edk = (name) => Buffer.concat([prefixed(Buffer.from(name)), Buffer.alloc(4)]);
  const edks = [edk("n".repeat(60_000)), ...Array.from({ length: 6000 }, () => edk("key"))];
  const count = Buffer.alloc(2);
  count.writeUInt16BE(edks.length);
  const start = sealed.subarray(0, 35); // version, suite, message id
  const end = sealed.subarray(454 - 53, 454); // content type, frame length, commitment, tag
  const header = Buffer.concat([start, Buffer.alloc(2), count, ...edks, end]);
  assert.ok(header.length > 100_000 && header.length < 128 * 1024);
  const file = directory.write("full", header);
  for (const [args, perByte] of [
    [[], 5],
    [["--json"], 30],
  ]) {
    const { status, stdout, stderr } = await bongtu(["inspect", ...args, file]);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    assert.ok(stdout.length < perByte * header.length, `${stdout.length} characters`);
  }
  const { stdout } = await bongtu(["inspect", file]);
  assert.match(`${stdout}`, /^ {2}n{60000} {2} {1}?\(0 bytes\)$/m);
  assert.match(`${stdout}`, /^ {2}key {37} {2} \(0 bytes\)$/m);
});

test("the body of an S3 object is told where it goes", async () => {
  const stdin = Buffer.from(sample(1000));
  stdin[0] = 0x9d;
  const { stderr } = await bongtu(["inspect", "-"], { stdin });
  assert.match(stderr, /^bongtu: ERR_NOT_SEALED: .* S3 .*\n {2}hint: .*object open --metadata/);
});

test("a file that is not there", async () => {
  const { status, stderr } = await bongtu(["inspect", directory.path("vanished")]);
  assert.equal(status, 1);
  assert.match(stderr, /^bongtu: ERR_FILE: cannot read '.*vanished'\n {2}cause: no such file/);
});
