// Messages made by the official AWS Encryption SDKs, opened with their private keys.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { bongtu, scratch, vector, withoutVectors } from "./support.mjs";

const directory = scratch();

async function opens({ privateKey, algorithm, context = {}, message }, plaintext) {
  const file = directory.write("message", message);
  const pairs = Object.entries(context).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const out = directory.path("plaintext");
  const args = ["open", "--private-key", privateKey, "-a", algorithm, ...pairs, "-o", out, file];
  const { status, stderr } = await bongtu(args);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  assert.ok(readFileSync(out).equals(plaintext));
}

describe("Python", { skip: withoutVectors }, async () => {
  if (withoutVectors) {
    return;
  }
  const vectors = JSON.parse(vector("own", "kms_rsa_vectors.json").read());
  const privateKey = directory.write("python.pem", vectors.private_key_pem);
  for (const { algorithm, encryption_context: context, ...encoded } of vectors.messages) {
    test(`${algorithm}, ${Object.keys(context).length} pairs`, async () => {
      const message = Buffer.from(encoded.ciphertext_b64, "base64");
      await opens(
        { privateKey, algorithm, context, message },
        Buffer.from(encoded.plaintext_b64, "base64"),
      );
    });
  }

  test("a context whose order is UTF-8's", async () => {
    const context = { "\u{10348}": "utf8-last", "\uffee": "utf16-last", a: "b" };
    await opens(
      {
        privateKey: vector("samples", "rawrsa-priv.pem").path,
        algorithm: "RSAES_OAEP_SHA_256",
        context,
        message: vector("samples", "esdk-kmsrsa-fixedkey.bin").read(),
      },
      Buffer.from("stub"),
    );
  });
});

describe("Java and Go", { skip: withoutVectors }, () => {
  if (withoutVectors) {
    return;
  }
  const { keys, messages } = JSON.parse(vector("samples", "esdk-kms-rsa", "messages.json").read());
  const files = Object.fromEntries(
    Object.entries(keys).map(([name, pem]) => [name, directory.write(`${name}.pem`, pem)]),
  );
  for (const { name, key, algorithm, encryption_context: context, ...encoded } of messages) {
    test(name, async () => {
      const message = Buffer.from(encoded.message_b64, "base64");
      const plaintext = Buffer.from(encoded.plaintext_b64, "base64");
      await opens({ privateKey: files[key], algorithm, context, message }, plaintext);
    });
  }
});

test("a message that only KMS could open says so", { skip: withoutVectors }, async () => {
  const { path } = vector("samples", "esdk-kmsrsa-RSAES_OAEP_SHA_256.bin");
  const { path: privateKey } = vector("samples", "rawrsa-priv.pem");
  const { status, stderr } = await bongtu(["open", "--private-key", privateKey, path]);
  assert.equal(status, 1);
  assert.match(stderr, /^bongtu: ERR_UNWRAP: /);
});

test("a raw RSA message is not a KMS RSA message", { skip: withoutVectors }, async () => {
  const { path } = vector("samples", "esdk-rawrsa-unsigned.bin");
  const { path: privateKey } = vector("samples", "rawrsa-priv.pem");
  const { status, stderr } = await bongtu(["open", "--private-key", privateKey, path]);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^bongtu: ERR_NO_MATCHING_KEY: .*\n {2}hint: `bongtu inspect` lists the keys/,
  );
});
