// HTTP: the page's files under a strict policy, and the API behind the guard.

import { BongtuError } from "bongtu";

import { Refusal } from "./guard.mjs";

const MAX_REQUEST_BYTES = 16 * 1024;

/**
 * @param {object} parts
 * @param {Map<string, { type: string, body: Uint8Array }>} parts.page files by path
 * @param {Record<string, (input: object, response: import("node:http").ServerResponse) => Promise<object | undefined>>} parts.api
 *   handlers by name: what they return is sent as JSON, unless they have answered themselves
 * @param {ReturnType<typeof import("./guard.mjs").createGuard>} parts.guard
 * @param {string} parts.bucketUrl where the page may upload to
 */
export function createRouter({ page, api, guard, bucketUrl }) {
  const headers = securityHeaders(bucketUrl);
  const handlers = new Map(Object.entries(api).map(([name, handler]) => [`/api/${name}`, handler]));

  return async (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    try {
      guard.checkHost(request);
      const path = request.url.split("?")[0];
      const handler = handlers.get(path);
      if (handler) {
        guard.checkCaller(request);
        const answer = await handler(await readJson(request), response);
        if (answer) sendJson(response, 200, answer);
      } else {
        sendFile(request, response, page.get(path));
      }
    } catch (error) {
      sendError(response, error);
    }
  };
}

function securityHeaders(bucketUrl) {
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob:", // blob: shows the picture that was opened
    `connect-src 'self' ${bucketUrl}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
  };
}

async function readJson(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > MAX_REQUEST_BYTES) throw new Refusal(413, "DEMO_REQUEST", "too long a request");
    parts.push(part);
  }
  try {
    const value = JSON.parse(Buffer.concat(parts).toString("utf8"));
    if (value !== null && typeof value === "object") return value;
  } catch {
    // falls through to the refusal
  }
  throw new Refusal(400, "DEMO_REQUEST", "the request is not a JSON object");
}

function sendFile(request, response, file) {
  if (!file) throw new Refusal(404, "DEMO_PATH", "there is nothing here");
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new Refusal(405, "DEMO_METHOD", "use GET");
  }
  response.writeHead(200, { "Content-Type": file.type, "Content-Length": file.body.length });
  response.end(request.method === "HEAD" ? undefined : file.body);
}

function sendJson(response, status, value) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
}

function sendError(response, error) {
  if (response.headersSent) {
    response.destroy(); // too late for a status: a broken connection is the only honest end
    return;
  }
  const { status, code, message } = describe(error);
  if (status >= 500) console.error(error);
  // The body of a refused request may still be on its way.
  if (status < 500) response.setHeader("Connection", "close");
  sendJson(response, status, { code, message });
}

function describe(error) {
  if (error instanceof Refusal) return error;
  const { code, name, message } = error;
  if (error instanceof BongtuError) return { status: 422, code, message };
  if (error.$metadata) {
    const { httpStatusCode: status = 502 } = error.$metadata;
    return { status, code: name, message: `AWS answered: ${message}` };
  }
  return { status: 500, code: "DEMO_ERROR", message: "the back end failed; its terminal says why" };
}
