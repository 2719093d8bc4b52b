import { inspect, seal } from "bongtu";
import { assert, test } from "#harness";
import { KEY_ARN } from "../harness/kms.mjs";
import { HEADER_FIELDS } from "../support/header-fields.mjs";
import { bytes, failure, fixture, joined, shapes } from "./support.mjs";

async function message(length, options) {
  const { keyring } = await fixture();
  return seal(keyring, bytes(length), options);
}

test("describes a message without any key", async () => {
  const sealed = await message(100, { frameLength: 30, encryptionContext: { a: "값" } });
  const { messageId, fields, ...rest } = await inspect(sealed);
  const headerLength = sealed.length - 100 - 3 * 32 - 40;
  assert.deepEqual(rest, {
    format: "message",
    version: 2,
    suite: {
      id: "0x0478",
      name: "ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY",
      committing: true,
      signed: false,
    },
    encryptionContext: { a: "값" },
    encryptedDataKeys: [
      { providerId: "aws-kms-rsa", providerInfo: KEY_ARN, ciphertextLength: 256 },
    ],
    contentType: "framed",
    frameLength: 30,
    headerLength,
    body: {
      frames: 4,
      plaintextLength: 100,
      length: 100 + 3 * 32 + 40,
      complete: true,
      finalFrameStart: headerLength + 3 * 62,
    },
  });
  assert.ok(/^[0-9a-f]{64}$/.test(messageId));
});

test("maps the header without gaps", async () => {
  const sealed = await message(1, { encryptionContext: { a: "b" } });
  const { fields, headerLength } = await inspect(sealed);
  assert.deepEqual(
    fields.map(({ name }) => name),
    HEADER_FIELDS,
  );
  let end = 0;
  for (const { name, start, length } of fields) {
    assert.equal(start, end, name);
    end += length;
  }
  assert.equal(end, headerLength);
});

test("takes every shape of source", async () => {
  const sealed = await message(1000, { frameLength: 100 });
  const expected = await inspect(sealed);
  for (const [, make] of shapes(sealed)) {
    assert.deepEqual(await inspect(make()), expected);
  }
});

test("a beginning is described as far as it goes", async () => {
  const sealed = await message(100, { frameLength: 30 });
  const { headerLength, body } = await inspect(sealed);
  for (let length = headerLength; length < sealed.length; length++) {
    const part = await inspect(sealed.subarray(0, length));
    assert.equal(part.body.complete, false, `${length}`);
    assert.equal(part.body.length, length - headerLength);
    assert.equal(part.body.frames, Math.min(3, Math.floor((length - headerLength) / 62)));
    assert.ok(!("finalFrameStart" in part.body));
  }
  assert.equal(body.complete, true);
  for (let length = 0; length < headerLength; length++) {
    await failure(inspect(sealed.subarray(0, length)), "ERR_TRUNCATED");
  }
});

test("keys that are not ours, and many of them", async () => {
  const sealed = await message(1);
  const { fields } = await inspect(sealed);
  const start = (name) => fields.find((field) => field.name === name).start;
  const edk = sealed.subarray(start("edk[0].providerId"), start("contentType"));
  const other = edk.slice();
  other.set(new TextEncoder().encode("not-kms-rsa"), 2);
  const many = joined([
    sealed.subarray(0, start("edkCount")),
    new Uint8Array([0, 20]),
    ...Array.from({ length: 20 }, (_, i) => (i === 7 ? edk : other)),
    sealed.subarray(start("contentType")),
  ]);
  const { encryptedDataKeys, body } = await inspect(many);
  assert.equal(encryptedDataKeys.length, 20);
  assert.deepEqual(
    encryptedDataKeys.map(({ providerId }) => providerId),
    Array.from({ length: 20 }, (_, i) => (i === 7 ? "aws-kms-rsa" : "not-kms-rsa")),
  );
  assert.equal(body.complete, true);
});

test("what breaks the format", async () => {
  const sealed = await message(100, { frameLength: 30 });
  const { headerLength } = await inspect(sealed);
  const swapped = sealed.slice();
  swapped[headerLength + 3] = 7;
  await failure(inspect(swapped), "ERR_MALFORMED");
  await failure(inspect(joined([sealed, sealed])), "ERR_TRAILING_DATA");
});

test("tells its progress", async () => {
  const sealed = await message(1_000_000);
  const reports = [];
  await inspect(sealed, { onProgress: (progress) => reports.push(progress) });
  assert.deepEqual(reports.at(-1), { bytes: sealed.length, total: sealed.length });
});
