// bongtu/aws with the real KMSClient, whose requests end in this process.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KMSClient } from "@aws-sdk/client-kms";
import { Keyring, open, openObject, retrying, seal, sealObject } from "bongtu";
import * as aws from "bongtu/aws";
import { createKms, createSymmetricKms, KEY_ARN, SYMMETRIC_ARN } from "../harness/kms.mjs";
import { assertBytes, bytes, failure, readAll } from "../suite/support.mjs";

const { kms } = aws;
const { publicKey, kms: local } = await createKms();
const sealing = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN });

/**
 * A client that hands its requests to `answer(body, options)`, which returns a status and a body.
 */
function clientOf(answer) {
  return new KMSClient({
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
    requestHandler: {
      async handle(request, options) {
        const { status, body } = await answer(JSON.parse(request.body), { ...options, request });
        const headers = { "content-type": "application/x-amz-json-1.1" };
        const text = new TextEncoder().encode(JSON.stringify(body));
        return { response: { statusCode: status, headers, body: new Blob([text]).stream() } };
      },
    },
  });
}

function keyringOf(answer) {
  return Keyring.kmsRsa({ keyArn: KEY_ARN, kms: kms(clientOf(answer)) });
}

test("opens through KMS Decrypt", async () => {
  const keyring = keyringOf(async (body, { request }) => {
    assert.equal(request.headers["x-amz-target"], "TrentService.Decrypt");
    assert.deepEqual(Object.keys(body).sort(), ["CiphertextBlob", "EncryptionAlgorithm", "KeyId"]);
    const { KeyId, EncryptionAlgorithm } = body;
    const CiphertextBlob = new Uint8Array(Buffer.from(body.CiphertextBlob, "base64"));
    const { Plaintext } = await local.decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm });
    return {
      status: 200,
      body: { KeyId, EncryptionAlgorithm, Plaintext: Buffer.from(Plaintext).toString("base64") },
    };
  });
  const { plaintext } = await open(keyring, await seal(sealing, bytes(1000)));
  assertBytes(plaintext, bytes(1000));
});

test("GenerateDataKey and Decrypt of symmetric keys", async () => {
  const symmetric = await createSymmetricKms();
  const asked = [];
  const base64 = (given) => Buffer.from(given).toString("base64");
  const client = clientOf(async (body, { request }) => {
    asked.push(request.headers["x-amz-target"]);
    if (asked.length === 1) {
      assert.deepEqual(Object.keys(body).sort(), ["EncryptionContext", "KeyId", "KeySpec"]);
      const { CiphertextBlob, Plaintext, KeyId } = await symmetric.kms.generateDataKey(body);
      const answer = {
        KeyId,
        CiphertextBlob: base64(CiphertextBlob),
        Plaintext: base64(Plaintext),
      };
      return { status: 200, body: answer };
    }
    assert.deepEqual(Object.keys(body).sort(), ["CiphertextBlob", "EncryptionContext", "KeyId"]);
    const CiphertextBlob = new Uint8Array(Buffer.from(body.CiphertextBlob, "base64"));
    const { Plaintext, KeyId } = await symmetric.kms.decrypt({ ...body, CiphertextBlob });
    return { status: 200, body: { KeyId, Plaintext: base64(Plaintext) } };
  });
  const keyring = Keyring.kms({ keyArn: SYMMETRIC_ARN, kms: kms(client) });
  const sealed = await sealObject(keyring, bytes(1000), { materialDescription: { a: "b" } });
  const { metadata } = sealed;
  const { plaintext } = await openObject(keyring, { metadata, body: await sealed.blob() });
  assertBytes(await readAll(plaintext), bytes(1000));
  assert.deepEqual(asked, ["TrentService.GenerateDataKey", "TrentService.Decrypt"]);
});

test("KMS's exceptions keep their names", async () => {
  const message = await seal(sealing, bytes(10));
  const failing = (__type) => keyringOf(() => ({ status: 400, body: { __type, message: "no" } }));
  const denied = await failure(open(failing("AccessDeniedException"), message), "ERR_KMS");
  assert.equal(denied.cause.name, "AccessDeniedException");
  assert.match(denied.message, /AccessDeniedException/);
  const disabled = await failure(open(failing("DisabledException"), message), "ERR_KMS");
  assert.equal(disabled.cause.name, "DisabledException");
  await failure(open(failing("InvalidCiphertextException"), message), "ERR_UNWRAP");
  await failure(open(failing("IncorrectKeyException"), message), "ERR_UNWRAP");
});

test("an abort reaches the request", async () => {
  const message = await seal(sealing, bytes(10));
  const controller = new AbortController();
  let inner;
  const keyring = keyringOf((_, { abortSignal }) => {
    inner = abortSignal;
    controller.abort("enough");
    return new Promise(() => {});
  });
  const opening = open(keyring, message, { signal: controller.signal });
  assert.equal((await failure(opening, "ERR_ABORTED")).cause, "enough");
  assert.equal(inner.aborted, true);
});

test("takes a client and nothing else: it has no options", () => {
  assert.deepEqual(Object.keys(aws), ["kms"], "what are the options of the others?");
  const v2 = { decrypt() {}, config: {} };
  for (const client of [undefined, null, "eu-central-1", { region: "eu-central-1" }, v2]) {
    assert.throws(() => kms(client), { code: "ERR_INPUT", message: /KMSClient/ });
  }
});

test("retrying takes a client that asks once, and refuses one that asks again by itself", async () => {
  const message = await seal(sealing, bytes(10));
  let asked = 0;
  const once = clientOf(async (body) => {
    if (asked++ < 2) {
      return { status: 400, body: { __type: "ThrottlingException" } };
    }
    const { KeyId, CiphertextBlob, EncryptionAlgorithm } = body;
    const blob = new Uint8Array(Buffer.from(CiphertextBlob, "base64"));
    const answer = await local.decrypt({ KeyId, CiphertextBlob: blob, EncryptionAlgorithm });
    return {
      status: 200,
      body: { ...answer, Plaintext: Buffer.from(answer.Plaintext).toString("base64") },
    };
  });
  const keyring = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: retrying(kms(once), { baseMs: 1 }) });
  assertBytes((await open(keyring, message)).plaintext, bytes(10));
  assert.equal(asked, 3);

  const client = new KMSClient({ region: "eu-central-1" });
  const twice = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: retrying(kms(client)) });
  const error = await failure(open(twice, message), "ERR_INPUT");
  assert.match(error.message, /makes 3 attempts by itself.*maxAttempts: 1/);
});

test("retrying reads how often a client asks as the client does, and a stand-in may not say it", async () => {
  const message = await seal(sealing, bytes(10));
  const codes = {
    ERR_KMS: [undefined, {}, { maxAttempts: 3 }, ...[1, 0, "1"].map(says)],
    ERR_INPUT: [2, "3", "many"].map(says),
  };
  function says(attempts) {
    return { maxAttempts: async () => attempts };
  }
  for (const [code, configs] of Object.entries(codes)) {
    for (const config of configs) {
      const send = async () => {
        throw new Error("no network");
      };
      const asks = retrying(kms({ send, config }), { attempts: 1 });
      await failure(open(Keyring.kmsRsa({ keyArn: KEY_ARN, kms: asks }), message), code);
    }
  }
});
