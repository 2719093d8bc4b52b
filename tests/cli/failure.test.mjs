// A failed run says why in one line, leaves nothing behind and keeps what was there.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
} from "node:fs";
import { before, describe, test } from "node:test";
import { readVectors } from "../support/vectors.mjs";
import {
  ARN,
  BONGTU,
  bongtu,
  keyFiles,
  sample,
  scratch,
  start,
  temporaryFiles,
  UNTIL_CHANGED,
  untilTemporaryFiles,
} from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const other = keyFiles(directory, "other");
const SEAL = ["seal", "-k", key.pub, "--key-arn", ARN];
const OPEN = ["open", "--private-key", key.pem];
const FRAME_LENGTH = 1000;
const HEADER_LENGTH = 440 + 25; // with one pair of context

/** Runs the command with `-o` to a new file and to one that exists: neither may change the directory. */
async function failLeavingNothing(args, options) {
  const box = `box-${failLeavingNothing.count++}`;
  mkdirSync(directory.path(box));
  const kept = directory.write(`${box}/kept`, "as it was");
  const results = [];
  for (const out of [directory.path(box, "new"), kept]) {
    results.push(await bongtu([...args, "-o", out], options));
    assert.deepEqual(readdirSync(directory.path(box)), ["kept"]);
    assert.equal(readFileSync(kept, "utf8"), "as it was");
  }
  const [result] = results;
  assert.equal(results[1].stderr, result.stderr);
  assert.equal(result.stdout.length, 0);
  return result;
}
failLeavingNothing.count = 0;

async function refuse(code, args, options) {
  const { status, stderr } = await failLeavingNothing(args, options);
  assert.match(stderr, new RegExp(`^bongtu: ${code}: [^\\n]+\\n`));
  assert.doesNotMatch(stderr, /\n {4}at /, "no stack");
  assert.equal(status, 1);
  return stderr;
}

describe("a message that is not whole", () => {
  let sealed;
  before(async () => {
    const args = [...SEAL, "-c", "purpose=failure test", "--frame-length", `${FRAME_LENGTH}`];
    const result = await bongtu(args, { stdin: sample(3 * FRAME_LENGTH) });
    sealed = result.stdout;
  });

  const frame = FRAME_LENGTH + 32;
  for (const [what, length] of [
    ["nothing", 0],
    ["one byte", 1],
    ["half a header", 200],
    ["a header", HEADER_LENGTH],
    ["half a frame", HEADER_LENGTH + 500],
    ["whole frames but the final one", HEADER_LENGTH + 2 * frame],
    ["all but a byte", HEADER_LENGTH + 3 * frame + 7],
  ]) {
    test(`truncated to ${what}`, async () => {
      assert.equal(sealed.length, HEADER_LENGTH + 3 * frame + 8);
      await refuse("ERR_TRUNCATED", OPEN, { stdin: sealed.subarray(0, length) });
    });
  }

  for (const [what, position, code] of [
    ["version", 0, "ERR_(MALFORMED|UNSUPPORTED)"],
    ["message id", 10, "ERR_(COMMITMENT|UNWRAP)"],
    ["context", 45, "ERR_UNWRAP"],
    ["key ARN", 100, "ERR_[A-Z_]+"],
    ["wrapped data key", 300, "ERR_UNWRAP"],
    ["header tag", HEADER_LENGTH - 1, "ERR_AUTHENTICATION"],
    ["first frame", HEADER_LENGTH + 20, "ERR_AUTHENTICATION"],
    ["last tag", HEADER_LENGTH + 3 * frame + 7, "ERR_AUTHENTICATION"],
  ]) {
    test(`a bit flipped in the ${what}`, async () => {
      const changed = Buffer.from(sealed);
      changed[position] ^= 1;
      await refuse(code, OPEN, { stdin: changed });
    });
  }

  test("frames swapped", async () => {
    const at = (number) =>
      sealed.subarray(HEADER_LENGTH + number * frame, HEADER_LENGTH + (number + 1) * frame);
    const rest = sealed.subarray(HEADER_LENGTH + 2 * frame);
    const swapped = Buffer.concat([sealed.subarray(0, HEADER_LENGTH), at(1), at(0), rest]);
    await refuse("ERR_(MALFORMED|AUTHENTICATION)", OPEN, { stdin: swapped });
  });

  test("trailing data", async () => {
    await refuse("ERR_TRAILING_DATA", OPEN, { stdin: Buffer.concat([sealed, Buffer.of(0)]) });
  });

  test("base64 of a message", async () => {
    const stderr = await refuse("ERR_BASE64", OPEN, { stdin: sealed.toString("base64") });
    assert.match(stderr, /base64/);
  });

  test("something else", async () => {
    const stdin = "%PDF-1.7 is no message at all";
    const stderr = await refuse("ERR_NOT_SEALED", OPEN, { stdin });
    assert.match(
      stderr,
      /: this is a PDF file, and not sealed\n {2}hint: .*object open --metadata/,
    );
  });

  test("on standard output, no byte of the frame that fails", async () => {
    const changed = Buffer.from(sealed);
    changed[HEADER_LENGTH + frame + 20] ^= 1;
    const { status, stdout } = await bongtu(OPEN, { stdin: changed });
    assert.equal(status, 1);
    assert.ok(sample(FRAME_LENGTH).subarray(0, stdout.length).equals(stdout));
    assert.ok(stdout.length <= FRAME_LENGTH);
  });
});

describe("the wrong key", () => {
  let sealed;
  before(async () => {
    sealed = (await bongtu(SEAL, { stdin: "x" })).stdout;
  });

  test("another private key", async () => {
    const stderr = await refuse("ERR_UNWRAP", ["open", "--private-key", other.pem], {
      stdin: sealed,
    });
    assert.match(stderr, /hint: .*-a ALGORITHM/);
  });

  test("a keyring of another kind", async () => {
    const { message } = readVectors().messages["raw-rsa-python-unsigned"];
    const stdin = Buffer.from(message, "base64");
    const stderr = await refuse("ERR_NO_MATCHING_KEY", OPEN, { stdin });
    assert.match(stderr, /\n {2}hint: `bongtu inspect` lists the keys/);
  });

  test("a key of another size", async () => {
    const { pem } = keyFiles(directory, "larger", 3072);
    await refuse("ERR_UNWRAP", ["open", "--private-key", pem], { stdin: sealed });
  });

  test("another algorithm", async () => {
    await refuse("ERR_UNWRAP", [...OPEN, "-a", "RSAES_OAEP_SHA_1"], { stdin: sealed });
  });

  test("the public half", async () => {
    const stderr = await refuse("ERR_FILE", ["open", "--private-key", key.pub], { stdin: sealed });
    assert.match(stderr, /is a public key; opening takes the private half/);
  });

  test("no key at all", async () => {
    const file = directory.write("notes.txt", "not a key");
    const stderr = await refuse("ERR_FILE", ["open", "--private-key", file], { stdin: sealed });
    assert.match(stderr, /notes\.txt' is not a private key in PEM/);
  });

  test("a key under a passphrase", async () => {
    const options = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" };
    const file = directory.write("encrypted.pem", key.privateKey.export(options));
    const stderr = await refuse("ERR_FILE", ["open", "--private-key", file], { stdin: sealed });
    assert.match(stderr, /passphrase/);
  });

  test("a private key to seal to", async () => {
    await refuse("ERR_PRIVATE_KEY", ["seal", "-k", key.pem, "--key-arn", ARN], { stdin: "x" });
  });

  test("another key than the pinned one", async () => {
    const pin = "0".repeat(64);
    const stderr = await refuse("ERR_KEY_PIN", [...SEAL, "--spki-sha256", pin], { stdin: "x" });
    assert.match(stderr, /fingerprint is [0-9a-f]{64}, not the pinned one/);
  });

  for (const arn of [
    "alias/inbox",
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    ARN.replace("key/", "alias/"),
  ]) {
    test(`${arn} in place of a key ARN`, async () => {
      await refuse("ERR_KEY_ARN", ["seal", "-k", key.pub, "--key-arn", arn], { stdin: "x" });
    });
  }
});

describe("files", () => {
  test("that are not there", async () => {
    const stderr = await refuse("ERR_FILE", [...SEAL, directory.path("vanished")]);
    assert.match(
      stderr,
      /cannot read '.*vanished'\n {2}cause: no such file or directory \(ENOENT\)\n$/,
    );
    await refuse("ERR_FILE", [...OPEN, directory.path("vanished")]);
    await refuse("ERR_FILE", ["seal", "-k", directory.path("vanished"), "--key-arn", ARN]);
    await refuse("ERR_FILE", ["open", "--private-key", directory.path("vanished")]);
  });

  test("that are directories", async () => {
    for (const args of [SEAL, OPEN]) {
      assert.match(await refuse("ERR_FILE", [...args, directory.path()]), /is a directory\n$/);
    }
    const { status, stderr } = await bongtu([...SEAL, "-o", directory.path()], { stdin: "x" });
    assert.equal(status, 1);
    assert.match(stderr, /^bongtu: ERR_FILE: '.*' is a directory\n$/);
  });

  test("in a directory that is not there", async () => {
    const out = directory.path("nowhere", "out");
    const { status, stderr } = await bongtu([...SEAL, "-o", out], { stdin: "x" });
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^bongtu: ERR_FILE: cannot write '.*nowhere.out'\n {2}cause: no such file/,
    );
  });

  test("on a device that is full", { skip: !existsSync("/dev/full") }, async () => {
    const { status, stderr } = await bongtu([...SEAL, "-o", "/dev/full"], { stdin: "x" });
    assert.equal(status, 1);
    assert.match(stderr, /^bongtu: ERR_FILE: cannot write '\/dev\/full'\n {2}cause: no space left/);
  });

  test("that are no key by their size", async () => {
    const file = directory.write("large", Buffer.alloc(100_000));
    const stderr = await refuse("ERR_FILE", ["seal", "-k", file, "--key-arn", ARN], { stdin: "x" });
    assert.match(stderr, /large' is not a public key/);
  });

  for (const [what, change] of [
    ["grow", (file) => appendFileSync(file, "more")],
    ["shrink", (file) => truncateSync(file, 10)],
  ]) {
    test(`that ${what} while they are sealed`, async () => {
      const file = directory.write(what, sample(3 * 1024 * 1024));
      const out = directory.path(`${what}.sealed`);
      const child = start([...SEAL, "-o", out, file], UNTIL_CHANGED);
      const closed = new Promise((resolve) => child.on("close", resolve));
      let stderr = "";
      child.stderr.on("data", (text) => {
        stderr += text;
      });
      await untilTemporaryFiles(directory.path());
      change(file);
      assert.equal(await closed, 1);
      assert.match(stderr, /^bongtu: ERR_FILE: '.*' changed while it was read\n$/);
      assert.equal(existsSync(out), false);
      assert.deepEqual(temporaryFiles(directory.path()), []);
    });
  }
});

describe("a signal", { skip: process.platform === "win32" }, () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    test(`${signal} removes the temporary file`, async () => {
      mkdirSync(directory.path(signal));
      const kept = directory.write(`${signal}/kept`, "as it was");
      const child = start([...SEAL, "-o", kept]);
      const ended = new Promise((resolve) => child.on("exit", (...how) => resolve(how)));
      child.stdin.write(sample(1_000_000));
      await untilTemporaryFiles(directory.path(signal));
      child.kill(signal);
      assert.deepEqual(await ended, [null, signal]);
      assert.deepEqual(readdirSync(directory.path(signal)), ["kept"]);
      assert.equal(readFileSync(kept, "utf8"), "as it was");
    });
  }
});

test("standard input that is a directory", { skip: process.platform === "win32" }, () => {
  for (const args of [SEAL, [...OPEN, "-"], ["inspect", "-"], ["key", "-"]]) {
    const stdin = openSync(directory.path(), "r");
    const { status, stderr } = spawnSync(process.execPath, [BONGTU, ...args], {
      stdio: [stdin, "pipe", "pipe"],
      encoding: "utf8",
    });
    closeSync(stdin);
    assert.equal(status, 1);
    assert.equal(stderr, "bongtu: ERR_FILE: standard input is a directory\n");
  }
});

test("a reader that goes away is not an error to talk about", async () => {
  const file = directory.write("long", sample(8_000_000));
  for (const args of [
    [...SEAL, file],
    ["seal", "--help"],
  ]) {
    const child = start(args);
    const closed = new Promise((resolve) => child.on("close", resolve));
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.stdout.destroy();
    assert.notEqual(await closed, 0);
    assert.equal(stderr, "");
  }
});

test("a failure does not wait for the rest of standard input", async () => {
  const child = start([...OPEN, "-o", directory.path("never")]);
  const closed = new Promise((resolve) => child.on("close", resolve));
  child.stdin.write("%PDF-1.7 ".repeat(20_000)); // and no end
  assert.equal(await closed, 1);
  assert.equal(existsSync(directory.path("never")), false);
});
