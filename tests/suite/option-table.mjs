// Every function of the package with the options that it takes, and how a test calls it with them.

import * as bongtu from "bongtu";
import { spoolPlace } from "#harness";
import { createSymmetricKms, KEY_ARN, SYMMETRIC_ARN } from "../harness/kms.mjs";
import { bytes, fixture, sealedBytes, stored } from "./support.mjs";

const OPERATION = ["signal", "onProgress"];
export const MESSAGE = ["encryptionContext", "frameLength", ...OPERATION];
export const OPEN = ["encryptionContext", "commitmentPolicy", "limits", ...OPERATION];
const OBJECT = ["format", "materialDescription", "instructionFile", ...OPERATION];
export const PLACE = { bucket: "inbox", key: "2026/file" };
const KMS = { decrypt: async () => ({}) };
const KEY_USE = ["encryptionAlgorithms", "viaService", "symmetric", "encryptionContext"];
export const ADMIN = "arn:aws:iam::111122223333:role/admin";
const KEY_POLICY = { account: "111122223333", administrators: [ADMIN], openers: [] };
export const BUCKET = ["bucket", "partition"];
const CHECKSUM = ["algorithm", "value", "header"];
export const POST = { ...PLACE, expires: 60, format: "message" };

/**
 * The functions that take options: the names of these, and how the function is called with some of them. `given` has
 * what it may be called with; what nothing may happen to is made anew for every call.
 */
export const TABLE = {
  seal: [MESSAGE, (it, given) => bongtu.seal(given.keyring, given.source(), it)],
  sealStream: [MESSAGE, (it, given) => bongtu.sealStream(given.keyring, it)],
  sealBlob: [MESSAGE, (it, given) => bongtu.sealBlob(given.keyring, given.blob, it)],
  sealedSize: [MESSAGE, (it, given) => bongtu.sealedSize(given.keyring, 10, it)],
  sealObject: [OBJECT, (it, given) => bongtu.sealObject(given.symmetric, given.blob, it)],
  sealObjectStream: [
    [...OBJECT, "size"],
    (it, given) => bongtu.sealObjectStream(given.symmetric, it),
  ],
  open: [OPEN, (it, given) => bongtu.open(given.keyring, given.source(), it)],
  sealMany: [
    [...MESSAGE, "concurrency", "ordered"],
    (it, given) => bongtu.sealMany(given.keyring, [], it),
  ],
  openMany: [
    [...OPEN, "concurrency", "ordered"],
    (it, given) => bongtu.openMany(given.keyring, [], it),
  ],
  keyPolicy: [
    [
      ...KEY_USE,
      "account",
      "partition",
      "administrators",
      "openers",
      "sealers",
      "otherAccounts",
      "logGroups",
    ],
    (it) => bongtu.keyPolicy({ ...KEY_POLICY, ...it }),
  ],
  "keyPolicy.forOpeners": [
    [...KEY_USE, "keyArn"],
    (it) => bongtu.keyPolicy.forOpeners({ keyArn: KEY_ARN, ...it }),
  ],
  throttled: [["requestsPerSecond", "concurrency"], (it) => bongtu.throttled(KMS, it)],
  retrying: [["attempts", "baseMs", "capMs"], (it) => bongtu.retrying(KMS, it)],
  openStream: [OPEN, (it, given) => bongtu.openStream(given.keyring, it)],
  openObject: [
    ["commitmentPolicy", "releaseUnverified", ...OPERATION],
    (it, { keyring, object, source }) =>
      bongtu.openObject(keyring, { ...object, body: source() }, it),
  ],
  inspect: [OPERATION, (it, given) => bongtu.inspect(given.source(), it)],
  "inspect of an object": [OPERATION, (it, given) => bongtu.inspect(given.object, it)],
  sealSecret: [
    ["form", "target", "encryptionContext", "algorithm", ...OPERATION],
    (it, given) => bongtu.sealSecret(given.keyring, "secret", it),
  ],
  openSecret: [
    ["form", ...OPEN],
    (it, given) => bongtu.openSecret(given.keyring, given.secret, it),
  ],
  "limits.": [
    ["maxEncryptedDataKeys", "maxHeaderLength", "maxFrameLength"],
    (limits, given) => bongtu.open(given.keyring, given.source(), { limits }),
  ],

  "KmsPublicKey.parse": [
    ["keyArn", "spkiSha256"],
    (it, given) => bongtu.KmsPublicKey.parse(given.publicKey, it),
  ],
  "Keyring.kmsRsa": [
    ["publicKey", "keyArn", "algorithm", "kms", "underAnyArn"],
    (it) => bongtu.Keyring.kmsRsa({ keyArn: KEY_ARN, ...it }),
  ],
  "Keyring.kms": [
    ["keyArn", "kms"],
    (it, { kms }) => bongtu.Keyring.kms({ keyArn: SYMMETRIC_ARN, kms, ...it }),
  ],

  "CustomerKey.open": [
    ["bucket", "key", ...OPEN],
    (it, given) => bongtu.CustomerKey.open(given.keyring, given.message, { ...PLACE, ...it }),
  ],
  "CustomerKey#seal": [
    ["bucket", "key", ...MESSAGE],
    (it, given) => given.customerKey.seal(given.keyring, { ...PLACE, ...it }),
  ],
  "CustomerKey#headers": [
    ["endpoint", "copySource"],
    (it, given) => given.customerKey.headers("CopyObject", it),
  ],
  "CustomerKey#copySourceHeaders": [
    ["endpoint"],
    (it, given) => given.customerKey.copySourceHeaders("CopyObject", it),
  ],
  "sse.s3": [[], (it) => bongtu.sse.s3(it)],
  "sse.kms": [["keyId", "context", "bucketKey"], (it) => bongtu.sse.kms(it)],
  "sse.dsse": [["keyId", "context"], (it) => bongtu.sse.dsse(it)],

  uploadRequest: [
    ["operation", "mode", "createOnly", "checksum", "contentType", "endpoint"],
    (it, given) => bongtu.uploadRequest(given.message, it),
  ],
  "checksum. of uploadRequest": [
    CHECKSUM,
    (it, { message }) =>
      bongtu.uploadRequest(message, { checksum: { algorithm: "CRC32", value: "AAAAAA==", ...it } }),
  ],
  checkUploadHeaders: [
    [
      "operation",
      "format",
      "mode",
      "createOnly",
      "checksum",
      "contentType",
      "minBytes",
      "maxBytes",
      "fixed",
    ],
    (it) => bongtu.checkUploadHeaders({}, it),
  ],
  postPolicy: [
    [
      "bucket",
      "key",
      "keyPrefix",
      "sizeRange",
      "expires",
      "format",
      "materialDescription",
      "mode",
      "checksum",
      "contentType",
    ],
    (it) => bongtu.postPolicy({ ...POST, ...it }),
  ],
  postForm: [
    ["mode", "checksum", "key", "endpoint"],
    (it, given) => bongtu.postForm({}, given.message, it),
  ],
  "checksum. of postForm": [
    CHECKSUM,
    (it, { message }) =>
      bongtu.postForm({}, message, { checksum: { algorithm: "CRC32", value: "AAAAAA==", ...it } }),
  ],
  bucketPolicy: [
    [...BUCKET, "tlsOnly", "minimumTls", "kmsKeyArn", "allowDefault", "customerKey", "createOnly"],
    (it) => bongtu.bucketPolicy({ bucket: "inbox", tlsOnly: true, ...it }),
  ],
  "bucketPolicy.minimumTls": [
    [...BUCKET, "version"],
    (it) => bongtu.bucketPolicy.minimumTls({ bucket: "inbox", version: "1.2", ...it }),
  ],
  "bucketPolicy.requireKms": [
    [...BUCKET, "keyArn", "allowDefault"],
    (it) => bongtu.bucketPolicy.requireKms({ bucket: "inbox", keyArn: SYMMETRIC_ARN, ...it }),
  ],
  ...Object.fromEntries(
    ["tlsOnly", "requireCustomerKey", "forbidCustomerKey", "createOnly"].map((name) => [
      `bucketPolicy.${name}`,
      [BUCKET, (it) => bongtu.bucketPolicy[name]({ bucket: "inbox", ...it })],
    ]),
  ),

  multipartPlan: [
    ["format", "partSize", "concurrency"],
    (it) => bongtu.multipartPlan(1000, { format: "message", ...it }),
  ],
  uploadParts: [
    [
      "putPart",
      "create",
      "complete",
      "abort",
      "listParts",
      "head",
      "checksum",
      "retries",
      "delays",
      "keep",
      ...OPERATION,
    ],
    (it, { sealed, plan, requests }) => bongtu.uploadParts(sealed, plan, { ...requests, ...it }),
  ],
  "delays.": [
    ["baseMs", "maxMs"],
    (delays, { sealed, plan, requests }) =>
      bongtu.uploadParts(sealed, plan, { ...requests, delays }),
  ],
  spool: [
    ["name", "partSize", "folder", ...OPERATION],
    // A source that is not a Sealed is refused after the options, so nothing is ever kept.
    (it, { place }) => bongtu.spool({}, { name: "options", ...place, ...it }),
  ],
  "spool.available": [["folder"], (it, { place }) => bongtu.spool.available({ ...place, ...it })],
  "spooled.list": [["folder"], (it, { place }) => bongtu.spooled.list({ ...place, ...it })],
  "checksums.of": [OPERATION, (it, given) => bongtu.checksums.of("CRC32", given.source(), it)],
  "checksums.stream": [OPERATION, (it) => bongtu.checksums.stream("CRC32", it)],
};

/** The functions that take none, and why. */
export const WITHOUT = {
  BongtuError: "it is an Error, and takes what an Error does",
  ERROR_CODES: "a list",
  explain: "takes a policy, which is data",
  objectUrl: "takes a URL and a key",
  ready: "takes nothing",
  "KmsPublicKey#maxDirectBytes": "takes an algorithm",
  "KmsPublicKey#spki": "takes nothing",
  "CustomerKey.generate": "takes nothing",
  "CustomerKey.from": "takes bytes",
  "CustomerKey#checkResponse": "takes a Response, which is data; both that it reads are required",
  "CustomerKey#dispose": "takes nothing",
  "checksums.combine": "takes an array; both that it reads of each part are required",
  "checksums.composite": "takes an array of text",
};

/** The arguments that functions are called with, and a list of what was done with them. */
export async function surroundings() {
  const { publicKey, kms: rsa, keyring } = await fixture();
  const symmetric = await createSymmetricKms();
  const happened = [];
  const noting = (name, run) =>
    run &&
    ((...given) => {
      happened.push(name);
      return run(...given);
    });
  const kms = { decrypt: noting("decrypt", rsa.decrypt) };
  const message = await bongtu.seal(keyring, bytes(10));
  const object = await bongtu.sealObject(keyring, bytes(10));
  const sealed = await bongtu.sealBlob(keyring, bytes(10));
  const put = async () => ({ ETag: '"1"' });
  return {
    happened,
    publicKey,
    kms,
    keyring: bongtu.Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms }),
    symmetric: bongtu.Keyring.kms({
      keyArn: SYMMETRIC_ARN,
      kms: {
        decrypt: noting("decrypt", symmetric.kms.decrypt),
        generateDataKey: noting("generateDataKey", symmetric.kms.generateDataKey),
      },
    }),
    blob: new Blob([bytes(10)]),
    message,
    object: stored(object, await sealedBytes(object)),
    secret: await bongtu.sealSecret(keyring, "secret"),
    customerKey: bongtu.CustomerKey.generate(),
    sealed,
    plan: bongtu.multipartPlan(sealed),
    requests: { putPart: noting("putPart", put), create: noting("create", async () => "id") },
    place: await spoolPlace(),
    source: () =>
      new ReadableStream(
        { pull: () => happened.push("pull"), cancel: () => happened.push("cancel") },
        { highWaterMark: 0 },
      ),
  };
}
