// Bundles the page in memory: what is served is always what the sources say.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

import { readLines } from "./lines.mjs";

const ROOT = new URL("../", import.meta.url);
const FILES = [
  ["/", "index.html", "text/html; charset=utf-8"],
  ["/icon.svg", "icon.svg", "image/svg+xml"],
  ["/lining.svg", "lining.svg", "image/svg+xml"],
];

const ENTRIES = [
  { in: "page/main.ts", out: "main" },
  { in: "page/theme.ts", out: "theme" },
  { in: "style/main.css", out: "style" },
];

/** @returns {Promise<Map<string, { type: string, body: Uint8Array }>>} the page's files by path */
export async function buildPage() {
  const page = new Map();
  for (const [path, name, type] of FILES) {
    page.set(path, { type, body: await readFile(new URL(name, ROOT)) });
  }
  const { outputFiles } = await build({
    entryPoints: ENTRIES.map(({ in: source, out }) => ({
      in: fileURLToPath(new URL(source, ROOT)),
      out,
    })),
    outdir: "/",
    external: ["/*.svg"],
    define: { SHOWN_LINES: JSON.stringify(await readLines(ROOT)) },
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    charset: "utf8",
    logLevel: "warning",
  });
  for (const { path, contents } of outputFiles) {
    const type = path.endsWith(".css") ? "text/css" : "text/javascript";
    page.set(path, { type: `${type}; charset=utf-8`, body: contents });
  }
  return page;
}
