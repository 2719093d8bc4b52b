// Small secrets. The table of cases is the one that the core is tested by.

import {
  Keyring,
  KmsPublicKey,
  open,
  openSecret,
  seal,
  sealedSize,
  sealObject,
  sealSecret,
} from "bongtu";
import { assert, test } from "#harness";
import cases from "../../crates/core/tests/data/secret-cases.json" with { type: "json" };
import {
  createKms,
  createSymmetricKms,
  KEY_ARN,
  kmsException,
  SYMMETRIC_ARN,
} from "../harness/kms.mjs";
import { assertBytes, bytes, failure, fixture, idle, testWithEach, thrown } from "./support.mjs";

const DIRECT = { form: "direct" };
const ALGORITHMS = ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"];
const TARGETS = Object.entries(cases.targets);

const toBase64 = (data) => btoa(String.fromCharCode(...data));
const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const utf8 = (text) => new TextEncoder().encode(text);
const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));

const keys = {};

/** A key of this size, made once. */
function keyOf(bits) {
  keys[bits] ??= createKms(bits);
  return keys[bits];
}

/** A keyring that opens by `decrypt`. */
function opening(decrypt, algorithm) {
  return Keyring.kmsRsa({ keyArn: KEY_ARN, algorithm, kms: { decrypt } });
}

const unasked = opening(() => assert.fail("KMS was asked"));

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

/** What a case of the table describes: as a header it asks for more than there is. */
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
  // As long as a block of RSA_4096.
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
  // What is no answer of KMS's says nothing about the key.
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
