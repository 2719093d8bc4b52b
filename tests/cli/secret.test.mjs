// `bongtu secret`: one line of text in both forms, from and to files and pipes.
import assert from "node:assert/strict";
import { constants, privateDecrypt, publicEncrypt } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { describe, test } from "node:test";
import { ARN, bongtu, boxes, keyFiles, sample, scratch } from "./support.mjs";

const directory = scratch();
const box = boxes(directory);
const key = keyFiles(directory, "key");
const NAMED = ["-k", key.pub, "--key-arn", ARN];
const OPENING = ["--private-key", key.pem];
const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
const SECRET = "pässwörd with a newline\n";

async function succeeds(args, options) {
  const { status, stdout, stderr } = await bongtu(["secret", ...args], options);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  return stdout;
}

async function refused(args, code, options) {
  const { status, stdout, stderr } = await bongtu(["secret", ...args], options);
  assert.match(stderr, new RegExp(`^bongtu: ${code}: [^\\n]+\\n`));
  assert.deepEqual([status, stdout.length], [1, 0]);
  return stderr;
}

test("a form can be demanded when a secret is opened", async () => {
  for (const [form, other] of [
    ["armoured", "direct"],
    ["direct", "armoured"],
  ]) {
    const stdin = await succeeds(["seal", ...NAMED, "--form", form], { stdin: SECRET });
    const opened = await succeeds(["open", ...OPENING, "--form", form], { stdin });
    assert.equal(opened.toString(), SECRET);
    await refused(["open", ...OPENING, "--form", other], "ERR_MALFORMED", { stdin });
  }
  const { status, stderr } = await bongtu(["secret", "open", ...OPENING, "--form", "armored"]);
  assert.deepEqual([status, /ERR_USAGE: --form takes armoured or direct/.test(stderr)], [2, true]);
});

for (const [form, sealing] of [
  ["armoured", NAMED],
  ["direct", NAMED],
  // A direct secret names no key.
  ["direct", ["-k", key.pub]],
]) {
  describe(`${form}, ${sealing.length / 2 - 1 ? "with" : "without"} an ARN`, () => {
    test("from standard input to standard output", async () => {
      for (const algorithm of ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"]) {
        const args = ["seal", ...sealing, "--form", form, "-a", algorithm];
        const value = await succeeds(args, { stdin: SECRET });
        assert.match(value.toString(), /^[A-Za-z0-9+/]+=*$/);
        const opening = ["open", ...OPENING, "-a", algorithm];
        const secret = await succeeds(opening, { stdin: value });
        assert.equal(secret.toString(), SECRET);
        const stdin = `\n${value}\r\n`;
        assert.equal((await succeeds([...opening, "-"], { stdin })).toString(), SECRET);
      }
      const value = await succeeds(["seal", ...sealing, "--form", form], { stdin: SECRET });
      const other = ["open", ...OPENING, "-a", "RSAES_OAEP_SHA_1"];
      const stderr = await refused(other, "ERR_UNWRAP", { stdin: value });
      assert.match(stderr, /hint: key and -a ALGORITHM/);
    });

    test("from file to file", async () => {
      const output = box();
      const file = directory.write("secret", SECRET);
      const [value, secret] = [output.path("value"), output.path("secret")];
      await succeeds(["seal", ...sealing, "--form", form, "-o", value, file]);
      await succeeds(["open", ...OPENING, "-o", secret, value]);
      assert.equal(readFileSync(secret, "utf8"), SECRET);
      for (const path of [value, secret]) {
        assert.equal(statSync(path).mode & 0o777, 0o600);
      }
    });

    test("a newline at the end is left out if asked, and only one", async () => {
      for (const [given, expected] of [
        ["a\n", "a"],
        ["a\r\n", "a"],
        ["a\n\n", "a\n"],
        ["a\r", "a\r"],
        ["a", "a"],
      ]) {
        const args = ["seal", ...sealing, "--form", form, "--trim-newline"];
        const value = await succeeds(args, { stdin: given });
        assert.equal(`${await succeeds(["open", ...OPENING], { stdin: value })}`, expected);
      }
    });

    test("what does not fit leaves nothing behind", async () => {
      const output = box(["value"]);
      const args = ["seal", ...sealing, "--form", form, "--target", "lambda"];
      const stderr = await refused([...args, "-o", output.path("value")], "ERR_LIMIT", {
        stdin: sample(3000),
      });
      assert.match(stderr, form === "direct" ? /3000, at most 190/ : /for lambda: .* at most 4087/);
      output.unchanged();
    });
  });
}

test("a direct secret is a bare RSA-OAEP block, whoever writes and reads it", async () => {
  const value = await succeeds(["seal", "-k", key.pub, "--form", "direct"], { stdin: SECRET });
  const block = Buffer.from(value.toString(), "base64");
  const opened = privateDecrypt({ key: key.privateKey, ...OAEP }, block);
  assert.equal(opened.toString(), SECRET);
  const foreign = publicEncrypt({ key: key.publicKey, ...OAEP }, Buffer.from(SECRET));
  const stdin = `${foreign.toString("base64")}\n`;
  assert.equal((await succeeds(["open", ...OPENING], { stdin })).toString(), SECRET);
});

test("an armoured secret is a message in base64", async () => {
  const value = await succeeds(["seal", ...NAMED, "-c", "name=db"], { stdin: SECRET });
  const message = directory.write("message", Buffer.from(value.toString(), "base64"));
  const { stdout } = await bongtu(["open", ...OPENING, "-c", "name=db", message]);
  assert.equal(stdout.toString(), SECRET);
  const right = ["open", ...OPENING, "-c", "name=db"];
  assert.equal((await succeeds(right, { stdin: value })).toString(), SECRET);
  const wrong = ["open", ...OPENING, "-c", "name=mail"];
  const stderr = await refused(wrong, "ERR_CONTEXT_MISMATCH", { stdin: value });
  assert.match(stderr, /hint: .*`base64 -d \| bongtu inspect -`/);
  const direct = await succeeds(["seal", ...NAMED, "--form", "direct"], { stdin: SECRET });
  await refused(right, "ERR_CONTEXT_MISMATCH", { stdin: direct });
});

test("the longest secret comes back, and a longer one is none", async () => {
  const longest = sample(64 * 1024);
  const value = await succeeds(["seal", ...NAMED], { stdin: longest });
  assert.deepEqual(await succeeds(["open", ...OPENING], { stdin: value }), longest);
  const longer = { stdin: Buffer.concat([longest, longest]) };
  assert.match(await refused(["seal", ...NAMED], "ERR_FILE", longer), /longer than 64 KiB/);
  await refused(["open", ...OPENING], "ERR_FILE", { stdin: Buffer.alloc(300_000, "A") });
});

test("what is no sealed secret", async () => {
  for (const [stdin, code] of [
    ["", "ERR_NOT_SEALED"],
    ["hunter2\n", "ERR_NOT_SEALED"],
    ["AgR4\nAgR4", "ERR_TRUNCATED"],
    ["AgR4 AgR4", "ERR_MALFORMED"],
    [Buffer.from([0xff, 0xfe, 0x41]), "ERR_NOT_SEALED"],
    [Buffer.from([1, 2, 2, 0, 0x78, ...sample(150)]).toString("base64"), "ERR_UNSUPPORTED"],
  ]) {
    const output = box(["secret"]);
    await refused(["open", ...OPENING, "-o", output.path("secret")], code, { stdin });
    output.unchanged();
  }
  await refused(["seal", ...NAMED, "--form", "direct"], "ERR_INPUT", { stdin: "" });
  const pin = ["--spki-sha256", "0".repeat(64)];
  for (const form of ["armoured", "direct"]) {
    await refused(["seal", ...NAMED, ...pin, "--form", form], "ERR_KEY_PIN", { stdin: "x" });
  }
});
