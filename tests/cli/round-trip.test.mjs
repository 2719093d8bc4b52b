// Sealed data comes back for all sizes, key sizes, algorithms, contexts, files and pipes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { ARN, bongtu, keyFiles, sample, scratch } from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const FRAME = 256 * 1024;

async function succeed(args, options) {
  const result = await bongtu(args, options);
  assert.deepEqual({ status: result.status, stderr: result.stderr }, { status: 0, stderr: "" });
  return result.stdout;
}

describe("from file to file", () => {
  for (const size of [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 5_000_000]) {
    test(`${size} bytes`, async () => {
      const plaintext = sample(size);
      const file = directory.write(`plain-${size}`, plaintext);
      const sealed = `${file}.sealed`;
      const opened = `${file}.opened`;
      await succeed(["seal", "-k", key.pub, "--key-arn", ARN, "-o", sealed, file]);
      await succeed(["open", "--private-key", key.pem, "-o", opened, sealed]);
      assert.ok(readFileSync(opened).equals(plaintext));
      assert.ok(statSync(sealed).size > size + 400);
    });
  }
});

describe("through pipes", () => {
  for (const dash of [[], ["-"]]) {
    test(`operand ${dash[0] ?? "absent"}`, async () => {
      const plaintext = sample(FRAME + 7);
      const seal = ["seal", "-k", key.pub, "--key-arn", ARN, ...dash];
      const sealed = await succeed(seal, { stdin: plaintext });
      const opened = await succeed(["open", "--private-key", key.pem, ...dash], { stdin: sealed });
      assert.ok(opened.equals(plaintext));
    });
  }

  test("-o - is standard output", async () => {
    const sealed = await succeed(["seal", "-k", key.pub, "--key-arn", ARN, "-o", "-"], {
      stdin: "x",
    });
    const opened = await succeed(["open", "--private-key", key.pem, "-o", "-"], { stdin: sealed });
    assert.equal(opened.toString(), "x");
  });

  test("the public key from standard input, the data from a file", async () => {
    const file = directory.write("beside", "beside the key");
    const stdin = readFileSync(key.pub);
    const sealed = await succeed(["seal", "-k", "-", "--key-arn", ARN, file], { stdin });
    const opened = await succeed(["open", "--private-key", key.pem], { stdin: sealed });
    assert.equal(opened.toString(), "beside the key");
  });
});

describe("keys and algorithms", () => {
  for (const bits of [2048, 3072, 4096]) {
    const { pub, pem, privateKey } = keyFiles(directory, `rsa-${bits}`, bits);
    for (const algorithm of ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"]) {
      test(`RSA_${bits}, ${algorithm}`, async () => {
        const seal = ["seal", "-a", algorithm, "-k", pub, "--key-arn", ARN];
        const sealed = await succeed(seal, { stdin: "wrapped" });
        const open = ["open", "-a", algorithm, "--private-key", pem];
        assert.equal((await succeed(open, { stdin: sealed })).toString(), "wrapped");
      });
    }
    test(`RSA_${bits} as PKCS#1`, async () => {
      const pkcs1 = privateKey.export({ type: "pkcs1", format: "pem" });
      const file = directory.write(`rsa-${bits}-pkcs1.pem`, pkcs1);
      const sealed = await succeed(["seal", "-k", pub, "--key-arn", ARN], { stdin: "1" });
      const opened = await succeed(["open", "--private-key", file], { stdin: sealed });
      assert.equal(opened.toString(), "1");
    });
  }

  test("a GetPublicKey response names the ARN itself", async () => {
    const file = directory.write("response.json", getPublicKeyResponse());
    const sealed = await succeed(["seal", "-k", file], { stdin: "named" });
    const opened = await succeed(["open", "--private-key", key.pem], { stdin: sealed });
    assert.equal(opened.toString(), "named");
    const { stdout } = await bongtu(["inspect", "--json", "-"], { stdin: sealed });
    assert.equal(JSON.parse(stdout).encryptedDataKeys[0].providerInfo, ARN);
  });

  test("the key that is pinned", async () => {
    const { stdout } = await bongtu(["key", key.pub]);
    const [, pin] = /SPKI SHA-256 +([0-9a-f]{64})\n/.exec(stdout.toString());
    const seal = ["seal", "-k", key.pub, "--key-arn", ARN, "--spki-sha256", pin];
    assert.ok((await succeed(seal, { stdin: "pinned" })).length > 440);
  });
});

describe("encryption context", () => {
  const pairs = {
    purpose: "backup",
    이름: "봉투 ✉️",
    "\u{10348}": "sorts after U+FFEE in UTF-8",
    "\uffee": "sorts before it",
    equation: "a=b=c",
    empty: "",
    ["__proto__"]: "a name like any other",
  };
  const options = Object.entries(pairs).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

  test("is what inspect shows, and may be demanded in full or in part", async () => {
    const seal = ["seal", "-k", key.pub, "--key-arn", ARN, ...options];
    const sealed = await succeed(seal, { stdin: "context" });
    const { stdout } = await bongtu(["inspect", "--json", "-"], { stdin: sealed });
    assert.deepEqual(JSON.parse(stdout).encryptionContext, pairs);
    for (const demanded of [[], ["-c", "equation=a=b=c"], options]) {
      const open = ["open", "--private-key", key.pem, ...demanded];
      assert.equal((await succeed(open, { stdin: sealed })).toString(), "context");
    }
  });

  for (const [what, demanded] of [
    ["another value", ["-c", "purpose=restore"]],
    ["a name that is not there", ["-c", "nobody=x"]],
  ]) {
    test(`${what} is refused`, async () => {
      const sealed = await succeed(["seal", "-k", key.pub, "--key-arn", ARN, ...options], {
        stdin: "x",
      });
      const { status, stdout, stderr } = await bongtu(
        ["open", "--private-key", key.pem, ...demanded],
        { stdin: sealed },
      );
      assert.equal(status, 1);
      assert.equal(stdout.length, 0);
      assert.match(stderr, /^bongtu: ERR_CONTEXT_MISMATCH: /);
    });
  }
});

test("frames of one byte", async () => {
  const seal = ["seal", "-k", key.pub, "--key-arn", ARN, "--frame-length", "1"];
  const sealed = await succeed(seal, { stdin: "framed" });
  const { stdout } = await bongtu(["inspect", "--json", "-"], { stdin: sealed });
  assert.deepEqual(JSON.parse(stdout).body.frames, 6);
  const opened = await succeed(["open", "--private-key", key.pem], { stdin: sealed });
  assert.equal(opened.toString(), "framed");
});

describe("options and operands in any order", () => {
  test("the operand first, between and after --", async () => {
    const file = directory.write("-odd", "order");
    const options = ["-k", key.pub, "--key-arn", ARN];
    for (const args of [
      [file, ...options],
      ["-k", key.pub, file, "--key-arn", ARN],
      [...options, "--", file],
    ]) {
      const sealed = await succeed(["seal", ...args]);
      const opened = await succeed(["open", "--private-key", key.pem], { stdin: sealed });
      assert.equal(opened.toString(), "order");
    }
  });

  test("a name that begins with a hyphen, after --", async () => {
    const args = ["seal", "-k", key.pub, "--key-arn", ARN, "--", "-odd"];
    assert.ok((await succeed(args, { cwd: directory.path() })).length > 440);
  });
});

describe("OUT", () => {
  const seal = ["seal", "-k", key.pub, "--key-arn", ARN];

  test("a new file is its owner's only, a replaced one keeps its mode", async () => {
    const file = directory.path("mode");
    await succeed([...seal, "-o", file], { stdin: "x" });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const shared = directory.write("shared", "before");
    chmodSync(shared, 0o640);
    await succeed([...seal, "-o", shared], { stdin: "x" });
    assert.equal(statSync(shared).mode & 0o777, 0o640);
  });

  test("a symbolic link stays one, and what it leads to is replaced", async () => {
    const file = directory.write("linked", "before");
    const link = directory.path("link");
    symlinkSync(file, link);
    await succeed([...seal, "-o", link], { stdin: "x" });
    assert.ok(readFileSync(file).length > 440);
  });

  test("a device is written to, not replaced", { skip: process.platform === "win32" }, async () => {
    await succeed([...seal, "-o", "/dev/null"], { stdin: "x" });
    assert.ok(statSync("/dev/null").isCharacterDevice());
  });

  test("a named pipe is written to", { skip: process.platform === "win32" }, async () => {
    const fifo = directory.path("fifo");
    execFileSync("mkfifo", [fifo]);
    const reading = readFile(fifo);
    await succeed([...seal, "-o", fifo], { stdin: "x" });
    assert.ok((await reading).length > 440);
  });
});

function getPublicKeyResponse() {
  return JSON.stringify({
    KeyId: ARN,
    PublicKey: key.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
    CustomerMasterKeySpec: "RSA_2048",
    KeySpec: "RSA_2048",
    KeyUsage: "ENCRYPT_DECRYPT",
    EncryptionAlgorithms: ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"],
  });
}
