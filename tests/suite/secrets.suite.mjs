// Small secrets. The table of cases is the one that the core is tested by.

import { Keyring, KmsPublicKey, open, openSecret, seal, sealedSize, sealSecret } from "bongtu";
import { assert, test } from "#harness";
import cases from "../../crates/core/tests/data/secret-cases.json" with { type: "json" };
import { createKms, createSymmetricKms, KEY_ARN, SYMMETRIC_ARN } from "../harness/kms.mjs";
import { ALGORITHMS, DIRECT, fromBase64, toBase64, unasked, utf8 } from "./secret-support.mjs";
import { assertBytes, bytes, failure, fixture, idle, testWithEach, thrown } from "./support.mjs";

const TARGETS = Object.entries(cases.targets);
const keys = {};

/** A key of this size, made once. */
function keyOf(bits) {
  keys[bits] ??= createKms(bits);
  return keys[bits];
}

for (const bits of [2048, 3072, 4096]) {
  testWithEach(`RSA_${bits}: both forms of every length come back`, async () => {
    const { publicKey: spki, kms, asked } = await keyOf(bits);
    const publicKey = KmsPublicKey.parse(spki);
    for (const algorithm of ALGORITHMS) {
      const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, algorithm, kms });
      const most = publicKey.maxDirectBytes(algorithm);
      assert.equal(most, cases.maxDirectBytes[`RSA_${bits}`][algorithm]);
      for (const length of [0, 1, 32, most]) {
        const secret = bytes(length);
        const armoured = await sealSecret(keyring, secret);
        assert.equal(armoured.length, 4 * Math.ceil(sealedSize(keyring, length) / 3));
        assertBytes(await openSecret(keyring, armoured), secret);
        if (length > 0) {
          for (const [key, options] of [
            [keyring, DIRECT],
            [publicKey, { ...DIRECT, algorithm }],
          ]) {
            const direct = await sealSecret(key, secret, options);
            assert.equal(fromBase64(direct).length, bits / 8);
            assertBytes(await openSecret(keyring, direct), secret);
            assert.deepEqual(asked.at(-1), {
              KeyId: KEY_ARN,
              CiphertextBlob: fromBase64(direct),
              EncryptionAlgorithm: algorithm,
            });
          }
        }
      }
      for (const length of [most + 1, 100_000]) {
        const { message } = await failure(sealSecret(keyring, bytes(length), DIRECT), "ERR_LIMIT");
        for (const word of [String(length), `at most ${most}`, "armoured"]) {
          assert.ok(message.includes(word), message);
        }
        assertBytes(
          await openSecret(keyring, await sealSecret(keyring, bytes(length))),
          bytes(length),
        );
      }
    }
  });
}

test("an armoured secret is base64 of a message, a direct one of KMS's own ciphertext", async () => {
  const { keyring, kms } = await fixture();
  const message = fromBase64(await sealSecret(keyring, "secret"));
  assertBytes((await open(keyring, message)).plaintext, utf8("secret"));
  const sealed = await seal(keyring, utf8("secret"));
  assertBytes(await openSecret(keyring, toBase64(sealed)), utf8("secret"));
  const { Plaintext } = await kms.decrypt({
    KeyId: KEY_ARN,
    CiphertextBlob: fromBase64(await sealSecret(keyring, "secret", DIRECT)),
    EncryptionAlgorithm: "RSAES_OAEP_SHA_256",
  });
  assertBytes(Plaintext, utf8("secret"));
});

test("text is UTF-8, and bytes are those of the view", async () => {
  const { keyring } = await fixture();
  const text = "pässwörd 비밀 \u{1f511}\0\n";
  const surrounded = new Uint8Array(40).fill(9);
  surrounded.set(bytes(8), 16);
  const shared = new Uint8Array(new SharedArrayBuffer(8));
  shared.set(bytes(8));
  for (const options of [{}, DIRECT]) {
    const round = async (secret) => openSecret(keyring, await sealSecret(keyring, secret, options));
    assertBytes(await round(text), utf8(text));
    assertBytes(await round(bytes(8).buffer), bytes(8));
    assertBytes(await round(new DataView(surrounded.buffer, 16, 8)), bytes(8));
    assertBytes(await round(shared), bytes(8));
    const view = surrounded.subarray(16, 24);
    assertBytes(await round(view), bytes(8));
    assertBytes(view, bytes(8), "the caller's own bytes");
    for (const secret of ["\ud800", "a\udc00b", "\udc00\ud800", undefined, null, 7, {}, ["a"]]) {
      await failure(sealSecret(keyring, secret, options), "ERR_INPUT");
    }
  }
  assertBytes(await openSecret(keyring, await sealSecret(keyring, "")), new Uint8Array(0));
  const { message } = await failure(sealSecret(keyring, "", DIRECT), "ERR_INPUT");
  assert.ok(message.includes("use the armoured form"), message);
});

test("every target at its edge", async () => {
  const { publicKey, keyring } = await fixture();
  const encryptionContext = { name: "db" };
  const overhead = sealedSize(keyring, 0, { encryptionContext });
  for (const [target, capacity] of TARGETS) {
    const most = Math.floor(capacity / 4) * 3 - overhead;
    const options = { target, encryptionContext };
    const value = await sealSecret(keyring, bytes(most), options);
    assert.ok(value.length <= capacity && value.length > capacity - 4, target);
    const error = await failure(sealSecret(keyring, bytes(most + 1), options), "ERR_LIMIT");
    for (const word of [target, String(value.length + 4), `at most ${capacity}`]) {
      assert.ok(error.message.includes(word), error.message);
    }
    // A block fits everywhere.
    await sealSecret(KmsPublicKey.parse(publicKey), bytes(190), { ...DIRECT, target });
  }
});

test("bytes that the caller wipes at once", async () => {
  const { keyring } = await fixture();
  for (const options of [{}, DIRECT]) {
    const own = bytes(20);
    const sealing = sealSecret(keyring, own, options);
    own.fill(0);
    assertBytes(await openSecret(keyring, await sealing), bytes(20));
  }
});

test("what does not go together", async () => {
  const { publicKey: spki, keyring, kms } = await fixture();
  const publicKey = KmsPublicKey.parse(spki);
  const algorithm = "RSAES_OAEP_SHA_1";
  const encryptionContext = { a: "b" };
  const symmetric = Keyring.kms({ keyArn: SYMMETRIC_ARN, kms: (await createSymmetricKms()).kms });
  const openOnly = Keyring.kmsRsa({ keyArn: KEY_ARN, kms });
  const sha1Only = KmsPublicKey.parse({ PublicKey: spki, EncryptionAlgorithms: [algorithm] });
  for (const [key, options, code] of [
    [keyring, { form: "armored" }, "ERR_INPUT"],
    [keyring, { form: null }, "ERR_INPUT"],
    [keyring, { target: "ssm" }, "ERR_INPUT"],
    [keyring, { target: "toString" }, "ERR_INPUT"],
    [keyring, { target: null }, "ERR_INPUT"],
    [keyring, { targt: "ssm-standard" }, "ERR_INPUT"],
    [keyring, { from: "direct" }, "ERR_INPUT"],
    [keyring, { encryptionContxt: { a: "b" } }, "ERR_INPUT"],
    [keyring, { algorithm }, "ERR_INPUT"],
    [keyring, { ...DIRECT, algorithm }, "ERR_INPUT"],
    [keyring, { ...DIRECT, encryptionContext }, "ERR_CONTEXT"],
    [publicKey, { ...DIRECT, encryptionContext }, "ERR_CONTEXT"],
    [publicKey, {}, "ERR_INPUT"],
    [publicKey, { ...DIRECT, algorithm: "RSAES_OAEP_SHA_512" }, "ERR_KEY_ALGORITHM"],
    [publicKey, { ...DIRECT, algorithm: null }, "ERR_INPUT"],
    [sha1Only, DIRECT, "ERR_KEY_ALGORITHM"],
    [Keyring.kmsRsa({ publicKey: sha1Only, keyArn: KEY_ARN }), DIRECT, "ERR_KEY_ALGORITHM"],
    [openOnly, {}, "ERR_NO_PUBLIC_KEY"],
    [openOnly, DIRECT, "ERR_NO_PUBLIC_KEY"],
    [symmetric, {}, "ERR_UNSUPPORTED"],
    [symmetric, DIRECT, "ERR_UNSUPPORTED"],
    [spki, {}, "ERR_INPUT"],
    [spki, DIRECT, "ERR_INPUT"],
    [undefined, DIRECT, "ERR_INPUT"],
    [keyring, null, "ERR_INPUT"],
    [keyring, { signal: 7 }, "ERR_INPUT"],
  ]) {
    const error = await failure(sealSecret(key, "x", options), code);
    assert.equal(error.cause, undefined);
  }
  await sealSecret(sha1Only, "x", { ...DIRECT, algorithm });
  await sealSecret(keyring, "x", { ...DIRECT, encryptionContext: {} });

  const direct = await sealSecret(publicKey, "x", DIRECT);
  await failure(openSecret(symmetric, direct), "ERR_UNSUPPORTED");
  const sealOnly = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN });
  for (const value of [direct, await sealSecret(keyring, "x")]) {
    await failure(openSecret(sealOnly, value), "ERR_NO_KMS");
    await failure(openSecret(spki, value), "ERR_INPUT");
    for (const options of [
      { encryptionContxt: { a: "b" } },
      { releaseUnverified: true },
      null,
      { limits: 7 },
      { limits: { maxFrameLength: -1 } },
      { commitmentPolicy: 7 },
      { commitmentPolicy: "REQUIRE" },
      { form: "armored" },
      { form: null },
      { signal: 7 },
    ]) {
      await failure(openSecret(keyring, value, options), "ERR_INPUT");
    }
  }
  for (const value of [undefined, null, 7, fromBase64(direct), [direct]]) {
    await failure(openSecret(keyring, value), "ERR_INPUT");
  }
});

test("contexts", async () => {
  const { keyring } = await fixture();
  const encryptionContext = { stage: "prod", name: "db" };
  const armoured = await sealSecret(keyring, "secret", { encryptionContext });
  for (const wanted of [undefined, {}, { name: "db" }, encryptionContext]) {
    const options = { encryptionContext: wanted };
    assertBytes(await openSecret(keyring, armoured, options), utf8("secret"));
  }
  const other = { encryptionContext: { name: "mail" } };
  await failure(openSecret(keyring, armoured, other), "ERR_CONTEXT_MISMATCH");
  const direct = await sealSecret(keyring, "secret", DIRECT);
  assertBytes(await openSecret(keyring, direct, { encryptionContext: {} }), utf8("secret"));
  await failure(openSecret(unasked, direct, other), "ERR_CONTEXT_MISMATCH");
});

test("limits are those of open", async () => {
  const { keyring } = await fixture();
  const value = await sealSecret(keyring, "secret");
  const limits = { maxHeaderLength: 100 };
  await failure(openSecret(keyring, value, { limits }), "ERR_LIMIT");
});

test("a secret is small", async () => {
  const { keyring } = await fixture();
  const { message } = await failure(sealSecret(keyring, bytes(3 * 2 ** 20)), "ERR_LIMIT");
  assert.ok(message.includes("4194304"), message);
  await failure(openSecret(unasked, "A".repeat(2 ** 23 + 1)), "ERR_LIMIT");
});

test("a public key is itself, and not a proxy of one", async () => {
  const { publicKey } = await fixture();
  const key = KmsPublicKey.parse(publicKey);
  for (const other of [new Proxy(key, {}), Object.create(key)]) {
    await failure(sealSecret(other, "secret", { form: "direct" }), "ERR_INPUT");
    thrown(() => Keyring.kmsRsa({ publicKey: other, keyArn: KEY_ARN }), "ERR_INPUT");
  }
});

testWithEach("a signal, and progress", async () => {
  const { publicKey, keyring, kms, asked } = await fixture();
  const reason = new Error("enough");
  const aborted = { signal: AbortSignal.abort(reason) };
  for (const form of ["armoured", "direct"]) {
    const error = await failure(sealSecret(keyring, "x", { form, ...aborted }), "ERR_ABORTED");
    assert.equal(error.cause, reason);
    const told = [];
    const onProgress = (progress) => told.push(progress);
    const value = await sealSecret(keyring, bytes(100), { form, onProgress });
    assert.equal(told.at(-1).bytes, 100);
    await openSecret(keyring, value, { onProgress });
    assert.equal(told.at(-1).bytes, fromBase64(value).length);
    const before = asked.length;
    await failure(openSecret(keyring, value, aborted), "ERR_ABORTED");
    assert.equal(asked.length, before, "KMS was asked");

    const controller = new AbortController();
    let late;
    const slow = Keyring.kmsRsa({
      publicKey,
      keyArn: KEY_ARN,
      kms: {
        async decrypt(request, { signal }) {
          controller.abort(reason);
          assert.ok(signal.aborted, "KMS is not told");
          late = await kms.decrypt(request);
          return late;
        },
      },
    });
    const { signal } = controller;
    await failure(openSecret(slow, value, { signal }), "ERR_ABORTED");
    await idle();
    assert.ok(
      late.Plaintext.every((byte) => byte === 0),
      "a late plaintext is not wiped",
    );
  }
});
