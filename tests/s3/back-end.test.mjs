// The back end of the examples: what it refuses to sign, what it fixes, whose uploads they are, and how it names objects.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { Keyring, objectUrl, postForm, seal, sealObject, uploadRequest } from "bongtu";
import { readJson } from "../../examples/uploads/read-json.mjs";
import { createWorld } from "./world.mjs";

const world = await createWorld("back-end");
after(world.close);
const { backEndOf, bucketUrl, keys, presign, site, store } = world;
const { bucket: Bucket, client: s3 } = store;
const keyring = Keyring.kmsRsa(keys);
const message = await seal(keyring, new TextEncoder().encode("hello"));
const backEnd = backEndOf("alice");

/** The headers of a PUT of the message, as a page asks for them. */
function asked(changes = {}) {
  const { headers, contentLength } = uploadRequest(message, { createOnly: true });
  const all = { ...headers, "content-length": String(contentLength), ...changes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const put = (url, headers, body = message) => fetch(url, { method: "PUT", headers, body });

for (const key of [
  ...[
    "Book(2013).pdf",
    "it's.pdf",
    "a+b.pdf",
    "year=2026/x",
    "a b/c  d",
    "100%",
    "%41",
    "a%2Fb",
    "%2e%2e/x",
  ],
  ...[
    "a?b",
    "a#b",
    "a&b=c",
    "a;b",
    "a,b",
    "a:b",
    "a@b",
    "$x",
    "*",
    "!",
    "~",
    "a*'()!",
    '"quoted"',
    "back\\slash",
  ],
  ...[
    "<a>",
    "[a]",
    "{a}",
    "a|b",
    "a^b",
    "`a`",
    ".hidden",
    "a..b",
    "...",
    "trailing/",
    "https://host/x",
  ],
  ...[
    "봉투.pdf",
    "봉투".normalize("NFD"),
    "é",
    "e\u0301",
    "🔏/👨‍👩‍👧",
    "\u00a0",
    "\u200b",
    "\u202e",
    "\u0001",
    "tab\tab",
  ],
]) {
  test(`a signature over the key ${JSON.stringify(key)}`, async () => {
    const response = await put(await presign("PUT", key), {});
    assert.equal(response.status, 200, await response.text());
    const read = await fetch(await presign("GET", key));
    assert.deepEqual(Buffer.from(await read.arrayBuffer()), Buffer.from(message));
    // AWS's own client means the same object by it.
    const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key: key }));
    assert.equal(ContentLength, message.length);
  });
}

test("keys that differ in bytes only are different objects", async () => {
  const [one, other] = ["봉".normalize("NFC"), "봉".normalize("NFD")];
  assert.notEqual(objectUrl(bucketUrl, one).href, objectUrl(bucketUrl, other).href);
  assert.notEqual(objectUrl(bucketUrl, "a+b").href, objectUrl(bucketUrl, "a b").href);
});

test("nothing is signed that could replace, be of any size, or be a part that nobody verified", async () => {
  const { key } = backEnd.newKey();
  for (const [what, request] of [
    ["replacing", { method: "PUT", headers: asked({ "if-none-match": undefined }) }],
    ["no length", { method: "PUT", headers: asked({ "content-length": undefined }) }],
    ["too long", { method: "PUT", headers: asked({ "content-length": `${6 * 1024 ** 3}` }) }],
    [
      "part without length",
      {
        method: "PUT",
        uploadId: "a",
        partNumber: 1,
        headers: { "content-md5": btoa("x".repeat(16)) },
      },
    ],
    [
      "part without checksum",
      { method: "PUT", uploadId: "a", partNumber: 1, headers: { "content-length": "1" } },
    ],
    [
      "complete, replacing",
      { method: "POST", uploadId: "a", headers: { "x-amz-mp-object-size": "1" } },
    ],
    ["complete, of any size", { method: "POST", uploadId: "a", headers: { "if-none-match": "*" } }],
    ["another disposition", { method: "PUT", headers: asked({ "content-disposition": "inline" }) }],
    [
      "many headers",
      {
        method: "PUT",
        headers: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`a-${i}`, ""])),
      },
    ],
  ]) {
    await assert.rejects(backEnd.sign({ key, ...request }), { code: "ERR_UPLOAD_HEADERS" }, what);
  }
  await backEnd.sign({ key, method: "PUT", headers: asked() });
});

test("what S3 stores and answers with is fixed, and another value breaks the signature", async () => {
  const names = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
  ];
  const { key, url, headers } = await backEnd.sign({ method: "PUT", headers: asked() });
  const signed = new URL(url).searchParams.get("X-Amz-SignedHeaders").split(";");
  for (const name of names) {
    assert.ok(signed.includes(name), name);
    for (const value of ["text/html", undefined]) {
      const { [name]: _, ...others } = headers;
      const refused = await put(url, value === undefined ? others : { ...others, [name]: value });
      assert.equal(refused.status, 403, `${name}: ${value}`);
    }
  }
  assert.equal((await put(url, headers)).status, 200);
  const { CacheControl, ContentDisposition, ContentType } = await s3.send(
    new HeadObjectCommand({ Bucket, Key: key }),
  );
  assert.deepEqual(
    [CacheControl, ContentDisposition, ContentType],
    ["no-store", "attachment", "application/octet-stream"],
  );
});

test("what was issued to one user is nothing to another", async () => {
  const { key } = backEnd.newKey();
  const other = backEndOf("bob");
  assert.equal(backEndOf("alice"), backEnd);
  await assert.rejects(other.sign({ key, method: "PUT", headers: asked() }), /nothing of yours/);
  await assert.rejects(other.sign({ key, method: "HEAD" }), /nothing of yours/);
  await assert.rejects(other.accept({ key }), /nothing of yours/);
});

test("what is accepted is what was looked at, whatever comes under its key later", async () => {
  const sealed = await sealObject(keyring, new Uint8Array(100));
  const { url, fields } = await backEnd.form({ format: "v3", size: sealed.size });
  const send = async (body) => {
    const form = new FormData();
    for (const [name, value] of postForm(fields, sealed)) form.append(name, value);
    form.append("file", body);
    const response = await fetch(url, { method: "POST", body: form });
    assert.equal(response.status, 204);
    return response.headers.get("etag");
  };
  const etag = await send(await sealed.blob());
  const { key } = fields;
  const accepted = await backEnd.accept({ key, etag });
  assert.deepEqual([accepted.etag, accepted.size, accepted.format], [etag, sealed.size, "object"]);

  await send(new Blob([new Uint8Array(sealed.size)])); // a form replaces
  await assert.rejects(backEnd.accept({ key, etag }));
  const stale = new GetObjectCommand({ Bucket, Key: key, IfMatch: accepted.etag });
  await assert.rejects(s3.send(stale), { name: "PreconditionFailed" });
});

test("what is not sealed is not accepted", async () => {
  const { key, url, headers } = await backEnd.sign({ method: "PUT", headers: asked() });
  const plaintext = new Uint8Array(message.length).fill(0x20);
  const response = await put(url, headers, plaintext); // of the right length: a signature cannot tell
  assert.equal(response.status, 200);
  await assert.rejects(backEnd.accept({ key, etag: response.headers.get("etag") }), /^BongtuError/);
  const { key: never } = backEnd.newKey();
  await assert.rejects(backEnd.accept({ key: never }), { name: "NotFound" });
  await s3.send(new PutObjectCommand({ Bucket, Key: never, Body: message }));
  assert.equal((await backEnd.accept({ key: never })).size, message.length);
});

test("a request that is longer than any of a page's is not read to its end", async () => {
  let read = 0;
  async function* endless() {
    for (;;) {
      read += 1024;
      yield new Uint8Array(1024).fill(0x20);
    }
  }
  await assert.rejects(readJson(endless()), /at most 16384 bytes/);
  assert.equal(read, 17 * 1024);
  assert.deepEqual(await readJson([Buffer.from('{"a":'), Buffer.from("1}")]), { a: 1 });
  const body = JSON.stringify({ headers: { a: "x".repeat(1_300_000) } });
  const response = await fetch(`${site.origin}/api/sign`, { method: "POST", body }).catch(() => {});
  assert.ok(response === undefined || response.status === 400);
});
