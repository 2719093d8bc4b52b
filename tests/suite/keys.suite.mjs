import { inspect, Keyring, KmsPublicKey, open, seal, sealObject } from "bongtu";
import { assert, test } from "#harness";
import { KEY_ARN } from "../harness/kms.mjs";
import { assertBytes, bytes, failure, fixture, thrown } from "./support.mjs";

const ALGORITHMS = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"];

const base64 = (der) => btoa(String.fromCharCode(...der));
const utf8 = (text) => new TextEncoder().encode(text);
const hex = (digest) =>
  Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");

function pem(der, label = "PUBLIC KEY") {
  const lines = base64(der)
    .match(/.{1,64}/g)
    .join("\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

function response(der, changes = {}) {
  return {
    KeyId: KEY_ARN,
    PublicKey: der,
    KeySpec: "RSA_2048",
    CustomerMasterKeySpec: "RSA_2048",
    KeyUsage: "ENCRYPT_DECRYPT",
    EncryptionAlgorithms: ALGORITHMS,
    $metadata: { httpStatusCode: 200 },
    ...changes,
  };
}

const json = (der, changes) => JSON.stringify(response(base64(der), changes), undefined, 4);

test("public keys in every form that KMS and its tools give", async () => {
  const { publicKey } = await fixture();
  const surrounded = new Uint8Array(publicKey.length + 20);
  surrounded.set(publicKey, 7);
  const fingerprint = hex(await crypto.subtle.digest("SHA-256", publicKey));
  const bare = {
    "DER bytes": publicKey,
    "DER in a larger buffer": surrounded.subarray(7, 7 + publicKey.length),
    "an ArrayBuffer": publicKey.slice().buffer,
    PEM: pem(publicKey),
    "PEM with CRLF": pem(publicKey).replaceAll("\n", "\r\n"),
    "PEM as bytes": utf8(pem(publicKey)),
    base64: base64(publicKey),
    "base64 and a line end": `${base64(publicKey)}\n`,
    "base64 as bytes": utf8(base64(publicKey)),
  };
  const full = {
    "the SDK's response": response(publicKey),
    "a response with base64": response(base64(publicKey)),
    "the CLI's JSON": json(publicKey),
    "JSON as bytes": utf8(json(publicKey)),
    "JSON after a byte order mark": utf8(`\ufeff${json(publicKey)}`),
  };
  for (const [form, input] of Object.entries({ ...bare, ...full })) {
    const key = KmsPublicKey.parse(input);
    assert.equal(key.keySpec, "RSA_2048", form);
    assert.equal(key.spkiSha256, fingerprint, form);
    assert.equal(key.keyArn, form in full ? KEY_ARN : undefined, form);
    assert.deepEqual([...key.encryptionAlgorithms], ALGORITHMS, form);
    assert.deepEqual(key.spki(), publicKey, form);
    assert.equal(key.maxDirectBytes("RSAES_OAEP_SHA_1"), 214);
    assert.equal(key.maxDirectBytes("RSAES_OAEP_SHA_256"), 190);
    thrown(() => key.maxDirectBytes("RSAES_PKCS1_V1_5"), "ERR_KEY_ALGORITHM");
    thrown(() => key.maxDirectBytes(), "ERR_KEY_ALGORITHM");
    // Wherever a keyring's publicKey stands, all of them may.
    assert.ok(Keyring.kmsRsa({ publicKey: input, keyArn: KEY_ARN }) instanceof Keyring, form);
  }
});

test("the pin: another key is refused", async () => {
  const { publicKey } = await fixture();
  const { spkiSha256 } = KmsPublicKey.parse(publicKey);
  assert.equal(KmsPublicKey.parse(publicKey, { spkiSha256 }).spkiSha256, spkiSha256);
  const other = spkiSha256.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
  thrown(() => KmsPublicKey.parse(publicKey, { spkiSha256: other }), "ERR_KEY_PIN");
  thrown(
    () => KmsPublicKey.parse(publicKey, { spkiSha256: spkiSha256.toUpperCase() }),
    "ERR_INPUT",
  );
  thrown(() => KmsPublicKey.parse(publicKey, { spkiSha256: "" }), "ERR_INPUT");
  for (const lost of [{ spkiSha256: 7 }, { spkiSha256: undefined }, { spkiSHA256: other }]) {
    thrown(() => KmsPublicKey.parse(publicKey, lost), "ERR_INPUT");
  }
});

test("keys that cannot be sealed to", async () => {
  const { publicKey, pkcs8 } = await fixture();
  const parse = (input, code) => thrown(() => KmsPublicKey.parse(input), code);
  parse(pkcs8, "ERR_PRIVATE_KEY");
  parse(pem(pkcs8, "PRIVATE KEY"), "ERR_PRIVATE_KEY");
  const ec = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  parse(new Uint8Array(await crypto.subtle.exportKey("spki", ec.publicKey)), "ERR_KEY_TYPE");
  parse(response(publicKey, { KeyUsage: "SIGN_VERIFY" }), "ERR_KEY_USAGE");
  parse(json(publicKey, { KeyUsage: "SIGN_VERIFY" }), "ERR_KEY_USAGE");
  parse(response(publicKey, { KeySpec: "RSA_4096" }), "ERR_PUBLIC_KEY");
  parse(response(publicKey, { KeyId: "alias/mine" }), "ERR_KEY_ARN");
  parse(response(undefined), "ERR_PUBLIC_KEY");
  parse(response("not base64!"), "ERR_PUBLIC_KEY");
  parse(JSON.stringify(response({ 0: 48, 1: 130 })), "ERR_PUBLIC_KEY");
  parse("{ truncated", "ERR_PUBLIC_KEY");
  parse({}, "ERR_PUBLIC_KEY");
  parse(publicKey.subarray(0, -1), "ERR_PUBLIC_KEY");
  parse(new Uint8Array([...publicKey, 0]), "ERR_PUBLIC_KEY");
  parse(new Uint8Array(0), "ERR_PUBLIC_KEY");
  parse("", "ERR_PUBLIC_KEY");
  parse(KEY_ARN, "ERR_PUBLIC_KEY");
  parse(pem(publicKey, "CERTIFICATE"), "ERR_PUBLIC_KEY");
});

test("a response for another key", async () => {
  const { publicKey } = await fixture();
  const keyArn = KEY_ARN.replace("0f1e", "ffff");
  const input = response(publicKey);
  thrown(() => KmsPublicKey.parse(input, { keyArn }), "ERR_KEY_MISMATCH");
  thrown(() => Keyring.kmsRsa({ publicKey: input, keyArn }), "ERR_KEY_MISMATCH");
  const parsed = KmsPublicKey.parse(input);
  thrown(() => Keyring.kmsRsa({ publicKey: parsed, keyArn }), "ERR_KEY_MISMATCH");
  const replica = "arn:aws:kms:eu-west-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef";
  const elsewhere = replica.replace("eu-west-1", "us-east-1");
  const multi = response(publicKey, { KeyId: replica });
  assert.equal(KmsPublicKey.parse(multi, { keyArn: elsewhere }).keyArn, elsewhere);
});

test("a response brings its key's ARN", async () => {
  const { publicKey, kms } = await fixture();
  const given = JSON.parse(json(publicKey));
  for (const key of [given, JSON.stringify(given), KmsPublicKey.parse(given)]) {
    const keyring = Keyring.kmsRsa({ publicKey: key, kms });
    const sealed = await seal(keyring, bytes(10));
    assert.equal((await inspect(sealed)).encryptedDataKeys[0].providerInfo, given.KeyId);
    assertBytes((await open(keyring, sealed)).plaintext, bytes(10));
  }
});

test("an algorithm that the key does not offer", async () => {
  const { publicKey } = await fixture();
  const key = response(publicKey, { EncryptionAlgorithms: ["RSAES_OAEP_SHA_1"] });
  const sha256 = { publicKey: key, keyArn: KEY_ARN, algorithm: "RSAES_OAEP_SHA_256" };
  thrown(() => Keyring.kmsRsa(sha256), "ERR_KEY_ALGORITHM");
  const keyring = Keyring.kmsRsa({ ...sha256, algorithm: "RSAES_OAEP_SHA_1" });
  assert.ok((await seal(keyring, bytes(1))).length > 0);
  // Objects take SHA-1 whatever messages take.
  const unset = Keyring.kmsRsa({ publicKey: key, keyArn: KEY_ARN });
  await failure(seal(unset, bytes(1)), "ERR_KEY_ALGORITHM");
  assert.equal((await sealObject(unset, bytes(1))).size, 17);
  const other = response(publicKey, { EncryptionAlgorithms: ["RSAES_OAEP_SHA_256"] });
  const messagesOnly = Keyring.kmsRsa({ publicKey: other, keyArn: KEY_ARN });
  await failure(sealObject(messagesOnly, bytes(1)), "ERR_KEY_ALGORITHM");
  for (const unknown of ["RSAES_PKCS1_V1_5", "SYMMETRIC_DEFAULT", "", "rsaes_oaep_sha_256"]) {
    thrown(
      () => Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, algorithm: unknown }),
      "ERR_KEY_ALGORITHM",
    );
  }
});

test("arguments of other types", async () => {
  const { publicKey, kms } = await fixture();
  for (const input of [undefined, null, 7, true, Symbol("key"), [1, 2], () => {}]) {
    thrown(() => KmsPublicKey.parse(input), "ERR_INPUT");
  }
  for (const options of [null, "pin", 7]) {
    thrown(() => KmsPublicKey.parse(publicKey, options), "ERR_INPUT");
    thrown(() => Keyring.kmsRsa(options), "ERR_INPUT");
  }
  thrown(() => Keyring.kmsRsa(), "ERR_INPUT");
  thrown(() => Keyring.kmsRsa({ publicKey }), "ERR_INPUT");
  thrown(() => Keyring.kmsRsa({ publicKey, keyARN: KEY_ARN }), "ERR_INPUT");
  thrown(() => Keyring.kmsRsa({ publicKey, keyArn: 7 }), "ERR_INPUT");
  thrown(() => Keyring.kmsRsa({ publicKey: null, keyArn: KEY_ARN }), "ERR_INPUT");
  thrown(() => Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, algorithm: 7 }), "ERR_INPUT");
  thrown(() => Keyring.kmsRsa({ keyArn: KEY_ARN, kms: null }), "ERR_INPUT");
  thrown(() => Keyring.kmsRsa({ keyArn: KEY_ARN, kms, underAnyArn: "yes" }), "ERR_INPUT");
  thrown(() => Keyring.kmsRsa({ keyArn: KEY_ARN, kms: kms.decrypt }), "ERR_INPUT");
  thrown(() => KmsPublicKey.parse(response(publicKey, { KeyUsage: 7 })), "ERR_INPUT");
  thrown(() => KmsPublicKey.parse(response(publicKey, { EncryptionAlgorithms: "x" })), "ERR_INPUT");
});

test("neither class can be made or changed otherwise", async () => {
  const { publicKey, keyring } = await fixture();
  thrown(() => new KmsPublicKey(), "ERR_INPUT");
  thrown(() => new Keyring(), "ERR_INPUT");
  const key = KmsPublicKey.parse(publicKey);
  for (const value of [key, keyring]) {
    assert.ok(Object.isFrozen(value));
    assert.throws(
      () => {
        value.keyArn = "another";
      },
      { name: "TypeError" },
    );
  }
  assert.ok(!JSON.stringify(keyring).includes("arn"));
});

test("a keyring shows what it is", async () => {
  const { publicKey } = await fixture();
  const kms = { decrypt: async () => ({}) };
  const key = KmsPublicKey.parse(publicKey);
  const none = { publicKey: undefined, algorithm: undefined, underAnyArn: false };
  for (const [keyring, shown] of [
    [Keyring.kms({ keyArn: KEY_ARN, kms }), { ...none, kind: "kms" }],
    [Keyring.kmsRsa({ keyArn: KEY_ARN, kms }), { ...none, kind: "kms-rsa" }],
    [
      Keyring.kmsRsa({ keyArn: KEY_ARN, kms, underAnyArn: true, algorithm: ALGORITHMS[0] }),
      { ...none, kind: "kms-rsa", underAnyArn: true, algorithm: ALGORITHMS[0] },
    ],
    [
      Keyring.kmsRsa({ keyArn: ` ${KEY_ARN} `, publicKey: key }),
      { ...none, kind: "kms-rsa", publicKey: key },
    ],
  ]) {
    for (const [name, value] of Object.entries({ ...shown, keyArn: KEY_ARN })) {
      assert.equal(keyring[name], value, name);
    }
  }
  const parsed = Keyring.kmsRsa({ publicKey: response(publicKey) });
  assert.equal(parsed.keyArn, KEY_ARN);
  assert.equal(parsed.publicKey.spkiSha256, key.spkiSha256);
});
