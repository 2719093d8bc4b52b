// A presigned upload takes what was signed and nothing else.

import { check } from "./report.mjs";

const METADATA = {
  "x-amz-c": "115",
  "x-amz-3": Buffer.alloc(256, 3).toString("base64"),
  "x-amz-w": "22",
  "x-amz-d": Buffer.alloc(28, 4).toString("base64"),
  "x-amz-i": Buffer.alloc(28, 5).toString("base64"),
};
const BODY = Buffer.alloc(16);

/** @param {{ origin: string, token: string }} demo */
export async function checkUploads(demo) {
  const { "x-amz-w": _, ...short } = METADATA;
  const refused = await Promise.all(
    [
      short,
      { ...METADATA, "x-amz-m": "{}" },
      { ...METADATA, "x-amz-c": "114" },
      { ...METADATA, "x-amz-d": "a" },
      { ...METADATA, "x-amz-3": [METADATA["x-amz-3"]] },
      "none",
      null,
    ].map(async (metadata) => (await ask(demo, metadata)).status === 400),
  );
  check(
    "the back end signs no metadata but an object's",
    refused.every((was) => was),
  );

  const { url, headers } = await (await ask(demo, METADATA)).json();
  const other = {
    ...headers,
    "x-amz-meta-x-amz-d": Buffer.alloc(28, 6).toString("base64"),
  };
  const put = async (given, body = BODY) =>
    (await fetch(url, { method: "PUT", headers: given, body })).status;
  const { "x-amz-meta-x-amz-i": __, ...fewer } = headers;
  check(
    "and S3 takes neither other metadata, nor fewer, nor another size",
    (await put(other)) === 403 &&
      (await put(fewer)) === 403 &&
      (await put(headers, Buffer.alloc(17))) === 403,
  );
  check("but what was signed", (await put(headers)) === 200);
}

const ask = ({ origin, token }, metadata) =>
  fetch(`${origin}/api/upload`, {
    method: "POST",
    headers: { origin, "x-demo-token": token },
    body: JSON.stringify({ size: BODY.length, metadata }),
  });
