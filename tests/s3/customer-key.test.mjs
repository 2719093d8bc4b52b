// SSE-C: the right key works, everything else fails as S3 fails.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { CustomerKey, Keyring, open, postPolicy, sse } from "bongtu";
import { kms as awsKms } from "bongtu/aws";
import { pythonJudge } from "../interop/judges.mjs";
import { plaintextOf } from "./plaintext.mjs";
import { createWorld } from "./world.mjs";

const PART = 5 * 1024 * 1024;
const ALGORITHM = "x-amz-server-side-encryption-customer-algorithm";
const KEY = "x-amz-server-side-encryption-customer-key";
const MD5 = "x-amz-server-side-encryption-customer-key-md5";

const world = await createWorld("customer-keys", { backEnd: { mode: "SSE-C" } });
after(world.close);
const { clients, emulator, folder, keys, kms, presign, store } = world;
const { bucket, client: s3 } = store;
const endpoint = emulator.endpoint;
const plaintext = randomBytes(1000);

const python = pythonJudge(emulator);
after(python.close);
const job = { arn: keys.keyArn, algorithm: "RSAES_OAEP_SHA_256" };
const keyring = Keyring.kmsRsa({ ...keys, kms: awsKms(kms.client(keys.keyArn)) });

for (const client of clients) {
  const title = (text) => `${client.name}: ${text}`;
  /** Signed for the headers that it then sends, unless `sent` are others. */
  const call = async (method, key, { headers = {}, query, body, sent = headers } = {}) => {
    const url = await presign(method, key, headers, query);
    return client.run("request", { url, method, headers: sent, body: body?.toString("base64") });
  };
  const put = (key, customerKey, body = plaintext) =>
    call("PUT", key, { headers: customerKey.headers("PutObject", { endpoint }), body });
  const read = (method, key, headers) => call(method, key, { headers });

  test(title("the right key writes, reads and heads, and the responses say so"), async () => {
    const key = `${client.name}/right`;
    const customerKey = CustomerKey.generate();
    const written = await put(key, customerKey);
    assert.equal(written.status, 200);
    customerKey.checkResponse(written);

    for (const [method, operation] of [
      ["GET", "GetObject"],
      ["HEAD", "HeadObject"],
    ]) {
      const found = await read(method, key, customerKey.headers(operation, { endpoint }));
      assert.equal(found.status, 200, method);
      customerKey.checkResponse(found);
      if (method === "GET") assert.equal(found.body, plaintext.toString("base64"));
    }
  });

  test(title("no key, another key and changed headers are refused"), async () => {
    const key = `${client.name}/wrong`;
    const customerKey = CustomerKey.generate();
    const other = CustomerKey.generate();
    await put(key, customerKey);
    const right = customerKey.headers("GetObject");
    const cases = {
      "no key": [{}, 400, "InvalidRequest"],
      "another key": [other.headers("GetObject"), 403, "AccessDenied"],
      "the MD5 of another key": [{ ...right, [MD5]: other.md5 }, 400, "InvalidArgument"],
      "another key under this MD5": [
        { ...right, [KEY]: other.headers("GetObject")[KEY] },
        400,
        "InvalidArgument",
      ],
      "half a key": [{ ...right, [KEY]: right[KEY].slice(0, 24) }, 400, "InvalidArgument"],
      "another algorithm": [{ ...right, [ALGORITHM]: "AES128" }, 400, "InvalidArgument"],
      "the algorithm alone": [{ [ALGORITHM]: "AES256" }, 400, "InvalidArgument"],
      "a header of another mode": [
        { ...right, ...sse.s3().headers("PutObject") },
        400,
        "InvalidArgument",
      ],
    };
    for (const [what, [headers, status, code]] of Object.entries(cases)) {
      const got = await read("GET", key, headers);
      assert.deepEqual([got.status, got.code], [status, code], `GET with ${what}`);
      assert.equal((await read("HEAD", key, headers)).status, status, `HEAD with ${what}`);
    }
  });

  test(title("headers that are changed or left out after signing are refused"), async () => {
    const key = `${client.name}/unsigned`;
    const customerKey = CustomerKey.generate();
    await put(key, customerKey);
    const headers = customerKey.headers("GetObject");
    const { [MD5]: _, ...without } = headers;
    for (const sent of [CustomerKey.generate().headers("GetObject"), without, {}]) {
      const got = await call("GET", key, { headers, sent });
      assert.deepEqual([got.status, got.code], [403, "SignatureDoesNotMatch"]);
    }
  });

  test(
    title("an object without a customer key takes none, and both modes at once are refused"),
    async () => {
      const key = `${client.name}/plain`;
      const customerKey = CustomerKey.generate();
      const both = { ...customerKey.headers("PutObject"), ...sse.s3().headers("PutObject") };
      const written = await call("PUT", key, { headers: both, body: plaintext });
      assert.deepEqual([written.status, written.code], [400, "InvalidArgument"]);

      const plain = await call("PUT", key, {
        headers: sse.s3().headers("PutObject"),
        body: plaintext,
      });
      assert.equal(plain.status, 200);
      assert.throws(() => customerKey.checkResponse(plain), { code: "ERR_SSE" });
      const got = await read("GET", key, customerKey.headers("GetObject"));
      assert.deepEqual([got.status, got.code], [400, "InvalidRequest"]);
      assert.equal((await read("GET", key, sse.s3().headers("GetObject"))).status, 200);
    },
  );

  test(title("a wrong key's 403 says that SSE-C may be blocked, and how to allow it"), async () => {
    const key = `${client.name}/blocked`;
    await put(key, CustomerKey.generate());
    const other = CustomerKey.generate();
    const refused = await read("GET", key, other.headers("GetObject"));
    assert.throws(
      () => other.checkResponse(refused),
      ({ code, message }) => code === "ERR_S3" && /BlockedEncryptionTypes.*NONE/.test(message),
    );
  });

  test(title("a copy needs the source's key and has its own"), async () => {
    const source = `${client.name}/source`;
    const target = `${client.name}/target`;
    const oldKey = CustomerKey.generate();
    const newKey = CustomerKey.generate();
    await put(source, oldKey);
    const from = { "x-amz-copy-source": `/${bucket}/${source}` };
    const copy = (headers) => call("PUT", target, { headers: { ...from, ...headers } });

    const refusals = [
      [newKey.headers("CopyObject"), 400, "InvalidRequest"],
      [newKey.headers("CopyObject", { copySource: newKey }), 403, "AccessDenied"],
    ];
    for (const [headers, status, code] of refusals) {
      const copied = await copy(headers);
      assert.deepEqual([copied.status, copied.code], [status, code]);
    }
    const copied = await copy(newKey.headers("CopyObject", { copySource: oldKey }));
    assert.equal(copied.status, 200);
    newKey.checkResponse(copied);
    assert.equal((await read("GET", target, oldKey.headers("GetObject"))).status, 403);
    const found = await read("GET", target, newKey.headers("GetObject"));
    assert.equal(found.body, plaintext.toString("base64"));

    // Out of SSE-C: only the source has a key.
    assert.equal((await copy(oldKey.copySourceHeaders("CopyObject"))).status, 200);
    assert.equal((await read("GET", target, {})).body, plaintext.toString("base64"));
  });

  test(title("every part of an upload carries the key, copied parts too"), async () => {
    const key = `${client.name}/parts`;
    const source = `${client.name}/part-source`;
    const customerKey = CustomerKey.generate();
    const other = CustomerKey.generate();
    const sourceKey = CustomerKey.generate();
    await put(source, sourceKey);
    const headersOf = (operation, options) => customerKey.headers(operation, options);

    const created = await call("POST", key, {
      headers: headersOf("CreateMultipartUpload"),
      query: { uploads: "" },
    });
    customerKey.checkResponse(created);
    const uploadId = inXml(created, "UploadId");
    const part = (partNumber, headers, body) =>
      call("PUT", key, { headers, query: { uploadId, partNumber: String(partNumber) }, body });

    const first = randomBytes(PART);
    for (const headers of [{}, other.headers("UploadPart")]) {
      const refused = await part(1, headers, plaintext);
      assert.deepEqual([refused.status, refused.code], [400, "InvalidRequest"]);
    }
    const sent = await part(1, headersOf("UploadPart"), first);
    customerKey.checkResponse(sent);
    const copied = await part(2, {
      "x-amz-copy-source": `/${bucket}/${source}`,
      ...headersOf("UploadPartCopy", { copySource: sourceKey }),
    });
    assert.equal(copied.status, 200);
    const parts = [
      [1, sent.headers.etag],
      [2, inXml(copied, "ETag").replaceAll("&quot;", '"')],
    ];
    const completed = await call("POST", key, {
      headers: headersOf("CompleteMultipartUpload"),
      query: { uploadId },
      body: completion(parts),
    });
    assert.equal(completed.status, 200);

    assert.equal((await read("GET", key, other.headers("GetObject"))).status, 403);
    const found = await read("GET", key, headersOf("GetObject"));
    assert.ok(Buffer.concat([first, plaintext]).equals(Buffer.from(found.body, "base64")));
  });

  test(title("what is sealed is uploaded under a key, in one piece and in parts"), async () => {
    const bytes = randomBytes(32);
    const options = { customerKey: bytes.toString("base64") };
    const headers = CustomerKey.from(bytes).headers("GetObject");
    const uploads = { put: 1000, multipart: 2 * PART + 1 };
    const without = client.run("put", { keys, format: "message", length: 1000 });
    await assert.rejects(without, { code: "ERR_UPLOAD_HEADERS" });
    for (const [operation, length] of Object.entries(uploads)) {
      const upload = { keys, format: "message", length };
      const { key } = await client.run(operation, { ...upload, options });
      assert.equal((await read("GET", key, {})).status, 400);
      const found = await read("GET", key, headers);
      const opened = await open(keyring, Buffer.from(found.body, "base64"));
      assert.ok(Buffer.from(opened.plaintext).equals(plaintextOf(length)), operation);
    }
  });

  test(title("a form carries the key in its fields"), async () => {
    const key = `${client.name}/form`;
    const { presignedPost } = postPolicy({
      ...{ bucket, key, format: "message", mode: "SSE-C" },
      expires: 600,
    });
    const form = await createPresignedPost(s3, presignedPost);
    const bytes = randomBytes(32);
    const customerKey = CustomerKey.from(bytes);
    const post = { keys, format: "message", length: 1000, form };
    const options = { customerKey: bytes.toString("base64") };
    assert.equal((await client.run("post", post)).status, 403);
    assert.equal((await client.run("post", { ...post, options })).status, 204);

    assert.equal((await read("GET", key, {})).status, 400);
    const found = await read("GET", key, customerKey.headers("GetObject"));
    const { plaintext: opened } = await open(keyring, Buffer.from(found.body, "base64"));
    assert.deepEqual(opened, plaintextOf(1000));
  });

  test(title("a sealed key is opened by Python through KMS, and fetches the object"), async () => {
    const key = `${client.name}/sealed`;
    const context = { bucket, key };
    const made = await client.run("makeCustomerKey", { keys, place: context });
    const written = await call("PUT", key, { headers: made.headers, body: plaintext });
    assert.equal(written.status, 200);

    const files = { in: join(folder, "sealed-key"), out: join(folder, "opened-key") };
    await writeFile(files.in, Buffer.from(made.sealed, "base64"));
    const opened = await python.open({ ...job, context, ...files });
    assert.deepEqual(opened.context, context);
    const customerKey = CustomerKey.from(await readFile(files.out));
    assert.equal(customerKey.md5, made.md5);
    const found = await read("GET", key, customerKey.headers("GetObject"));
    assert.equal(found.body, plaintext.toString("base64"));

    const elsewhere = { bucket, key: "another" };
    await assert.rejects(python.open({ ...job, context: elsewhere, ...files }));
    const sealed = await readFile(files.in);
    await assert.rejects(CustomerKey.open(keyring, sealed, elsewhere), {
      code: "ERR_CONTEXT_MISMATCH",
    });
    assert.equal((await CustomerKey.open(keyring, sealed, context)).md5, made.md5);
  });
}

function inXml({ body }, name) {
  return Buffer.from(body, "base64").toString().match(`<${name}>(.*?)</${name}>`)[1];
}

function completion(parts) {
  const items = parts.map(
    ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  return Buffer.from(`<CompleteMultipartUpload>${items.join("")}</CompleteMultipartUpload>`);
}
