// The only way to ministack, which itself answers any host name, any page and any signature. Pages of other origins, which
// can send requests to loopback, are not let through, by whatever name they call us; programs need this start's access key,
// and our own page the back end's signature.

import { request as httpRequest } from "node:http";
import { pipeline } from "node:stream";

import { isEqual } from "./guard.mjs";

/** Checks the connection itself, and answers some requests on the spot. */
const NOT_FORWARDED = ["connection", "keep-alive", "expect"];

/**
 * @param {object} own
 * @param {string} own.host what requests must call us
 * @param {string} own.origin of the page, which may upload what was signed
 * @param {string} own.bucket where to
 * @param {import("../../tests/interop/emulator.mjs").Emulator} own.emulator
 * @returns a handler of requests
 */
export function createDoor({ host, origin, bucket, emulator }) {
  const { socket, credentials } = emulator;

  return (request, response) => {
    const refusal = refuse(request);
    if (refusal === undefined) return forward(request, response, socket);
    // The answer has no header that would let a page read it, and does not wait for the rest of the request.
    response.writeHead(refusal.status, { "Content-Type": "text/plain", Connection: "close" });
    response.end(`${refusal.message}\n`);
  };

  function refuse({ headers, method, url }) {
    if (headers.host !== host) {
      return { status: 421, message: "this server answers to its own address only" };
    }
    if (!url.startsWith("/")) return { status: 400, message: "which path?" };
    const { pathname, searchParams } = new URL(url, `http://${host}`);
    const signed = isOurs(searchParams.get("X-Amz-Credential"));
    const inBucket = pathname.startsWith(`/${bucket}/`);
    // Browsers say one of these of every request that a page makes them send.
    if (headers.origin !== undefined || headers["sec-fetch-site"] !== undefined) {
      const upload = method === "OPTIONS" || (method === "PUT" && signed);
      return headers.origin === origin && inBucket && upload
        ? undefined
        : { status: 403, message: "only the demo's own page, and only to upload" };
    }
    const [, credential] =
      /^AWS4-HMAC-SHA256 Credential=([^,\s]+)/.exec(headers.authorization) ?? [];
    return isOurs(credential) || (signed && inBucket)
      ? undefined
      : { status: 403, message: "only with the credentials of this start" };
  }

  /** `ACCESS-KEY-ID/DATE/REGION/SERVICE/aws4_request`, of which ministack believes any. */
  function isOurs(credential) {
    const [accessKeyId] = (credential ?? "").split("/");
    return isEqual(accessKeyId, credentials.accessKeyId);
  }
}

function forward(request, response, socketPath) {
  const { method, url: path, headers } = request;
  const onward = httpRequest({
    socketPath,
    method,
    path,
    headers: without(headers, NOT_FORWARDED),
  });
  onward.on("response", (answer) => {
    response.writeHead(
      answer.statusCode,
      without(answer.headers, [...NOT_FORWARDED, ...open(answer)]),
    );
    pipeline(answer, response, ignore);
  });
  onward.on("error", () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { Connection: "close" }).end();
  });
  pipeline(request, onward, ignore);
}

/** Headers that would let every page read the answer. */
const open = ({ headers }) =>
  headers["access-control-allow-origin"] === "*" ? ["access-control-allow-origin"] : [];

const without = (headers, names) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

// Whoever is at the other end has noticed.
const ignore = () => {};
