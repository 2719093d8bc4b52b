// Serves folders over HTTP on loopback, as any static host would: files, a type for each, fixed headers.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** The policy under which a page may use bongtu: nothing inline, nothing from elsewhere, WebAssembly. */
export const STRICT_CSP =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/**
 * Serves `folders` (URL prefix → folder) with `headers` on every answer.
 * Returns the origin, the paths asked for so far, and `close()`.
 */
export async function serveFolders(folders, headers = { "Content-Security-Policy": STRICT_CSP }) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    requests.push(path);
    const prefix = Object.keys(folders).find((candidate) => path.startsWith(candidate));
    try {
      if (prefix === undefined) throw new Error("not served");
      const file = join(folders[prefix], path.slice(prefix.length));
      const body = await readFile(file);
      response.writeHead(200, { ...headers, "Content-Type": TYPES[extname(file)] ?? "text/plain" });
      response.end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    requests,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
