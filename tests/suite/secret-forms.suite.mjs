// Secrets are recognised as one of the two forms, or as neither.

import { Keyring, KmsPublicKey, openSecret, seal, sealObject, sealSecret } from "bongtu";
import { assert, test } from "#harness";
import cases from "../../crates/core/tests/data/secret-cases.json" with { type: "json" };
import { KEY_ARN } from "../harness/kms.mjs";
import { DIRECT, fromBase64, opening, toBase64, unasked, utf8 } from "./secret-support.mjs";
import { assertBytes, bytes, failure, fixture } from "./support.mjs";

const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));

/** The bytes that a case of the table describes. Read as a header they ask for more bytes than there are. */
function described({ start, length, names }) {
  const described = new Uint8Array(length).fill(0xff);
  described.set(start.match(/../g).map((pair) => Number.parseInt(pair, 16)));
  if (names) {
    described.set(utf8("aws-kms-rsa"), 50);
  }
  return described;
}

test("which form a value has", async () => {
  for (const { what, is, ...description } of cases.values) {
    const value = described(description);
    if (is !== "direct") {
      await failure(openSecret(unasked, toBase64(value)), is);
      continue;
    }
    let asked;
    const keyring = opening(async (request) => {
      asked = request;
      return { KeyId: KEY_ARN, Plaintext: Uint8Array.of(7) };
    }, "RSAES_OAEP_SHA_1");
    assertBytes(await openSecret(keyring, toBase64(value)), Uint8Array.of(7), what);
    assertBytes(asked.CiphertextBlob, value, what);
    assert.equal(asked.EncryptionAlgorithm, "RSAES_OAEP_SHA_1");
  }
  for (const { text, is } of cases.texts) {
    await failure(openSecret(unasked, text), is);
  }
  const { keyring } = await fixture();
  // The message is as long as a block of RSA_4096.
  const message = await sealSecret(keyring, bytes(29));
  assert.equal(fromBase64(message).length, 512);
  const direct = await sealSecret(keyring, bytes(29), DIRECT);
  for (const around of cases.surroundings) {
    for (const value of [message, direct]) {
      assertBytes(await openSecret(keyring, around + value + around), bytes(29));
    }
  }
  for (const lineBreak of cases.breaks) {
    for (const value of [message, direct]) {
      const lines = value.match(/.{1,76}/g).join(lineBreak);
      assertBytes(await openSecret(keyring, lines + lineBreak), bytes(29));
    }
  }
});

test("what messages and objects wrap is no secret", async () => {
  const { publicKey: spki, keyring } = await fixture();
  const publicKey = KmsPublicKey.parse(spki);
  const value = await sealSecret(keyring, "secret", DIRECT);
  for (const { what, text, wrapped } of cases.plaintexts) {
    const plaintext = () => unhex(text);
    const given = plaintext();
    const answering = opening(async () => ({ KeyId: KEY_ARN, Plaintext: given }));
    if (wrapped) {
      const error = await failure(openSecret(answering, value), "ERR_UNWRAP");
      assert.equal(error.cause, undefined);
      for (const key of [keyring, publicKey]) {
        await failure(sealSecret(key, plaintext(), DIRECT), "ERR_INPUT");
      }
    } else {
      assertBytes(await openSecret(answering, value), plaintext(), what);
      await sealSecret(keyring, plaintext(), DIRECT);
    }
    assert.ok(
      given.every((byte) => byte === 0),
      what,
    );
    const armoured = await sealSecret(keyring, plaintext());
    assertBytes(await openSecret(keyring, armoured), plaintext(), what);
  }
});

test("the wrapped data key of a message or object is no secret either", async () => {
  const { publicKey, keyring: sha256, kms, asked } = await fixture();
  const algorithm = "RSAES_OAEP_SHA_1";
  const sha1 = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, algorithm, kms });
  for (const keyring of [sha1, sha256]) {
    const message = await seal(keyring, bytes(10));
    const start = 3 + 32 + 2 + 2 + (2 + 11) + (2 + KEY_ARN.length) + 2;
    const before = asked.length;
    const wrapped = toBase64(message.slice(start, start + 256));
    await failure(openSecret(keyring, wrapped), "ERR_UNWRAP");
    assert.equal(asked.length, before + 1);
  }
  for (const format of ["v2", "v3"]) {
    const sealed = await sealObject(sha1, bytes(10), { format });
    const wrapped = sealed.metadata[format === "v2" ? "x-amz-key-v2" : "x-amz-3"];
    await failure(openSecret(sha1, wrapped), "ERR_UNWRAP");
    sealed.dispose();
  }
});

test("a form can be demanded, and the other one is refused before KMS is asked", async () => {
  const { keyring } = await fixture();
  for (const form of ["armoured", "direct"]) {
    const value = await sealSecret(keyring, "secret", { form });
    for (const demanded of ["armoured", "direct", undefined]) {
      const options = { form: demanded };
      if (demanded === undefined || demanded === form) {
        assertBytes(await openSecret(keyring, value, options), utf8("secret"));
      } else {
        const { message } = await failure(openSecret(unasked, value, options), "ERR_MALFORMED");
        assert.ok(message.includes(form) && message.includes(demanded), message);
      }
    }
  }
});

test("a sealed secret that pasting damaged is not called unsealed", async () => {
  const { keyring } = await fixture();
  const value = await sealSecret(keyring, "secret", { form: "direct" });
  const url = value.replaceAll("+", "-").replaceAll("/", "_");
  for (const text of [`\ufeff${url}`, `${url}\ufeff`, `\ufeff"${value}"`, `${value}\u00a0`]) {
    await failure(openSecret(unasked, text), "ERR_MALFORMED");
  }
  for (const text of [`\u3000${url}`, `${value}\u2028`, `${value}\v`]) {
    await failure(openSecret(unasked, text), "ERR_MALFORMED");
  }
});
