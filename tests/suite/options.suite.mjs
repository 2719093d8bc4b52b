// Every function of the package refuses options whose names it does not know, and does nothing else.

import * as bongtu from "bongtu";
import { assert, spoolPlace, test } from "#harness";
import { policyWasm } from "../../pkg/js/modules/policy.js";
import { s3Wasm } from "../../pkg/js/modules/s3.js";
import { createSymmetricKms, KEY_ARN, SYMMETRIC_ARN } from "../harness/kms.mjs";
import { bytes, failure, fixture, readAll, sealedBytes, stored } from "./support.mjs";

const OPERATION = ["signal", "onProgress"];
const MESSAGE = ["encryptionContext", "frameLength", ...OPERATION];
const OPEN = ["encryptionContext", "commitmentPolicy", "limits", ...OPERATION];
const OBJECT = ["format", "materialDescription", "instructionFile", ...OPERATION];
const PLACE = { bucket: "inbox", key: "2026/file" };
const KMS = { decrypt: async () => ({}) };
const KEY_USE = ["encryptionAlgorithms", "viaService", "symmetric", "encryptionContext"];
const ADMIN = "arn:aws:iam::111122223333:role/admin";
const KEY_POLICY = {
  account: "111122223333",
  administrators: [ADMIN],
  openers: [],
};
const BUCKET = ["bucket", "partition"];
const CHECKSUM = ["algorithm", "value", "header"];
const POST = { ...PLACE, expires: 60, format: "message" };

/**
 * What takes options: the names that there are, and how it is called with some of them. `given` has
 * what it may be called with; what nothing may happen to is made anew for every call.
 */
const TABLE = {
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
    // What is no Sealed is refused after the options: nothing is ever kept.
    (it, { place }) => bongtu.spool({}, { name: "options", ...place, ...it }),
  ],
  "spool.available": [["folder"], (it, { place }) => bongtu.spool.available({ ...place, ...it })],
  "spooled.list": [["folder"], (it, { place }) => bongtu.spooled.list({ ...place, ...it })],
  "checksums.of": [OPERATION, (it, given) => bongtu.checksums.of("CRC32", given.source(), it)],
  "checksums.stream": [OPERATION, (it) => bongtu.checksums.stream("CRC32", it)],
};

/** What takes none, and why. */
const WITHOUT = {
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

/** `name`, or what it has: functions of a class, of its instances, of an object. */
function functionsOf(name, value) {
  const members = (owner, separator) =>
    Object.getOwnPropertyNames(owner)
      .filter((member) => !["length", "name", "prototype", "constructor"].includes(member))
      .filter((member) => {
        const found = Object.getOwnPropertyDescriptor(owner, member);
        return typeof found.value === "function";
      })
      .map((member) => `${name}${separator}${member}`);
  if (Array.isArray(value) || value.prototype instanceof Error) {
    return [name];
  }
  if (typeof value === "object") {
    return members(value, ".");
  }
  return /^class\b/.test(value.toString())
    ? [...members(value, "."), ...members(value.prototype, "#")]
    : [name, ...members(value, ".")];
}

/** What functions are called with, and whether anything was done with it. */
async function surroundings() {
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

/** As people misspell a name. */
function slips(name) {
  const all = [
    name.toLowerCase(),
    name.toUpperCase(),
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    name.slice(0, -1),
    `${name}s`,
    name.replace(/^(.*)(.)(.)$/, "$1$3$2"),
    `${name}\u200b`,
  ];
  return new Set(all.filter((slip) => slip !== name));
}

test("every function that there is stands in one of the two tables", () => {
  const all = Object.entries(bongtu).flatMap(([name, value]) => functionsOf(name, value));
  for (const name of all) {
    assert.ok(name in TABLE !== name in WITHOUT, `${name}: what are its options?`);
  }
  for (const name of [...Object.keys(TABLE), ...Object.keys(WITHOUT)]) {
    assert.ok(all.includes(name) || /[. ]/.test(name), `${name} is not there`);
  }
});

for (const [name, [names, call]] of Object.entries(TABLE)) {
  const prefix = name.split(" ")[0].endsWith(".") ? name.split(" ")[0] : "";

  test(`${name}: another name is refused, whatever it holds, before anything is done`, async () => {
    const given = await surroundings();
    for (const options of [{ nobodyReads: 1 }, { nobodyReads: undefined }]) {
      given.happened.length = 0;
      const inTime = given.source();
      const { message } = await failure(
        (async () => call(options, { ...given, source: () => inTime }))(),
        "ERR_INPUT",
      );
      const listed = names.length === 0 ? "none here" : names.join(", ");
      const [, found] = message.split(/[Tt]here are /);
      assert.deepEqual(found?.split(", ").sort(), listed.split(", ").sort(), message);
      assert.ok(message.startsWith(`there is no option ${prefix}nobodyReads;`), message);
      const cancelled = inTime.locked ? ["cancel"] : [];
      assert.deepEqual(given.happened, cancelled);
    }
  });

  test(`${name}: the name that was meant is said`, async () => {
    const given = await surroundings();
    for (const known of names) {
      for (const slip of slips(known)) {
        const run = async () => call({ [slip]: undefined }, given);
        const { message } = await failure(run(), "ERR_INPUT");
        const expected = `did you mean ${prefix}${known}? There are `;
        assert.ok(message.includes(expected), `${JSON.stringify(slip)}: ${message}`);
      }
    }
  });

  test(`${name}: names that there are, are taken`, async () => {
    const given = await surroundings();
    const source = () =>
      name === "openObject" ? given.object.body : new Blob([given.message]).stream();
    for (const known of names) {
      const run = async () => call({ [known]: undefined }, { ...given, source });
      const [{ reason }] = await Promise.allSettled([run()]);
      assert.ok(!/there is no/.test(reason?.message), `${known}: ${reason?.message}`);
    }
  });
}

test("names are refused that are inherited, but not what a class brings along", async () => {
  const { keyring } = await fixture();
  const size = (options) => bongtu.sealedSize(keyring, 10, options);
  class Options {
    frameLength = 100;
    describe() {}
    get note() {
      return "";
    }
  }
  for (const options of [
    Object.create({ nobodyReads: 1 }),
    Object.create(Object.create({ nobodyReads: 1 })),
    Object.create(Object.assign(Object.create(null), { nobodyReads: 1 })),
    Object.assign(Object.create(null), { nobodyReads: 1 }),
    Object.assign(new Options(), { nobodyReads: 1 }),
    Object.defineProperty({}, "nobodyReads", { get: () => assert.fail(), enumerable: true }),
  ]) {
    await failure((async () => size(options))(), "ERR_INPUT");
  }
  for (const options of [
    new Options(),
    new AbortController(),
    Object.create({ frameLength: 100 }),
    Object.assign(Object.create(null), { frameLength: 100 }),
    { [Symbol("mark")]: 1 },
    Object.defineProperty({}, "hidden", { value: 1 }),
  ]) {
    assert.ok(size(options) > 10);
  }
});

test("options that are inherited are heeded", async () => {
  const { keyring } = await fixture();
  const { seal, open, sealSecret, openSecret, CustomerKey } = bongtu;
  const encryptionContext = { purpose: "test" };
  const inherited = Object.create({ encryptionContext });
  await open(keyring, await seal(keyring, bytes(1), inherited), { encryptionContext });
  await openSecret(keyring, await sealSecret(keyring, "secret", inherited), { encryptionContext });
  const place = Object.create({ ...PLACE, encryptionContext });
  const sealed = await CustomerKey.generate().seal(keyring, place);
  await CustomerKey.open(keyring, sealed, place);
  await failure(
    CustomerKey.open(
      keyring,
      sealed,
      Object.create({ ...PLACE, encryptionContext: { purpose: "another" } }),
    ),
    "ERR_CONTEXT_MISMATCH",
  );
  const controller = new AbortController();
  controller.abort();
  await failure(sealSecret(keyring, "secret", controller), "ERR_ABORTED");
  await failure(
    CustomerKey.generate().seal(keyring, Object.create({ ...PLACE, signal: controller.signal })),
    "ERR_ABORTED",
  );
});

test("what is no options object at all is called by its type", async () => {
  const { keyring } = await fixture();
  const { signal } = new AbortController();
  for (const options of [
    [],
    new Map([["frameLength", 1]]),
    new Set(),
    signal,
    Promise.resolve({}),
    new Date(),
    new Uint8Array(1),
    new URL("https://example.org"),
  ]) {
    const { message } = await failure(bongtu.seal(keyring, bytes(1), options), "ERR_INPUT");
    assert.ok(/must be a plain object, not of type [A-Z]/.test(message), message);
  }
  // Their `size` is not the option of that name.
  for (const options of [new Map([["format", "v2"]]), new Set(["v2"]), new Blob(["v2"])]) {
    const { message } = await failure(bongtu.sealObjectStream(keyring, options), "ERR_INPUT");
    assert.ok(/must be a plain object, not of type [A-Z]/.test(message), message);
  }
  for (const options of [null, "text", 7, true, () => {}, Symbol("")]) {
    const { message } = await failure(bongtu.seal(keyring, bytes(1), options), "ERR_INPUT");
    assert.equal(message, "options must be an object");
  }
});

test("other people's words for the same thing", async () => {
  const { keyring } = await fixture();
  const { uploadRequest, sse, bucketPolicy, multipartPlan, sealedSize } = bongtu;
  const cases = [
    [() => sealedSize(keyring, 1, { context: {} }), "encryptionContext"],
    [() => sealedSize(keyring, 1, { aad: {} }), "encryptionContext"],
    [() => sealedSize(keyring, 1, { abortSignal: undefined }), "signal"],
    [() => sealedSize(keyring, 1, { progress: undefined }), "onProgress"],
    [() => sealedSize(keyring, 1, { frameSize: 1 }), "frameLength"],
    [() => uploadRequest(bytes(1), { ifNoneMatch: "*" }), "createOnly"],
    [() => uploadRequest(bytes(1), { endpont: "http://example.org" }), "endpoint"],
    [() => uploadRequest(bytes(1), { url: "http://example.org" }), "endpoint"],
    [() => uploadRequest(bytes(1), { ContentType: "text/plain" }), "contentType"],
    [() => uploadRequest(bytes(1), { checksumAlgorithm: "CRC32" }), "checksum"],
    [() => uploadRequest(bytes(1), { sse: sse.s3() }), "mode"],
    [() => sse.kms({ keyArn: SYMMETRIC_ARN }), "keyId"],
    [() => sse.kms({ kmsKeyId: SYMMETRIC_ARN }), "keyId"],
    [() => sse.kms({ encryptionContext: {} }), "context"],
    [() => bucketPolicy.requireKms({ bucket: "b", kmsKeyArn: SYMMETRIC_ARN }), "keyArn"],
    [() => bucketPolicy({ bucket: "b", keyId: SYMMETRIC_ARN }), "kmsKeyArn"],
    [() => multipartPlan(1, { format: "message", queueSize: 3 }), "concurrency"],
  ];
  for (const [run, meant] of cases) {
    const { message } = await failure((async () => run())(), "ERR_INPUT");
    assert.ok(message.includes(`did you mean ${meant}?`), `${meant}: ${message}`);
  }
});

test("data may carry more, but not a misspelling of what is missing", async () => {
  const { keyring, object, message, sealed, plan, requests } = await surroundings();
  const { metadata, body } = object;
  const { openObject, inspect, uploadRequest, postForm, postPolicy, uploadParts } = bongtu;
  const policy = postPolicy(POST);
  const sign = () => "0".repeat(64);
  const signer = { accessKeyId: "AKID", region: "eu-west-1", sign };
  const misspelt = [
    [() => openObject(keyring, { metadata, body, instructionfile: "{}" }), "instructionFile"],
    [() => openObject(keyring, { metadata, body, instruction: "{}" }), "instructionFile"],
    [() => openObject(keyring, { metaData: metadata, body }), "metadata"],
    [() => openObject(keyring, { Metadata: metadata, body }), "metadata"],
    [() => openObject(keyring, { metadata, body, content_range: "bytes 0-1/2" }), "contentRange"],
    [() => inspect({ metadata, instruction_file: "{}" }), "instructionFile"],
    [() => uploadRequest({ size: 10, metaData: metadata }), "metadata"],
    [() => uploadRequest({ metadata, ContentLength: 10 }), "contentLength"],
    [() => postForm({}, { size: 10, meta: metadata }), "metadata"],
    [() => policy.sign({ ...signer, sessiontoken: "token" }), "sessionToken"],
    [() => policy.sign({ ...signer, token: "token" }), "sessionToken"],
    [
      () => uploadParts(sealed, { ...plan, concurrency: undefined, concurency: 1 }, requests),
      "concurrency",
    ],
  ];
  for (const [run, meant] of misspelt) {
    const { message: text } = await failure((async () => run())(), "ERR_INPUT");
    assert.ok(new RegExp(`did you mean [a-z]+\\.${meant}\\?`).test(text), `${meant}: ${text}`);
  }

  const response = { $metadata: {}, ETag: '"1"', ContentLength: 10, Metadata: {}, Body: {} };
  const opened = await openObject(keyring, { ...response, ContentType: "x", metadata, body });
  assert.equal((await readAll(opened.plaintext)).length, 10);
  assert.equal((await inspect({ ...response, metadata, body })).format, "object");
  const file = { size: 10, fileSize: 10, name: "x", type: "y", lastModified: 1 };
  assert.equal(uploadRequest(file).contentLength, 10);
  assert.equal(uploadRequest(message).contentLength, message.length);
  assert.equal(uploadRequest(sealed).contentLength, sealed.size);
  const credentials = { secretAccessKey: "secret", expiration: new Date(), accountId: "1" };
  assert.ok((await policy.sign({ ...credentials, ...signer })).policy);
  await uploadParts(sealed, { ...plan, uploadId: "id", url: "https://example.org" }, requests);
});

test("a part of an object is refused under the name that the AWS SDK has for it", async () => {
  const { keyring, object } = await surroundings();
  for (const part of [{ contentRange: "bytes 0-1/9" }, { ContentRange: "bytes 0-1/9" }]) {
    await failure(bongtu.openObject(keyring, { ...object, ...part }), "ERR_UNSUPPORTED");
  }
});

test("a name that would forge a message is shown, and a long one cut", async () => {
  const { keyring } = await fixture();
  const name = `\u001b[8m\u202e${"x".repeat(100_000)}`;
  const run = async () => bongtu.sealedSize(keyring, 1, { [name]: 1 });
  const { message } = await failure(run(), "ERR_INPUT");
  assert.ok(/^[ -~]{1,300}$/.test(message), message.slice(0, 300));
  assert.ok(message.includes("\\u{1b}[8m\\u{202e}xxx"), message);
});

test("WebAssembly refuses options that TypeScript spells in another way", async () => {
  const sign = () => "0".repeat(64);
  const signer = { accessKeyId: "AKID", region: "eu-west-1", sign };
  const signed = Object.entries(await bongtu.postPolicy(POST).sign(signer)).flat();
  const wasm = s3Wasm();
  const encryption = wasm.Encryption.bucketDefault();
  const size = ["size", "10"];
  const message = ["format", "message"];
  const put = ["operation", "PutObject"];
  const times = ["now", "0", "expires", "1000"];
  const headers = ["content-type", "application/octet-stream"];
  const calls = {
    bucketPolicy: (more) =>
      policyWasm().bucketPolicy(["bucket", "inbox", "tlsOnly", "true", ...more]),
    checkUploadHeaders: (more) =>
      wasm.checkUploadHeaders(encryption, headers, [], [...put, ...message, ...more]),
    keyPolicy: (more) =>
      policyWasm().keyPolicy(["account", "111122223333", "administrators", ADMIN, ...more], []),
    openerPolicy: (more) => policyWasm().openerPolicy(["keyArn", KEY_ARN, ...more], []),
    multipartPlan: (more) => wasm.multipartPlan([...size, ...message, ...more]),
    postForm: (more) => wasm.postForm(encryption, signed, [], more),
    postPolicy: (more) =>
      wasm.postPolicy(encryption, ["bucket", "inbox", "key", "k", ...times, ...message, ...more]),
    uploadRequest: (more) => wasm.uploadRequest(encryption, [], [...put, ...size, ...more]),
  };
  const without = ["imports", "finish", "explainPolicy", "encodeKey", "Encryption"];
  const known = [...functions(wasm, without), ...functions(policyWasm(), without)];
  assert.deepEqual(Object.keys(calls).sort(), known.sort());
  for (const [name, call] of Object.entries(calls)) {
    call([]);
    for (const more of [
      ["nobodyReads", "1"],
      ["createonly", "true"],
      ["", ""],
    ]) {
      const { message: text } = await failure((async () => call(more))(), "ERR_INPUT");
      assert.ok(text.includes("there is no such option"), `${name}: ${text}`);
    }
  }
  encryption.free();
});

function functions(bindings, without) {
  const names = Object.keys(bindings).filter((name) => typeof bindings[name] === "function");
  return names.filter((name) => !without.includes(name)).sort();
}
