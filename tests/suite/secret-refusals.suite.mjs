// Secrets that must not open: changed, for another algorithm or policy, or refused by KMS.

import { Keyring, openSecret, sealSecret } from "bongtu";
import { assert, test } from "#harness";
import cases from "../../crates/core/tests/data/secret-cases.json" with { type: "json" };
import { KEY_ARN, kmsException } from "../harness/kms.mjs";
import {
  ALGORITHMS,
  DIRECT,
  fromBase64,
  opening,
  toBase64,
  unasked,
  utf8,
} from "./secret-support.mjs";
import { assertBytes, bytes, failure, fixture } from "./support.mjs";

test("a message that does not commit to its key needs its policy", async () => {
  // Version 1, suite 0x0178, no context, one data key of the right kind, 4096 bytes per frame.
  const edk = [utf8("aws-kms-rsa"), utf8(KEY_ARN), new Uint8Array(256)].flatMap((field) => [
    field.length >> 8,
    field.length & 0xff,
    ...field,
  ]);
  const start = [1, 0x80, 1, 0x78, ...bytes(16), 0, 0, 0, 1, ...edk];
  const header = [...start, 2, 0, 0, 0, 0, 12, 0, 0, 16, 0, ...bytes(28)];
  const value = toBase64([...header, ...bytes(40)]);
  await failure(openSecret(unasked, value), "ERR_COMMITMENT_POLICY");
  const commitmentPolicy = "REQUIRE_ENCRYPT_ALLOW_DECRYPT";
  const keyring = opening(() => Promise.reject(kmsException("InvalidCiphertextException")));
  await failure(openSecret(keyring, value, { commitmentPolicy }), "ERR_UNWRAP");
});

test("how KMS can answer", async () => {
  const { keyring } = await fixture();
  const value = await sealSecret(keyring, "secret", DIRECT);
  const Plaintext = () => utf8("secret");
  const messages = new Set();
  const given = [];
  for (const answer of [
    { KeyId: KEY_ARN.replace("0f1e", "0f1f"), Plaintext: Plaintext() },
    { KeyId: KEY_ARN.split("/")[1], Plaintext: Plaintext() },
    { Plaintext: Plaintext() },
    { KeyId: 7, Plaintext: Plaintext() },
    { KeyId: KEY_ARN, Plaintext: new Uint8Array(0) },
  ]) {
    given.push(answer?.Plaintext);
    const error = await failure(
      openSecret(
        opening(async () => answer),
        value,
      ),
      "ERR_UNWRAP",
    );
    assert.equal(error.cause, undefined);
    messages.add(error.message);
  }
  // Something that is not an answer of KMS says nothing about the key.
  for (const answer of [{ KeyId: KEY_ARN }, { Plaintext: "c2VjcmV0" }, {}, undefined, null]) {
    await failure(
      openSecret(
        opening(async () => answer),
        value,
      ),
      "ERR_INPUT",
    );
  }
  for (const [name, code] of Object.entries(cases.failures)) {
    const cause = kmsException(name);
    const error = await failure(
      openSecret(
        opening(() => Promise.reject(cause)),
        value,
      ),
      code,
    );
    if (code === "ERR_UNWRAP") {
      assert.equal(error.cause, undefined);
      messages.add(error.message);
    } else {
      assert.equal(error.cause, cause);
      assert.ok(error.message.includes(name), error.message);
    }
  }
  assert.equal(messages.size, 1, "a refusal says who refused");

  const right = Plaintext();
  const opened = await openSecret(
    opening(() => ({ KeyId: KEY_ARN, Plaintext: right })),
    value,
  );
  assertBytes(opened, Plaintext());
  for (const plaintext of [right, ...given]) {
    assert.ok(!ArrayBuffer.isView(plaintext) || plaintext.every((byte) => byte === 0));
  }
});

test("another algorithm than it was sealed with", async () => {
  const { publicKey, kms } = await fixture();
  const [sha256, sha1] = ALGORITHMS.map((algorithm) =>
    Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, algorithm, kms }),
  );
  for (const options of [{}, DIRECT]) {
    await failure(openSecret(sha1, await sealSecret(sha256, "x", options)), "ERR_UNWRAP");
    await failure(openSecret(sha256, await sealSecret(sha1, "x", options)), "ERR_UNWRAP");
  }
});

test("no bit of it can be changed, and nothing left out", async () => {
  const { keyring } = await fixture();
  for (const options of [{}, DIRECT]) {
    const sealed = fromBase64(await sealSecret(keyring, "secret", options));
    const refused = async (changed, what) => {
      const [outcome] = await Promise.allSettled([openSecret(keyring, toBase64(changed))]);
      assert.equal(outcome.status, "rejected", what);
      assert.equal(outcome.reason.name, "BongtuError", what);
    };
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      await refused(changed, `bit ${bit}`);
    }
    for (let length = 0; length < sealed.length; length++) {
      await refused(sealed.subarray(0, length), `${length} bytes`);
    }
    await refused([...sealed, 0], "a byte more");
  }
});
