// A presigned upload takes what was signed and nothing else, and the back end signs nothing but what something sealed needs.

import { createHash, randomUUID } from "node:crypto";

import { check } from "./report.mjs";

const BODY = Buffer.alloc(16);
const LENGTH = { "content-length": String(BODY.length) };
const MESSAGE = { "content-type": "application/octet-stream", "if-none-match": "*" };
const OBJECT = {
  ...MESSAGE,
  "x-amz-meta-x-amz-c": "115",
  "x-amz-meta-x-amz-3": Buffer.alloc(256, 3).toString("base64"),
  "x-amz-meta-x-amz-w": "22",
  "x-amz-meta-x-amz-d": Buffer.alloc(28, 4).toString("base64"),
  "x-amz-meta-x-amz-i": Buffer.alloc(28, 5).toString("base64"),
};
const KEY = Buffer.alloc(32, 6);
const CUSTOMER = "x-amz-server-side-encryption-customer-";
const FILE = {
  ...MESSAGE,
  [`${CUSTOMER}algorithm`]: "AES256",
  [`${CUSTOMER}key`]: KEY.toString("base64"),
  [`${CUSTOMER}key-md5`]: createHash("md5").update(KEY).digest("base64"),
};

/** @param {{ origin: string, token: string }} demo */
export async function checkUploads(demo) {
  const { "x-amz-meta-x-amz-w": _, ...short } = OBJECT;
  const { "if-none-match": __, ...replacing } = MESSAGE;
  const refused = await Promise.all([
    isRefused(demo, "object", short),
    isRefused(demo, "object", { ...OBJECT, "x-amz-meta-name": "x" }),
    isRefused(demo, "object", { ...OBJECT, "x-amz-meta-x-amz-c": "114" }),
    isRefused(demo, "object", { ...OBJECT, "x-amz-meta-x-amz-d": "a" }),
    isRefused(demo, "object", { ...OBJECT, "x-amz-meta-x-amz-w": ["22"] }),
    isRefused(demo, "message", OBJECT),
    isRefused(demo, "message", FILE),
    isRefused(demo, "message", replacing),
    isRefused(demo, "message", { ...MESSAGE, "x-amz-acl": "public-read" }),
    isRefused(demo, "message", { ...MESSAGE, "content-type": "text/html" }),
    isRefused(demo, "message", { ...MESSAGE, "content-length": "1000000000" }),
    isRefused(demo, "message", "none"),
    isRefused(demo, "message", null),
    isRefused(demo, "customerKey", FILE),
  ]);
  check(
    "the back end signs no headers but those of something sealed",
    refused.every((was) => was),
  );
  const withKey = (key, headers) => {
    const sealedKeyHeaders = { ...MESSAGE, ...LENGTH };
    return ask(demo, "uploadWithKey", {
      key,
      headers: { ...headers, ...LENGTH },
      sealedKeyHeaders,
    });
  };
  const own = `sealed/${randomUUID()}`;
  check(
    "nor for a customer key other names, or a file without the key or with another's MD5",
    (await withKey("sealed/../other", FILE)).status === 400 &&
      (await withKey(own, MESSAGE)).status === 422 &&
      (await withKey(own, { ...FILE, [`${CUSTOMER}key-md5`]: "AAAAAAAAAAAAAAAAAAAAAA==" }))
        .status === 422,
  );

  const permission = await ask(demo, "upload", {
    target: "object",
    headers: { ...OBJECT, ...LENGTH },
  });
  const { url, fixed } = await permission.json();
  const put = async (headers, body = BODY) =>
    (await fetch(url, { method: "PUT", headers: { ...fixed, ...headers }, body })).status;
  check(
    "and S3 takes neither other metadata, nor fewer, nor another size or disposition",
    (await put({ ...OBJECT, "x-amz-meta-x-amz-d": Buffer.alloc(28, 7).toString("base64") })) ===
      403 &&
      (await put(short)) === 403 &&
      (await put(OBJECT, Buffer.alloc(17))) === 403 &&
      (await put({ ...OBJECT, "content-disposition": "inline" })) === 403,
  );
  check(
    "but what was signed, and once",
    (await put(OBJECT)) === 200 && (await put(OBJECT)) === 412,
  );
}

async function isRefused(demo, target, headers) {
  const given =
    typeof headers === "object" && headers !== null ? { ...LENGTH, ...headers } : headers;
  const { status } = await ask(demo, "upload", { target, headers: given });
  return status === 400 || status === 422;
}

const ask = ({ origin, token }, name, input) =>
  fetch(`${origin}/api/${name}`, {
    method: "POST",
    headers: { origin, "x-demo-token": token },
    body: JSON.stringify(input),
  });
