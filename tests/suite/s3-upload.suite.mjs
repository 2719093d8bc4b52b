// Headers of uploads, what a server admits of them, and parts.

import {
  CustomerKey,
  checkUploadHeaders,
  multipartPlan,
  objectUrl,
  seal,
  sealBlob,
  sealObject,
  sealObjectStream,
  sse,
  uploadRequest,
} from "bongtu";
import { assert, test } from "#harness";
import { bytes, fixture, thrown } from "./support.mjs";

const MIB = 1024 * 1024;
const OCTETS = "application/octet-stream";
const CRC = { algorithm: "CRC64NVME", value: "rosUhgp5mIg=" };

test("a message needs next to nothing", async () => {
  const { keyring } = await fixture();
  const sealed = await sealBlob(keyring, bytes(1000));
  const message = await seal(keyring, bytes(1000));
  for (const body of [sealed, message, message.buffer, new Blob([message])]) {
    assert.deepEqual(uploadRequest(body), {
      headers: { "content-type": OCTETS },
      signedHeaders: ["content-length", "content-type"],
      contentLength: sealed.size,
    });
  }
  const stream = await sealObjectStream(keyring);
  assert.equal(uploadRequest(stream).contentLength, undefined);
  assert.ok(!uploadRequest(stream).signedHeaders.includes("content-length"));
});

test("an object's metadata are headers, and all of them are signed", async () => {
  const { keyring } = await fixture();
  for (const format of ["v3", "v2"]) {
    const object = await sealObject(keyring, bytes(1000), { format });
    const request = uploadRequest(object, { createOnly: true, checksum: CRC, mode: sse.kms() });
    const { headers, signedHeaders, contentLength } = request;
    for (const [name, value] of Object.entries(object.headers)) {
      assert.equal(headers[name], value);
    }
    assert.equal(headers["if-none-match"], "*");
    assert.equal(headers["x-amz-checksum-crc64nvme"], CRC.value);
    assert.deepEqual([...Object.keys(headers), "content-length"].sort(), signedHeaders);
    assert.equal(contentLength, 1016);
    const asked = { ...headers, "Content-Length": "1016" };
    const expected = {
      format: ["message", format],
      mode: sse.kms(),
      createOnly: true,
      checksum: "required",
      maxBytes: 2000,
    };
    const signed = checkUploadHeaders(asked, expected);
    assert.deepEqual(signed.signedHeaders, signedHeaders);
    assert.deepEqual(
      { ...signed.headers, "content-length": undefined },
      { ...headers, "content-length": undefined },
    );
    assert.deepEqual(checkUploadHeaders(new Headers(asked), expected).signedHeaders, signedHeaders);
    thrown(
      () => checkUploadHeaders(asked, { ...expected, format: "message" }),
      "ERR_UPLOAD_HEADERS",
    );
    thrown(() => checkUploadHeaders(asked, { ...expected, mode: undefined }), "ERR_UPLOAD_HEADERS");
    thrown(() => checkUploadHeaders(asked, { ...expected, maxBytes: 1015 }), "ERR_UPLOAD_HEADERS");
    thrown(
      () => checkUploadHeaders(asked, { ...expected, checksum: "forbidden" }),
      "ERR_UPLOAD_HEADERS",
    );
  }
});

test("the steps of an upload in parts", async () => {
  const { keyring } = await fixture();
  const mode = CustomerKey.generate();
  const object = await sealObject(keyring, new Blob([bytes(6 * MIB)]));
  const step = (operation, body, options) => {
    const request = uploadRequest(body, { operation, mode, ...options });
    const { headers, signedHeaders } = request;
    const formats = { operation, mode: "SSE-C", format: "v3", ...options, checksum: "allowed" };
    assert.deepEqual(checkUploadHeaders(headers, formats).headers, headers);
    return { signedHeaders, ...request };
  };
  const create = step("CreateMultipartUpload", object, { checksum: { algorithm: "SHA256" } });
  assert.equal(create.headers["x-amz-checksum-type"], "COMPOSITE");
  assert.equal(create.headers["x-amz-meta-x-amz-c"], "115");
  assert.equal(create.contentLength, undefined);
  const [part] = object.parts(5 * MIB);
  const upload = step("UploadPart", part.body, { checksum: CRC });
  assert.equal(upload.contentLength, 5 * MIB);
  assert.equal(Object.keys(upload.headers).length, 4);
  const complete = step("CompleteMultipartUpload", object, { createOnly: true });
  assert.equal(complete.headers["x-amz-mp-object-size"], `${6 * MIB + 16}`);
  assert.equal(complete.headers["if-none-match"], "*");
  thrown(
    () => uploadRequest(object, { operation: "CreateMultipartUpload", createOnly: true }),
    "ERR_INPUT",
  );
  thrown(
    () => uploadRequest(part.body, { operation: "UploadPart", contentType: OCTETS }),
    "ERR_INPUT",
  );
  thrown(() => uploadRequest(object, { operation: "GetObject" }), "ERR_INPUT");
});

test("a customer key among the headers", async () => {
  const { keyring } = await fixture();
  const message = await seal(keyring, bytes(10));
  const mode = CustomerKey.generate();
  thrown(() => uploadRequest(message, { mode, endpoint: "http://example.com" }), "ERR_SSE");
  const { headers } = uploadRequest(message, { mode, endpoint: "https://example.com" });
  assert.deepEqual(checkUploadHeaders(headers, { mode: "SSE-C" }).headers, headers);
  assert.deepEqual(checkUploadHeaders(headers, { mode }).headers, headers);
  thrown(() => checkUploadHeaders(headers, { mode: CustomerKey.generate() }), "ERR_UPLOAD_HEADERS");
  thrown(() => checkUploadHeaders(headers), "ERR_UPLOAD_HEADERS");
  const mixed = { ...headers, "x-amz-server-side-encryption": "AES256" };
  thrown(() => checkUploadHeaders(mixed, { mode: "SSE-C" }), "ERR_UPLOAD_HEADERS");
});

test("headers that a server does not sign", () => {
  const plain = { "content-type": OCTETS };
  assert.deepEqual(checkUploadHeaders(plain).signedHeaders, ["content-type"]);
  for (const more of [
    { "x-amz-acl": "public-read" },
    { "x-amz-grant-read": "id=1" },
    { "x-amz-tagging": "a=b" },
    { "x-amz-website-redirect-location": "/" },
    { "x-amz-storage-class": "GLACIER" },
    { "x-amz-server-side-encryption": "AES256" },
    { "x-amz-meta-x-amz-c": "115" },
    { "x-amz-meta-name": "x" },
    { "Content-Type": "text/html" },
    { "content-type": "text/html" },
    { "content-length": "-1" },
    { "if-none-match": "x" },
    { "x-amz-checksum-crc32": "AAAA" },
    { "content-encoding": "gzip\r\nx-amz-acl: public-read" },
  ]) {
    thrown(() => checkUploadHeaders({ ...plain, ...more }), "ERR_UPLOAD_HEADERS");
  }
  thrown(() => checkUploadHeaders({}), "ERR_UPLOAD_HEADERS");
  thrown(() => checkUploadHeaders(plain, { minBytes: 1 }), "ERR_UPLOAD_HEADERS");
  thrown(() => checkUploadHeaders(plain, { createOnly: true }), "ERR_UPLOAD_HEADERS");
  thrown(() => checkUploadHeaders(plain, { format: "v3" }), "ERR_UPLOAD_HEADERS");
  const long = { ...plain, "x-amz-meta-x-amz-m": "x".repeat(2048) };
  thrown(() => checkUploadHeaders(long, { format: "v3" }), "ERR_LIMIT");
});

test("headers that a server fixes are signed, whether a page asks for them or not", () => {
  const plain = { "content-type": OCTETS };
  const fixed = { "cache-control": "no-store", "Content-Disposition": "attachment" };
  for (const more of [{}, { "Cache-Control": "no-store" }]) {
    const { headers, signedHeaders } = checkUploadHeaders({ ...plain, ...more }, { fixed });
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["content-disposition"], "attachment");
    assert.deepEqual(signedHeaders, ["cache-control", "content-disposition", "content-type"]);
  }
  for (const name of ["cache-control", "content-disposition", "content-encoding", "expires"]) {
    const asked = { ...plain, [name]: "other" };
    thrown(() => checkUploadHeaders(asked, { fixed }), "ERR_UPLOAD_HEADERS");
  }
  for (const wrong of [
    { "content-type": "text/html" },
    { "x-amz-acl": "private" },
    { expires: "" },
    { expires: "0\r\n" },
    { expires: 0 },
    "no-store",
    null,
  ]) {
    thrown(() => checkUploadHeaders(plain, { fixed: wrong }), "ERR_INPUT");
  }
  const part = { operation: "UploadPart", fixed };
  thrown(() => checkUploadHeaders({}, part), "ERR_INPUT");
});

test("more headers than any upload has are refused for their number, and not looked at", () => {
  const many = (count) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`x amz ${i}`, ""]));
  const why = (headers) => thrown(() => checkUploadHeaders(headers), "ERR_UPLOAD_HEADERS").message;
  assert.ok(why(many(64)).includes("invalid header name"));
  assert.ok(why(many(65)).includes("more than 64"));
  assert.ok(why(many(50_000)).includes("more than 64"));
  const broken = {
    forEach() {
      throw new TypeError("of the caller's");
    },
  };
  thrown(() => checkUploadHeaders(broken, {}), "ERR_INPUT");
  assert.ok(why({ "a b": "x".repeat(8190) }).includes("8 KB"));
});

test("where an object is, as S3 writes its key", () => {
  for (const [bucket, start] of [
    ["https://inbox.s3.eu-west-1.amazonaws.com", "https://inbox.s3.eu-west-1.amazonaws.com/"],
    ["https://inbox.s3.eu-west-1.amazonaws.com/", "https://inbox.s3.eu-west-1.amazonaws.com/"],
    [new URL("http://127.0.0.1:4566/inbox"), "http://127.0.0.1:4566/inbox/"],
    ["http://127.0.0.1:4566/inbox/", "http://127.0.0.1:4566/inbox/"],
  ]) {
    for (const [key, path] of [
      ["Book(2013).pdf", "Book%282013%29.pdf"],
      ["it's.pdf", "it%27s.pdf"],
      ["a+b.pdf", "a%2Bb.pdf"],
      ["year=2026/x", "year%3D2026/x"],
      ["a b?c#d%20", "a%20b%3Fc%23d%2520"],
      ["%2e%2e/x", "%252e%252e/x"],
      ["/a//b/", "/a//b/"],
      ["\\a", "%5Ca"],
      ["//host/x", "//host/x"],
      ["https://host/x", "https%3A//host/x"],
      ["\n\0", "%0A%00"],
      ["봉투🔏", "%EB%B4%89%ED%88%AC%F0%9F%94%8F"],
    ]) {
      const url = objectUrl(bucket, key);
      assert.equal(url.href, start + path);
      assert.equal(url.origin + url.pathname, start + path, "nothing went into query or fragment");
    }
  }
  const bucket = "https://inbox.example";
  for (const key of [
    "",
    ".",
    "..",
    "a/../b",
    "./a",
    "x".repeat(1025),
    "é".repeat(513),
    "\ud800",
    7,
    null,
    undefined,
  ]) {
    thrown(() => objectUrl(bucket, key), "ERR_INPUT");
  }
  for (const wrong of [
    "",
    "inbox",
    "ftp://inbox.example",
    "s3://inbox",
    `${bucket}?a`,
    `${bucket}/#`,
    "https://a:b@inbox.example",
    null,
    undefined,
    {},
  ]) {
    thrown(() => objectUrl(wrong, "a"), "ERR_INPUT");
  }
});

test("arguments of other types", () => {
  for (const body of [undefined, null, "text", 7, { size: "1" }, { size: -1 }, { metadata: 7 }]) {
    thrown(() => uploadRequest(body), "ERR_INPUT");
  }
  const body = bytes(1);
  for (const options of [
    null,
    { operation: 7 },
    { mode: "aws:kms" },
    { mode: {} },
    { createOnly: 1 },
    { checksum: "CRC32" },
    { checksum: { algorithm: "CRC16", value: "AAA=" } },
    { checksum: { algorithm: "CRC32" } },
    { contentType: 7 },
    { contentType: "html" },
    { endpoint: "nowhere" },
  ]) {
    thrown(() => uploadRequest(body, options), "ERR_INPUT");
  }
  for (const options of [
    null,
    { format: "v1" },
    { format: [7] },
    { checksum: true },
    { checksum: "maybe" },
    { maxBytes: "7" },
    { minBytes: 1.5 },
    { mode: "SSE" },
    { maxbytes: 10 },
    { formats: ["v3"] },
    { operation: "CreateMultipartUpload", maxBytes: 10 },
    { operation: "UploadPart", createOnly: true },
  ]) {
    thrown(() => checkUploadHeaders({ "content-type": OCTETS }, options), "ERR_INPUT");
  }
  const pairs = [["content-type", OCTETS]];
  const numbers = { forEach: (take) => take(7, "content-type") };
  for (const headers of [undefined, null, 7, "a: b", { a: 1 }, pairs, numbers]) {
    thrown(() => checkUploadHeaders(headers), "ERR_INPUT");
  }
  // The Kelvin sign, which lower case makes a k of.
  const kelvin = { "content-type": OCTETS, "x-amz-chec\u212asum-crc32": "y/Q5Jg==" };
  thrown(() => checkUploadHeaders(kelvin), "ERR_UPLOAD_HEADERS");
  const complete = { operation: "CompleteMultipartUpload", maxBytes: 10 };
  for (const headers of [{}, { "x-amz-mp-object-size": "11" }]) {
    thrown(() => checkUploadHeaders(headers, complete), "ERR_UPLOAD_HEADERS");
  }
  assert.deepEqual(checkUploadHeaders({ "x-amz-mp-object-size": "10" }, complete).signedHeaders, [
    "x-amz-mp-object-size",
  ]);
});

test("what is sealed knows its format, and so does its plan", async () => {
  const { keyring } = await fixture();
  const data = bytes(10);
  const all = {
    message: await sealBlob(keyring, data),
    v2: await sealObject(keyring, data, { format: "v2" }),
    v3: await sealObject(keyring, data),
  };
  for (const [format, sealed] of Object.entries(all)) {
    const [part] = sealed.parts(8 * MIB);
    for (const whole of [sealed, sealed.slice(1), part.body]) {
      assert.equal(whole.format, format);
      assert.deepEqual(multipartPlan(whole), multipartPlan(whole.size, { format }));
      assert.deepEqual(multipartPlan(whole, { format }), multipartPlan(whole));
    }
    const other = format === "v3" ? "message" : "v3";
    thrown(() => multipartPlan(sealed, { format: other }), "ERR_INPUT");
    sealed.dispose();
  }
  for (const format of [7, null, "", "v1"]) {
    thrown(() => multipartPlan({ size: 10, format }), "ERR_INPUT");
  }
});

test("parts that S3 takes", async () => {
  const { keyring } = await fixture();
  const sealed = await sealBlob(keyring, bytes(17 * MIB));
  const plan = multipartPlan(sealed);
  assert.deepEqual(plan, {
    size: sealed.size,
    format: "message",
    partSize: 8 * MIB,
    partCount: 3,
    concurrency: 4,
  });
  assert.equal(sealed.parts(plan.partSize).length, 3);
  assert.deepEqual(multipartPlan(sealed.size, { format: "message" }), plan);
  const large = multipartPlan(1024 ** 4, { format: "message", concurrency: 64 });
  assert.deepEqual([large.partSize, large.partCount, large.concurrency], [105 * MIB, 9987, 64]);
  assert.equal(multipartPlan(64 * 1024 * MIB - 16, { format: "v3" }).partCount, 8192);
  const object = (partSize) => multipartPlan(100 * MIB, { format: "v2", partSize });
  assert.equal(object(5.5 * MIB).partCount, 19);
  for (const partSize of [0, -1, 1.5, 5 * MIB - 1, 5 * MIB + 16, 5 * 1024 * MIB + 1, Number.NaN]) {
    thrown(() => object(partSize), "ERR_PART_SIZE");
  }
  const cut = { format: "message", partSize: 5 * MIB };
  thrown(() => multipartPlan(50_000 * MIB + 1, cut), "ERR_PART_SIZE");
  const { message } = thrown(
    () => multipartPlan(64 * 1024 * MIB, { format: "v3" }),
    "ERR_TOO_LARGE",
  );
  assert.ok(message.includes("message"), message);
  thrown(() => multipartPlan(Number.MAX_SAFE_INTEGER, { format: "message" }), "ERR_TOO_LARGE");
  for (const size of [undefined, null, "7", -1, 1.5, {}, { size: "7" }]) {
    thrown(() => multipartPlan(size, { format: "message" }), "ERR_INPUT");
  }
  for (const options of [undefined, null, {}, { format: "v1" }, { format: "v3", partSize: "8" }]) {
    thrown(() => multipartPlan(1, options), "ERR_INPUT");
  }
  for (const concurrency of [0, 65, 1.5, "4"]) {
    thrown(() => multipartPlan(1, { format: "v3", concurrency }), "ERR_INPUT");
  }
});
