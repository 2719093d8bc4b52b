// `bongtu sse` and `bongtu policy`: headers and policies as JSON, and customer keys that only files hold.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { describe, test } from "node:test";
import { ARN, bongtu, boxes, keyFiles, scratch } from "./support.mjs";

const directory = scratch();
const box = boxes(directory);
const key = keyFiles(directory, "key");
const SEALING = ["-k", key.pub, "--key-arn", ARN];
const OPENING = ["--private-key", key.pem];
const PLACE = ["--bucket", "inbox", "--key", "2026/report.pdf"];
const PREFIX = "x-amz-server-side-encryption-customer";

async function json(args, options) {
  const { status, stdout, stderr } = await bongtu(args, options);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  return JSON.parse(stdout.toString());
}

async function refused(args, code, options) {
  const { status, stdout, stderr } = await bongtu(args, options);
  assert.equal(status, 1);
  assert.equal(stdout.length, 0);
  assert.match(stderr, new RegExp(`^bongtu: ${code}: [^\\n]+\\n`));
  return stderr;
}

describe("bongtu sse key", () => {
  test("makes a key that `sse headers` opens, for that object alone", async () => {
    const out = box().path("key");
    const { status, stdout, stderr } = await bongtu([
      "sse",
      "key",
      ...SEALING,
      ...PLACE,
      "-o",
      out,
    ]);
    assert.deepEqual(
      { status, stdout: `${stdout}`, stderr },
      { status: 0, stdout: "", stderr: "" },
    );
    assert.equal(statSync(out).mode & 0o777, 0o600);
    const headers = await json(["sse", "headers", ...PLACE, ...OPENING, out]);
    assert.deepEqual(Object.keys(headers), [
      `${PREFIX}-algorithm`,
      `${PREFIX}-key`,
      `${PREFIX}-key-md5`,
    ]);
    const raw = Buffer.from(headers[`${PREFIX}-key`], "base64");
    assert.equal(raw.length, 32);
    assert.equal(headers[`${PREFIX}-key-md5`], createHash("md5").update(raw).digest("base64"));
    assert.equal(readFileSync(out).indexOf(raw), -1);
    const { encryptionContext } = await json(["inspect", "--json", out]);
    assert.deepEqual(encryptionContext, { bucket: "inbox", key: "2026/report.pdf" });

    const other = ["--bucket", "inbox", "--key", "other"];
    await refused(["sse", "headers", ...other, ...OPENING, out], "ERR_CONTEXT_MISMATCH");
    const del = ["sse", "headers", "--operation", "DeleteObject", ...PLACE, ...OPENING, out];
    await refused(del, "ERR_SSE");
    const copy = ["sse", "headers", "--operation", "CopyObject", "--copy-source", ...PLACE];
    const source = await json([...copy, ...OPENING, out]);
    assert.equal(
      source[`x-amz-copy-source-server-side-encryption-customer-key-md5`],
      headers[`${PREFIX}-key-md5`],
    );
    const file = box().path("headers.json");
    const written = await bongtu(["sse", "headers", ...PLACE, ...OPENING, "-o", file, out]);
    assert.deepEqual([written.status, written.stdout.length], [0, 0]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), headers);
  });

  test("seals a key that exists, from a file or standard input", async () => {
    const raw = randomBytes(32);
    const file = directory.write("raw", raw);
    for (const [operand, stdin] of [
      [file, ""],
      ["-", raw],
    ]) {
      const { stdout } = await bongtu(["sse", "key", ...SEALING, ...PLACE, operand], { stdin });
      const headers = await json(["sse", "headers", ...PLACE, ...OPENING, "-"], { stdin: stdout });
      assert.equal(headers[`${PREFIX}-key`], raw.toString("base64"));
    }
  });

  test("leaves nothing behind of what is no key", async () => {
    const output = box(["key"]);
    const args = ["sse", "key", ...SEALING, ...PLACE, "-o", output.path("key"), "-"];
    await refused(args, "ERR_SSE", { stdin: randomBytes(31) });
    await refused(args, "ERR_SSE", { stdin: "" });
    output.unchanged();
    const message = await bongtu(
      ["seal", ...SEALING, "-c", "bucket=inbox", "-c", "key=2026/report.pdf"],
      {
        stdin: "no key",
      },
    );
    await refused(["sse", "headers", ...PLACE, ...OPENING, "-"], "ERR_SSE", {
      stdin: message.stdout,
    });
  });
});

describe("bongtu sse headers --mode", () => {
  for (const [args, headers] of [
    [["s3"], { "x-amz-server-side-encryption": "AES256" }],
    [["s3", "--operation", "UploadPart"], {}],
    [
      ["kms", "--key-id", ARN, "-c", "a=b", "--bucket-key"],
      {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": ARN,
        "x-amz-server-side-encryption-context": btoa('{"a":"b"}'),
        "x-amz-server-side-encryption-bucket-key-enabled": "true",
      },
    ],
    [
      ["dsse", "--operation", "CreateMultipartUpload"],
      { "x-amz-server-side-encryption": "aws:kms:dsse" },
    ],
  ]) {
    test(args.join(" "), async () => {
      assert.deepEqual(await json(["sse", "headers", "--mode", ...args]), headers);
    });
  }

  test("refuses keys and operations that there are not", async () => {
    await refused(["sse", "headers", "--mode", "kms", "--key-id", "my key"], "ERR_SSE");
    await refused(["sse", "headers", "--mode", "s3", "--operation", "Put"], "ERR_INPUT");
  });
});

describe("bongtu policy", () => {
  const RULES = ["--tls-only", "--minimum-tls", "1.3", "--create-only"];
  const BUCKET = ["policy", "bucket", "--bucket", "inbox"];

  test("bucket prints what explain understands", async () => {
    const policy = await json([...BUCKET, ...RULES, "--kms-key", ARN, "--customer-key", "forbid"]);
    assert.deepEqual(
      policy.Statement.map(({ Sid }) => Sid),
      [
        "DenyPlainHttp",
        "DenyOldTls",
        "DenyOtherEncryption",
        "DenyOtherKmsKey",
        "DenyCustomerKey",
        "DenyReplacing",
      ],
    );
    const text = JSON.stringify(policy);
    for (const stdin of [text, JSON.stringify({ Policy: text })]) {
      const explanation = await json(["policy", "explain", "--json", "-"], { stdin });
      assert.deepEqual(
        explanation.enforces.map(({ rule }) => rule),
        ["tls-only", "minimum-tls", "require-kms", "kms-key", "forbid-customer-key", "create-only"],
      );
    }
    const { stdout } = await bongtu(["policy", "explain", directory.write("policy.json", text)]);
    const shown = stdout.toString();
    assert.match(shown, /^enforced\n {2}tls-only \(statement DenyPlainHttp\)\n/);
    assert.match(shown, /^NOT enforced\n {2}require-customer-key\n/m);
    assert.match(shown, /^no policy can see\n/m);
    assert.ok(
      shown.split("\n").every((line) => line.length <= 100),
      shown,
    );
  });

  test("explain shows nothing that moves the cursor", async () => {
    const statement = {
      Sid: "\u001b[2J",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: "*",
    };
    const Condition = { Bool: { "aws:SecureTransport": "false" } };
    const stdin = JSON.stringify({ Statement: { ...statement, Condition } });
    const { stdout } = await bongtu(["policy", "explain", "-"], { stdin });
    assert.ok(!stdout.includes("\u001b"));
    assert.match(stdout.toString(), /\\u001b\[2J/);
  });

  test("refuses what makes no sense", async () => {
    await refused(BUCKET, "ERR_POLICY");
    await refused([...BUCKET, "--kms-key", ARN, "--customer-key", "require"], "ERR_POLICY");
    await refused([...BUCKET, "--allow-default"], "ERR_POLICY");
    await refused([...BUCKET, "--kms-key", "alias/inbox"], "ERR_KEY_ARN");
    await refused(["policy", "bucket", "--bucket", "In", "--tls-only"], "ERR_POLICY");
    for (const stdin of ["", "{", "{}", "[]"]) {
      await refused(["policy", "explain", "-"], "ERR_POLICY", { stdin });
    }
  });
});
