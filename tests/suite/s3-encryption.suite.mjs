// Server-side encryption: which headers, for which operations, and what becomes of the keys.

import { CustomerKey, KmsPublicKey, open, seal, sse } from "bongtu";
import { assert, test } from "#harness";
import { bytes, failure, fixture, thrown } from "./support.mjs";

const RAW = Uint8Array.from({ length: 32 }, (_, i) => i);
const KEY_BASE64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const MD5_BASE64 = "tP/LI3N87DFaSk0aoqYgzg==";
const PREFIX = "x-amz-server-side-encryption-customer";
const PLACE = { bucket: "inbox", key: "2026/report.pdf" };
const KMS_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

test("the headers of a customer key", () => {
  const key = CustomerKey.from(RAW);
  assert.equal(key.md5, MD5_BASE64);
  const headers = {
    [`${PREFIX}-algorithm`]: "AES256",
    [`${PREFIX}-key`]: KEY_BASE64,
    [`${PREFIX}-key-md5`]: MD5_BASE64,
  };
  for (const operation of [
    "PutObject",
    "GetObject",
    "HeadObject",
    "CopyObject",
    "CreateMultipartUpload",
    "UploadPart",
    "UploadPartCopy",
    "CompleteMultipartUpload",
    "ListParts",
    "GetObjectAttributes",
    "SelectObjectContent",
  ]) {
    assert.deepEqual(key.headers(operation), headers, operation);
  }
  assert.deepEqual(Object.keys(key.headers("PostObject")), [
    `${PREFIX}-algorithm`,
    `${PREFIX}-key`,
    `${PREFIX}-key-MD5`,
  ]);
  for (const operation of ["DeleteObject", "ListObjectsV2", "AbortMultipartUpload"]) {
    thrown(() => key.headers(operation), "ERR_SSE");
  }
  for (const operation of [undefined, null, 7, "putobject", "FlyObject", ""]) {
    thrown(() => key.headers(operation), "ERR_INPUT");
  }
});

test("a copy has the headers of two keys", () => {
  const [key, source] = [CustomerKey.from(RAW), CustomerKey.generate()];
  const both = key.headers("CopyObject", { copySource: source });
  assert.equal(Object.keys(both).length, 6);
  assert.equal(both[`x-amz-copy-source-server-side-encryption-customer-key-md5`], source.md5);
  assert.equal(both[`${PREFIX}-key-md5`], MD5_BASE64);
  assert.equal(Object.keys(source.copySourceHeaders("UploadPartCopy")).length, 3);
  thrown(() => key.headers("PutObject", { copySource: source }), "ERR_SSE");
  thrown(() => key.copySourceHeaders("GetObject"), "ERR_SSE");
  thrown(() => key.headers("CopyObject", { copySource: RAW }), "ERR_INPUT");
});

test("a key goes nowhere in the clear", () => {
  const key = CustomerKey.from(RAW);
  for (const endpoint of [
    "https://s3.eu-west-1.amazonaws.com",
    new URL("http://localhost:4566/inbox"),
    "http://127.0.0.1:9000",
    "http://[::1]:9000",
  ]) {
    assert.equal(key.headers("PutObject", { endpoint })[`${PREFIX}-key`], KEY_BASE64);
  }
  for (const endpoint of [
    "http://s3.eu-west-1.amazonaws.com",
    "http://localhost@example.com",
    "http://localhost.example.com",
    "HTTP:\\\\example.com",
  ]) {
    thrown(() => key.headers("PutObject", { endpoint }), "ERR_SSE");
    thrown(() => key.copySourceHeaders("CopyObject", { endpoint }), "ERR_SSE");
  }
  for (const endpoint of ["example.com", "", 7, null, "ftp://localhost"]) {
    thrown(() => key.headers("PutObject", { endpoint }), "ERR_INPUT");
  }
});

test("what is no customer key", () => {
  for (const length of [0, 16, 31, 33, 64]) {
    thrown(() => CustomerKey.from(new Uint8Array(length)), "ERR_SSE");
  }
  for (const given of [undefined, null, KEY_BASE64, 32, Array.from(RAW), {}]) {
    thrown(() => CustomerKey.from(given), "ERR_INPUT");
  }
  thrown(() => new CustomerKey(), "ERR_INPUT");
  const view = new Uint8Array(96).fill(9);
  view.set(RAW, 40);
  assert.equal(CustomerKey.from(view.subarray(40, 72)).md5, MD5_BASE64);
});

test("a key is in no text about it", () => {
  const key = CustomerKey.from(RAW);
  for (const text of [`${key}`, JSON.stringify(key), JSON.stringify({ ...key })]) {
    assert.ok(!text.includes(KEY_BASE64) && !text.includes("0,1,2,3"), text);
  }
  assert.ok(Object.isFrozen(key));
});

test("responses must confirm the key", () => {
  const key = CustomerKey.from(RAW);
  const echo = { [`${PREFIX}-algorithm`]: "AES256", [`${PREFIX}-key-MD5`]: MD5_BASE64 };
  key.checkResponse({ status: 200, headers: echo });
  key.checkResponse(new Response("", { headers: echo }));
  key.checkResponse({ status: 206, headers: new Headers(echo) });
  for (const headers of [
    {},
    { [`${PREFIX}-algorithm`]: "AES256" },
    { ...echo, [`${PREFIX}-key-MD5`]: CustomerKey.generate().md5 },
    { ...echo, [`${PREFIX}-algorithm`]: "aws:kms" },
  ]) {
    thrown(() => key.checkResponse({ status: 200, headers }), "ERR_SSE");
  }
  const { message } = thrown(() => key.checkResponse({ status: 403, headers: {} }), "ERR_S3");
  for (const word of ["April 2026", "PutBucketEncryption", "BlockedEncryptionTypes", "NONE"]) {
    assert.ok(message.includes(word), word);
  }
  thrown(() => key.checkResponse({ status: 500, headers: echo }), "ERR_S3");
  for (const response of [undefined, null, {}, { status: "200", headers: echo }, { status: 200 }]) {
    thrown(() => key.checkResponse(response), "ERR_INPUT");
  }
});

test("a key is sealed for one object", async () => {
  const { keyring } = await fixture();
  const key = CustomerKey.from(RAW);
  const encryptionContext = { purpose: "scan" };
  const sealed = await key.seal(keyring, { ...PLACE, encryptionContext });
  const opened = await open(keyring, sealed, { encryptionContext: { purpose: "scan", ...PLACE } });
  assert.deepEqual(opened.plaintext, RAW);
  assert.equal((await CustomerKey.open(keyring, sealed, PLACE)).md5, MD5_BASE64);
  assert.equal(
    (await CustomerKey.open(keyring, sealed, { ...PLACE, encryptionContext })).md5,
    MD5_BASE64,
  );
  for (const other of [
    { ...PLACE, key: "x" },
    { ...PLACE, bucket: "x" },
  ]) {
    await failure(CustomerKey.open(keyring, sealed, other), "ERR_CONTEXT_MISMATCH");
  }
  for (const place of [
    {},
    { bucket: "b" },
    { key: "k" },
    { bucket: 1, key: "k" },
    null,
    undefined,
  ]) {
    await failure(key.seal(keyring, place), "ERR_INPUT");
    await failure(CustomerKey.open(keyring, sealed, place), "ERR_INPUT");
  }
  const doubled = { ...PLACE, encryptionContext: { bucket: "another" } };
  await failure(key.seal(keyring, doubled), "ERR_CONTEXT");
  const noKey = await seal(keyring, bytes(31), { encryptionContext: PLACE });
  await failure(CustomerKey.open(keyring, noKey, PLACE), "ERR_SSE");
});

test("a key that was disposed of", async () => {
  const { keyring } = await fixture();
  const key = CustomerKey.generate();
  const { md5 } = key;
  key.dispose();
  key.dispose();
  assert.equal(key.md5, md5);
  thrown(() => key.headers("PutObject"), "ERR_STATE");
  thrown(() => key.copySourceHeaders("CopyObject"), "ERR_STATE");
  thrown(() => key.checkResponse({ status: 200, headers: {} }), "ERR_STATE");
  await failure(key.seal(keyring, PLACE), "ERR_STATE");
  if (typeof Symbol.dispose === "symbol") {
    const another = CustomerKey.generate();
    another[Symbol.dispose]();
    thrown(() => another.headers("PutObject"), "ERR_STATE");
  }
});

test("the other modes, where they belong", () => {
  const kms = sse.kms({ keyId: KMS_KEY, context: { a: "b" }, bucketKey: true });
  const headers = {
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": KMS_KEY,
    "x-amz-server-side-encryption-context": btoa('{"a":"b"}'),
    "x-amz-server-side-encryption-bucket-key-enabled": "true",
  };
  for (const operation of ["PutObject", "CreateMultipartUpload", "CopyObject", "PostObject"]) {
    assert.deepEqual(kms.headers(operation), headers);
  }
  for (const operation of ["UploadPart", "GetObject", "HeadObject", "CompleteMultipartUpload"]) {
    assert.deepEqual(kms.headers(operation), {});
  }
  assert.deepEqual(sse.s3().headers("PutObject"), { "x-amz-server-side-encryption": "AES256" });
  assert.equal(sse.s3().mode, "AES256");
  assert.equal(sse.kms().mode, "aws:kms");
  assert.equal(sse.dsse({ keyId: "alias/inbox" }).mode, "aws:kms:dsse");
  thrown(() => kms.headers("FlyObject"), "ERR_INPUT");
  thrown(() => kms.headers(), "ERR_INPUT");
});

test("keys that SSE-KMS cannot use", async () => {
  const { publicKey } = await fixture();
  const described = (KeySpec) => ({ KeyMetadata: { Arn: KMS_KEY, KeySpec } });
  assert.equal(sse.kms({ keyId: described("SYMMETRIC_DEFAULT") }).mode, "aws:kms");
  for (const keyId of [
    "inbox",
    "alias/a b",
    "arn:aws:s3:::inbox",
    "",
    described("RSA_2048"),
    described("HMAC_256"),
    KmsPublicKey.parse(publicKey),
    { KeyId: KMS_KEY, KeySpec: "RSA_4096", PublicKey: publicKey },
  ]) {
    thrown(() => sse.kms({ keyId }), "ERR_SSE");
    thrown(() => sse.dsse({ keyId }), "ERR_SSE");
  }
  for (const options of [
    null,
    7,
    { keyId: 7 },
    { keyId: null },
    { keyId: {} },
    { context: "a" },
    { context: { a: 1 } },
    { bucketKey: "yes" },
  ]) {
    thrown(() => sse.kms(options), "ERR_INPUT");
  }
  thrown(() => sse.kms({ context: { "aws:s3:arn": "x" } }), "ERR_SSE");
  thrown(() => sse.kms({ context: { "": "x" } }), "ERR_CONTEXT");
  thrown(() => sse.dsse({ bucketKey: true }), "ERR_INPUT");
});
