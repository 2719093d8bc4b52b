// The back end of the page: the package as it will be published, files of one folder, and KMS.

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { buffer, json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const HOST = "127.0.0.1";
const PACKAGE = fileURLToPath(new URL("../../../pkg", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript" };

/** @returns {Promise<{ url: string, close: () => Promise<void> }>} */
export async function servePage(folder, kms) {
  const page = await makePage();
  const script = await readFile(new URL("page.mjs", import.meta.url));

  const answer = async (request) => {
    const { pathname } = new URL(request.url, "http://page");
    const [, room, ...rest] = normalize(decodeURIComponent(pathname)).split("/");
    switch (`${request.method} /${room}`) {
      case "GET /":
        return {
          type: ".html",
          body: page.html,
          headers: { "content-security-policy": page.policy },
        };
      case "GET /page.mjs":
        return { type: ".mjs", body: script };
      case "GET /pkg":
        return { type: extname(pathname), body: await readFile(join(PACKAGE, ...rest)) };
      case "GET /files":
        return { body: await readFile(join(folder, ...rest)) };
      case "PUT /files":
        return { body: await writeFile(join(folder, ...rest), await buffer(request)) };
      case "POST /kms":
        return { body: JSON.stringify(await kms.ask(await json(request))) };
    }
    throw new Error(`no ${request.method} ${pathname}`);
  };

  const server = createServer(async (request, response) => {
    try {
      const { type, body, headers } = await answer(request);
      response.writeHead(200, {
        "content-type": TYPES[type] ?? "application/octet-stream",
        ...headers,
      });
      response.end(body);
    } catch (error) {
      response.writeHead(404).end(error.message);
    }
  });
  await new Promise((resolve) => server.listen(0, HOST, resolve));
  return {
    url: `http://${HOST}:${server.address().port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The page imports `bongtu` by its name: an import map sends that to what the package exports for browsers. */
async function makePage() {
  const { exports } = JSON.parse(await readFile(join(PACKAGE, "package.json"), "utf8"));
  const entry = join("/pkg", exports["."].default);
  const map = JSON.stringify({ imports: { bongtu: entry } });
  const hash = createHash("sha256").update(map).digest("base64");
  return {
    html: `<!doctype html><html lang="en"><meta charset="utf-8"><title>bongtu</title>
<script type="importmap">${map}</script><script type="module" src="/page.mjs"></script></html>`,
    policy: `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}'; connect-src 'self'`,
  };
}
