// S3 objects under symmetric KMS keys and their encryption contexts.

import {
  inspect,
  Keyring,
  open,
  openObject,
  seal,
  sealBlob,
  sealObject,
  sealObjectStream,
} from "bongtu";
import { assert, test } from "#harness";
import { createSymmetricKms, KEY_ARN, kmsException, SYMMETRIC_ARN } from "../harness/kms.mjs";
import { DATA } from "./object-samples.mjs";
import {
  assertBytes,
  BOTH,
  failure,
  fixture,
  openAll,
  readAll,
  sealedBytes,
  stored,
  testWithEach,
  through,
} from "./support.mjs";

/** A symmetric key and its keyring. */
async function symmetric(change = (kms) => kms) {
  const made = await createSymmetricKms();
  return { ...made, keyring: Keyring.kms({ keyArn: SYMMETRIC_ARN, kms: change(made.kms) }) };
}

testWithEach("symmetric KMS keys, under an encryption context", async () => {
  const { keyring, asked } = await symmetric();
  for (const [format, algorithm] of [
    ["v2", "AES/GCM/NoPadding"],
    ["v3", "115"],
  ]) {
    const materialDescription = { a: "b", __proto__: null, b: "" };
    const sealed = await sealObject(keyring, DATA, { format, materialDescription });
    const context = { a: "b", b: "", "aws:x-amz-cek-alg": algorithm };
    assert.deepEqual(asked.at(-1), {
      KeyId: SYMMETRIC_ARN,
      KeySpec: "AES_256",
      EncryptionContext: context,
    });
    const object = stored(sealed, await sealedBytes(sealed));
    const { plaintext, unverifiedMaterialDescription } = await openObject(keyring, object, BOTH);
    assert.deepEqual(Object.keys(asked.at(-1)).sort(), [
      "CiphertextBlob",
      "EncryptionContext",
      "KeyId",
    ]);
    assert.deepEqual(asked.at(-1).EncryptionContext, context);
    assert.deepEqual(unverifiedMaterialDescription, context);
    assertBytes(await readAll(plaintext), DATA);
    assert.equal((await inspect(object)).wrap, "kms+context");
    const stream = await sealObjectStream(keyring, { format, materialDescription });
    const body = await through(stream, DATA);
    assertBytes(await openAll(keyring, stored(stream, body)), DATA);
  }
});

test("a context that was changed", async () => {
  const { keyring } = await symmetric();
  const sealed = await sealObject(keyring, DATA, { materialDescription: { a: "b" } });
  const changed = sealed.metadata["x-amz-t"].replace('"b"', '"c"');
  assert.ok(changed !== sealed.metadata["x-amz-t"]);
  const metadata = { ...sealed.metadata, "x-amz-t": changed };
  const body = await sealedBytes(sealed);
  await failure(openObject(keyring, { metadata, body }), "ERR_UNWRAP");
  const reserved = { materialDescription: { "aws:x-amz-cek-alg": "115" } };
  await failure(sealObject(keyring, DATA, reserved), "ERR_CONTEXT");
});

test("how GenerateDataKey can fail", async () => {
  const cause = kmsException("AccessDeniedException");
  const failing = await symmetric((kms) => ({
    ...kms,
    generateDataKey: () => Promise.reject(cause),
  }));
  const error = await failure(sealObject(failing.keyring, DATA), "ERR_KMS");
  assert.equal(error.cause, cause);
  assert.ok(error.message.includes("AccessDeniedException"), error.message);

  const throwing = await symmetric((kms) => ({
    ...kms,
    generateDataKey() {
      throw cause;
    },
  }));
  assert.equal((await failure(sealObjectStream(throwing.keyring), "ERR_KMS")).cause, cause);

  const { keyring: without } = await symmetric(({ decrypt }) => ({ decrypt }));
  await failure(sealObject(without, DATA), "ERR_NO_KMS");

  const given = [];
  for (const change of [
    (answer) => ({ ...answer, KeyId: KEY_ARN }),
    (answer) => ({ ...answer, KeyId: undefined }),
    (answer) => ({ ...answer, Plaintext: answer.Plaintext.subarray(1) }),
  ]) {
    const { keyring } = await symmetric((kms) => ({
      ...kms,
      async generateDataKey(request) {
        const answer = change(await kms.generateDataKey(request));
        given.push(answer?.Plaintext ?? new Uint8Array(0));
        return answer;
      },
    }));
    assert.equal((await failure(sealObject(keyring, DATA), "ERR_UNWRAP")).cause, undefined);
  }
  for (const [words, change] of Object.entries({
    "it has no Plaintext": (answer) => ({ ...answer, Plaintext: undefined }),
    "resolve to { KeyId, Plaintext": () => undefined,
    "it has plaintext instead": ({ Plaintext, ...others }) => ({
      ...others,
      plaintext: Plaintext,
    }),
    "it has no CiphertextBlob": ({ CiphertextBlob: _, ...others }) => others,
    "decode its base64": (answer) => ({ ...answer, CiphertextBlob: "QUFB" }),
    "bytes that went through JSON": (answer) => ({
      ...answer,
      CiphertextBlob: { ...answer.CiphertextBlob },
    }),
  })) {
    const { keyring } = await symmetric((kms) => ({
      ...kms,
      async generateDataKey(request) {
        const answer = change(await kms.generateDataKey(request));
        given.push(answer?.Plaintext ?? answer?.plaintext ?? new Uint8Array(0));
        return answer;
      },
    }));
    const { message } = await failure(sealObject(keyring, DATA), "ERR_INPUT");
    assert.ok(message.includes(words) && message.includes("kms.generateDataKey "), message);
  }
  const hanging = await symmetric((kms) => ({
    ...kms,
    generateDataKey: () => new Promise(() => {}),
  }));
  const controller = new AbortController();
  const sealing = sealObject(hanging.keyring, DATA, { signal: controller.signal });
  controller.abort();
  await failure(sealing, "ERR_ABORTED");
  assert.equal(given.length, 3 + 6);
  assert.ok(given.every((plaintext) => plaintext.every((byte) => byte === 0)));
});

test("symmetric keys are for objects, and each wrap for its own kind of keyring", async () => {
  const { keyring: rsa } = await fixture();
  const { keyring } = await symmetric();
  await failure(seal(keyring, DATA), "ERR_UNSUPPORTED");
  await failure(sealBlob(keyring, DATA), "ERR_UNSUPPORTED");
  await failure(open(keyring, await seal(rsa, DATA)), "ERR_UNSUPPORTED");
  const [one, other] = [await sealObject(rsa, DATA), await sealObject(keyring, DATA)];
  await failure(openObject(keyring, stored(one, DATA)), "ERR_NO_MATCHING_KEY");
  await failure(openObject(rsa, stored(other, DATA)), "ERR_NO_MATCHING_KEY");
  const { publicKey } = await fixture();
  const sealing = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN });
  await failure(openObject(sealing, stored(one, DATA)), "ERR_NO_KMS");
});
