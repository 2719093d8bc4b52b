// A web site: pages, each with its module bundled as an application's would be, and the back end behind `POST /api/NAME`.

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { readJson } from "../../examples/uploads/read-json.mjs";
import { bundle } from "../support/bundle.mjs";

const HOST = "127.0.0.1";
const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/**
 * @param {Record<string, string>} pages name → file of the module, from this folder; the page `NAME` is at `/NAME`
 * @param {Record<string, (input: object) => unknown>} api the back end: JSON in, JSON out
 * @param {string} s3Origin the only other origin that the pages may talk to
 */
export async function serveSite({ pages, api, s3Origin }) {
  const files = new Map();
  for (const [name, module] of Object.entries(pages)) {
    files.set(`/${name}`, { type: "text/html; charset=utf-8", body: html(name) });
    const script = await bundle(`import "${module}";`, FOLDER);
    files.set(`/${name}.js`, { type: "text/javascript", body: script });
  }
  const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${s3Origin}`;

  const answer = async (request) => {
    const { pathname } = new URL(request.url, "http://site");
    if (request.method !== "POST") return files.get(pathname);
    const output = await api[pathname.slice("/api/".length)](await readJson(request));
    return { type: "application/json", body: JSON.stringify(output ?? null) };
  };
  const server = createServer(async (request, response) => {
    try {
      const file = await answer(request);
      if (file === undefined) return response.writeHead(404).end();
      const { type, body } = file;
      response.writeHead(200, { "content-type": type, "content-security-policy": policy });
      response.end(body);
    } catch (error) {
      // The back end refuses with a reason that the page can show.
      const { code = error.name, message } = error;
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ code, message }));
    }
  });
  await new Promise((resolve) => server.listen(0, HOST, resolve));
  return {
    origin: `http://${HOST}:${server.address().port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function html(name) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title>
<script type="module" src="/${name}.js"></script></html>`;
}
