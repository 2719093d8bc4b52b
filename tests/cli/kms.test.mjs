// `bongtu open --kms` against a KMS of loopback: what it asks, where it asks, and what it says when that fails.
import assert from "node:assert/strict";
import { constants, privateDecrypt } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { CREDENTIALS, loopbackKms } from "./loopback-kms.mjs";
import { ARN, bongtu, keyFiles, ROOT, scratch } from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
let kms;
let sealed;

before(async () => {
  kms = await loopbackKms();
  const seal = ["seal", "-k", key.pub, "--key-arn", ARN];
  sealed = (await bongtu(seal, { stdin: "through KMS" })).stdout;
});
after(() => kms.close());
beforeEach(() => {
  kms.requests = [];
  kms.respond = decrypt;
});

function decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm }, privateKey = key.privateKey) {
  assert.equal(EncryptionAlgorithm, "RSAES_OAEP_SHA_256");
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const options = { key: privateKey, padding, oaepHash: "sha256" };
  const Plaintext = privateDecrypt(options, Buffer.from(CiphertextBlob, "base64"));
  return { KeyId, Plaintext: Plaintext.toString("base64"), EncryptionAlgorithm };
}

function open(options, { env = CREDENTIALS, stdin = sealed } = {}) {
  return bongtu(["open", "--kms", ARN, ...options], { env, stdin });
}

test("a direct secret is asked for as it is, under the ARN that is given", async () => {
  const args = ["secret", "seal", "-k", key.pub, "--form", "direct"];
  const { stdout: value } = await bongtu(args, { stdin: "hunter2" });
  const options = ["--kms", ARN, "--endpoint-url", kms.endpoint];
  const opened = await bongtu(["secret", "open", ...options], { env: CREDENTIALS, stdin: value });
  assert.deepEqual([opened.status, `${opened.stdout}`, opened.stderr], [0, "hunter2", ""]);
  assert.equal(kms.requests.length, 1);
  assert.deepEqual(kms.requests[0].body, {
    KeyId: ARN,
    CiphertextBlob: `${value}`,
    EncryptionAlgorithm: "RSAES_OAEP_SHA_256",
  });
});

test("asks Decrypt in the ARN's Region, and nothing else", async () => {
  const { status, stdout, stderr } = await open(["--endpoint-url", kms.endpoint]);
  assert.deepEqual(
    { status, stdout: `${stdout}`, stderr },
    { status: 0, stdout: "through KMS", stderr: "" },
  );
  const [{ target, region, body }, ...more] = kms.requests;
  assert.equal(more.length, 0);
  assert.equal(target, "TrentService.Decrypt");
  assert.equal(region, "eu-west-1");
  assert.deepEqual(Object.keys(body).sort(), ["CiphertextBlob", "EncryptionAlgorithm", "KeyId"]);
  assert.equal(body.KeyId, ARN);
});

test("white space around the ARN is not part of it", async () => {
  const options = ["--kms", `\u00a0${ARN}\n`, "--endpoint-url", kms.endpoint];
  const { stdout } = await bongtu(["open", ...options], { env: CREDENTIALS, stdin: sealed });
  assert.equal(`${stdout}`, "through KMS");
  const [{ region, body }] = kms.requests;
  assert.deepEqual([region, body.KeyId], ["eu-west-1", ARN]);
});

const DATA = join(ROOT, "crates/core/tests/data");

test("what is no key ARN is refused before KMS is asked", async () => {
  const { bad } = JSON.parse(readFileSync(join(DATA, "arn-cases.json"), "utf8"));
  const few = bad.filter(({ text }, i) => i % 8 === 0 && text !== "" && !text.includes("\0"));
  for (const { what, text } of few) {
    const options = ["--kms", text, "--endpoint-url", kms.endpoint];
    const { status, stderr } = await bongtu(["open", ...options], { env: CREDENTIALS });
    assert.match(stderr, /^bongtu: ERR_KEY_ARN: /, what);
    assert.equal(status, 1);
  }
  assert.equal(kms.requests.length, 0);
});

test("--under-any-arn opens what was sealed under a mistaken ARN", async () => {
  const privateKey = readFileSync(join(DATA, "rsa2048-private.pem"));
  kms.respond = (request) => decrypt(request, privateKey);
  for (const { what, message } of JSON.parse(readFileSync(join(DATA, "mangled-arns.json")))) {
    const args = ["open", "--kms", ARN, "--endpoint-url", kms.endpoint];
    const how = { env: CREDENTIALS, stdin: Buffer.from(message, "base64") };
    const refused = await bongtu(args, how);
    assert.match(refused.stderr, /^bongtu: ERR_NO_MATCHING_KEY: /, what);
    const { stdout } = await bongtu([...args, "--under-any-arn"], how);
    assert.equal(`${stdout}`, "sealed before", what);
    assert.equal(kms.requests.at(-1).body.KeyId, ARN);
    // A private key answers for any ARN as it is.
    const local = ["open", "--private-key", join(DATA, "rsa2048-private.pem")];
    assert.equal(`${(await bongtu(local, how)).stdout}`, "sealed before", what);
    const both = await bongtu([...local, "--under-any-arn"], how);
    assert.match(both.stderr, /ERR_USAGE: --under-any-arn goes with --kms/);
  }
});

test("--region wins", async () => {
  const { status } = await open(["--endpoint-url", kms.endpoint, "--region", "us-east-1"]);
  assert.equal(status, 0);
  assert.equal(kms.requests[0].region, "us-east-1");
});

for (const variable of ["AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL"]) {
  test(`${variable} is honoured`, async () => {
    const { status } = await open([], { env: { ...CREDENTIALS, [variable]: kms.endpoint } });
    assert.equal(status, 0);
    assert.equal(kms.requests.length, 1);
  });
}

describe("failures", () => {
  /** A run that must fail with nothing on standard output. */
  async function fail(options = ["--endpoint-url", kms.endpoint], how) {
    const { status, stdout, stderr } = await open(options, how);
    assert.equal(status, 1);
    assert.equal(stdout.length, 0);
    return stderr;
  }

  test("of permission name their cause", async () => {
    kms.respond = () => ({
      status: 400,
      __type: "AccessDeniedException",
      message: "no kms:Decrypt for you",
    });
    assert.match(
      await fail(),
      /^bongtu: ERR_KMS: .*AccessDeniedException\n {2}cause: AccessDeniedException: no kms:Decrypt for you\n$/,
    );
  });

  test("of the ciphertext look as they do with a private key", async () => {
    kms.respond = () => ({ status: 400, __type: "InvalidCiphertextException" });
    const { pem } = keyFiles(directory, "other");
    const local = await bongtu(["open", "--private-key", pem], { stdin: sealed });
    assert.match(local.stderr, /^bongtu: ERR_UNWRAP: /);
    assert.equal(await fail(), local.stderr);
  });

  test("of the answer: another key, another length", async () => {
    const other = ARN.replace("1234abcd", "4321abcd");
    kms.respond = (request) => ({ ...decrypt(request), KeyId: other });
    assert.match(await fail(), /^bongtu: ERR_UNWRAP: /);
    kms.respond = (request) => ({ ...decrypt(request), Plaintext: "AAAA" });
    assert.match(await fail(), /^bongtu: ERR_UNWRAP: /);
  });

  test("of the connection", async () => {
    // A port on which nobody listens, nor will meanwhile.
    const stderr = await fail(["--endpoint-url", "http://127.0.0.1:9"]);
    assert.match(stderr, /^bongtu: ERR_KMS: .*\n {2}cause: .*ECONNREFUSED/);
  });

  test("of the credentials", async () => {
    const env = { ...CREDENTIALS, AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const stderr = await fail(["--endpoint-url", kms.endpoint], { env });
    assert.match(stderr, /^bongtu: ERR_KMS: .*\n {2}cause: CredentialsProviderError: /);
    assert.equal(kms.requests.length, 0);
  });

  test("of matching: a message to another key asks nothing", async () => {
    const other = ARN.replace("1234abcd", "4321abcd");
    const { stdout } = await bongtu(["seal", "-k", key.pub, "--key-arn", other], { stdin: "x" });
    assert.match(await fail(undefined, { stdin: stdout }), /^bongtu: ERR_NO_MATCHING_KEY: /);
    assert.equal(kms.requests.length, 0);
  });
});

describe("without the AWS SDK", () => {
  let launcher;
  before(() => {
    // Beside no node_modules at all.
    cpSync(`${ROOT}/pkg`, directory.path("bongtu"), { recursive: true });
    launcher = directory.path("bongtu", "bin", "bongtu.mjs");
  });

  test("--kms says which package to install", async () => {
    const { status, stderr } = await bongtu(["open", "--kms", ARN], { launcher, stdin: sealed });
    assert.equal(status, 1);
    assert.match(stderr, /^bongtu: ERR_NO_KMS: .*npm install @aws-sdk\/client-kms\n/);
  });

  test("all else works", async () => {
    const message = await bongtu(["seal", "-k", key.pub, "--key-arn", ARN], {
      launcher,
      stdin: "x",
    });
    const open = ["open", "--private-key", key.pem];
    const { stdout, stderr } = await bongtu(open, { launcher, stdin: message.stdout });
    assert.deepEqual({ stdout: `${stdout}`, stderr }, { stdout: "x", stderr: "" });
  });
});
