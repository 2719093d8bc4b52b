// The S3 of fake-s3.mjs behind a loopback port, and a network that is as bad as one is told.

import { createServer } from "node:http";

/** The things that a bucket's CORS rule lets pages do and see. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD, PUT, POST, DELETE",
  "access-control-allow-headers": "*",
  "access-control-expose-headers": "ETag, x-amz-checksum-crc64nvme",
};

/**
 * Serves `s3` to pages too; `before(request)` may delay it or, by returning a Response, stand in for it. `cors` are
 * headers of every answer.
 */
export async function serveS3(s3, before = () => undefined, cors = CORS) {
  return await serve(async (request, response) => {
    const { method, headers } = request;
    for (const [name, value] of Object.entries(cors)) response.setHeader(name, value);
    if (method === "OPTIONS") return response.writeHead(204).end();
    const body = await bodyOf(request);
    if (body === undefined) return;
    const url = `http://127.0.0.1${request.url}`;
    const answer =
      (await before({ method, url: new URL(url), stored: s3.stored.length })) ??
      (await s3.fetch(url, { method, headers, body }));
    await send(response, await taken(answer));
  });
}

/** Every fault that `faultyProxy` knows; the first is none. */
export const FAULTS = [
  "none",
  "drop the request",
  "drop half a request",
  "drop the answer",
  "drop half an answer",
  "503",
  "503 with Retry-After",
  "500",
  "send it twice",
  "200 with an error",
];

/** Stands between a client and `s3`; `fault({ method, url })` says what happens to each request. */
export async function faultyProxy(s3, fault) {
  return await serve(async (request, response) => {
    const { method, headers, socket } = request;
    const url = `http://127.0.0.1${request.url}`;
    const what = fault({ method, url: new URL(url) });
    if (what === "drop the request") return socket.destroy();
    if (what === "drop half a request") {
      request.once("data", () => socket.destroy());
      request.once("end", () => socket.destroy());
      return undefined;
    }
    const body = await bodyOf(request);
    if (body === undefined) return undefined;
    const refusal = REFUSALS[what];
    if (refusal !== undefined) return await send(response, refusal);
    const ask = async () => await taken(await s3.fetch(url, { method, headers, body }));
    let answer = await ask();
    if (what === "send it twice") answer = await ask();
    if (what === "drop the answer") return socket.destroy();
    if (what === "drop half an answer") {
      response.writeHead(answer.status, {
        ...answer.headers,
        "content-length": answer.body.length + 10,
      });
      response.write(answer.body.subarray(0, answer.body.length / 2), () => socket.destroy());
      return undefined;
    }
    return await send(response, answer);
  });
}

const text = (code) =>
  new TextEncoder().encode(`<Error><Code>${code}</Code><Message>for now</Message></Error>`);
const XML = { "content-type": "application/xml" };
const REFUSALS = {
  503: { status: 503, headers: XML, body: text("SlowDown") },
  "503 with Retry-After": {
    status: 503,
    headers: { ...XML, "retry-after": "2" },
    body: text("SlowDown"),
  },
  500: { status: 500, headers: XML, body: text("InternalError") },
  "200 with an error": { status: 200, headers: XML, body: text("InternalError") },
};

/** The body of a request, or `undefined` if it ends before it is complete. */
async function bodyOf(request) {
  const pieces = [];
  try {
    for await (const piece of request) pieces.push(piece);
  } catch {
    return undefined;
  }
  return new Uint8Array(Buffer.concat(pieces));
}

async function taken(response) {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

async function send(response, { status, headers, body }) {
  response.writeHead(status, { "content-length": body.length, ...headers });
  response.end(body);
}

async function serve(answer) {
  const server = createServer((request, response) => {
    request.on("error", () => {});
    Promise.resolve(answer(request, response)).catch((error) => {
      response.destroy();
      console.error(error);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
