// A folder of bundled pages, served on loopback.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { STRICT_CSP, serveFolders } from "./static-server.mjs";

/**
 * Bundles `module` (a URL) as a page that may talk to `origins`. Returns its URL, so that all who open it are of one
 * origin, and `close()`.
 */
export async function servePage(module, origins = []) {
  const folder = await mkdtemp(join(tmpdir(), "bongtu-page-"));
  await build({
    entryPoints: [fileURLToPath(module)],
    bundle: true,
    format: "esm",
    splitting: true,
    platform: "browser",
    target: "es2022",
    outdir: folder,
    entryNames: "page",
    logLevel: "warning",
  });
  const html = '<!doctype html><title>bongtu</title><script type="module" src="/page.js"></script>';
  await writeFile(join(folder, "index.html"), html);
  const csp = STRICT_CSP.replace(
    "connect-src 'self'",
    ["connect-src 'self'", ...origins].join(" "),
  );
  const server = await serveFolders({ "/": folder }, { "Content-Security-Policy": csp });
  return {
    url: `${server.origin}/index.html`,
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
