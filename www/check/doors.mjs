// The back end can decrypt, so nobody but its own page of this start may come in; nor to KMS and S3, which only it may ask.

import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { request } from "node:http";
import { dirname } from "node:path";

import { check } from "./report.mjs";

/** @param {import("../server/demo.mjs").Demo} demo */
export async function checkDoors(demo) {
  await checkBackEnd(demo);
  await checkCloud(demo);
  await checkEmulator(demo.emulator);
}

async function checkBackEnd({ origin, token }) {
  const own = { host: new URL(origin).host, origin, "x-demo-token": token };
  const { origin: _, ...withoutOrigin } = own;
  const { "x-demo-token": __, ...withoutToken } = own;
  const ask = async (method, headers) =>
    (await send(`${origin}/api/key`, { method, headers, body: method === "POST" ? "{}" : "" }))
      .status;

  check("the back end answers its own page", (await ask("POST", own)) === 200);
  check(
    "and refuses another host name, another origin, none, no token, a wrong one, and GET",
    (await ask("POST", { ...own, host: "rebound.example" })) === 421 &&
      (await ask("POST", { ...own, origin: "http://elsewhere.example" })) === 403 &&
      (await ask("POST", withoutOrigin)) === 403 &&
      (await ask("POST", withoutToken)) === 403 &&
      (await ask("POST", { ...own, "x-demo-token": `${token}x` })) === 403 &&
      (await ask("GET", own)) === 405,
  );
}

const DECRYPT = { "x-amz-target": "TrentService.Decrypt" };

/** Requests that other pages, and programs without the credentials, would send. */
async function checkCloud({ origin, cloud, emulator }) {
  const { endpoint, bucketUrl, publicKey } = cloud;
  const body = JSON.stringify({
    KeyId: publicKey.KeyId,
    CiphertextBlob: Buffer.alloc(256, 7).toString("base64"),
    EncryptionAlgorithm: "RSAES_OAEP_SHA_256",
  });
  const authorization = (id) =>
    `AWS4-HMAC-SHA256 Credential=${id}/20260101/us-west-2/kms/aws4_request, SignedHeaders=host, Signature=00`;
  const elsewhere = { origin: "http://elsewhere.example", "sec-fetch-site": "cross-site" };
  const simple = { ...elsewhere, "content-type": "text/plain" };
  const { accessKeyId } = emulator.credentials;
  const forged = { "x-amz-date": "20260101T000000Z", authorization: authorization(accessKeyId) };
  const preflight = { ...elsewhere, "access-control-request-method": "PUT" };
  const refused = await Promise.all(
    [
      // A request that needs no preflight, which KMS takes for one of its own.
      [`${endpoint}/`, { method: "POST", body, headers: simple }],
      [
        `${endpoint}/?Action=Decrypt&X-Amz-Credential=${accessKeyId}/`,
        { method: "POST", body, headers: simple },
      ],
      [`${endpoint}/`, { method: "POST", body, headers: { ...simple, ...DECRYPT, ...forged } }],
      [`${endpoint}/`, { method: "OPTIONS", headers: preflight }],
      [`${bucketUrl}x`, { method: "OPTIONS", headers: preflight }],
      [`${bucketUrl}x`, { method: "GET", headers: { "sec-fetch-site": "cross-site" } }],
      [`${bucketUrl}x`, { method: "PUT", body, headers: { ...elsewhere, ...forged } }],
      // Our own page may upload, and nothing else; nothing without a signature.
      [`${endpoint}/`, { method: "POST", body, headers: { origin, ...DECRYPT, ...forged } }],
      [bucketUrl, { method: "GET", headers: { origin } }],
      [`${bucketUrl}x`, { method: "PUT", body, headers: { origin } }],
      // Requests without an Origin, with credentials that ministack by itself would believe.
      [`${endpoint}/`, { method: "POST", body, headers: DECRYPT }],
      [`${endpoint}/_ministack/reset`, { method: "POST" }],
      ...["test", "000000000000", "", `${accessKeyId}x`].map((id) => [
        `${endpoint}/`,
        {
          method: "POST",
          body,
          headers: { ...DECRYPT, ...forged, authorization: authorization(id) },
        },
      ]),
    ].map(([url, options]) => isShut(url, options)),
  );
  check(
    "KMS and S3 are shut to other pages, to programs without this start's credentials, and to our page but for uploads",
    refused.every((was) => was),
  );
  const rebound = { ...DECRYPT, ...forged, host: "rebound.example" };
  const { status } = await send(`${endpoint}/`, { method: "POST", body, headers: rebound });
  check("and to everybody who calls them by another name", status === 421);
  const listed = await send(`${endpoint}/`, {
    method: "POST",
    body: "{}",
    headers: {
      ...forged,
      "x-amz-target": "TrentService.ListKeys",
      "content-type": "application/x-amz-json-1.1",
    },
  });
  check(
    "but open to the back end, whose answers no page may read",
    listed.status === 200 && listed.headers["access-control-allow-origin"] === undefined,
  );
}

/** It believes everybody, so it must not be there for any browser. */
async function checkEmulator({ socket, pid }) {
  check("ministack itself has no port, and its socket is nobody else's", !(await listens(pid)));
  const { mode } = await stat(dirname(socket));
  check("nor may anybody else enter the folder of its socket", (mode & 0o077) === 0);
}

async function isShut(url, options) {
  const { status, headers } = await send(url, options);
  return status === 403 && headers["access-control-allow-origin"] === undefined;
}

/** Whether a process has a TCP port, as Linux tells. */
async function listens(pid) {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => "")),
  );
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/${pid}/net/${name}`, "utf8").catch(() => "")),
  );
  const rows = tables.flatMap((table) => table.split("\n").map((row) => row.trim().split(/\s+/)));
  const listening = rows.filter(([, , , state]) => state === "0A").map((row) => row[9]);
  return links.some((link) => listening.includes(/^socket:\[(\d+)\]$/.exec(link)?.[1]));
}

/** `fetch` would not send these headers. */
function send(url, { method, headers, body }) {
  return new Promise((resolve, reject) => {
    request(url, { method, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, headers: response.headers });
    })
      .on("error", reject)
      .end(body);
  });
}
