// What a bundler makes of code for a browser, and what of that goes over the wire.

import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

/** Bundles the module `contents`, which imports as a file in `folder` would, and returns the text. */
export async function bundle(contents, folder, options = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    logLevel: "silent",
    write: false,
    ...options,
  });
  return outputFiles[0].text;
}

/** Bytes of JavaScript and WebAssembly that a page downloads for the default entry, compressed. */
export async function downloadSize(folder) {
  const code = await bundle('export * from "bongtu";', folder, { minify: true });
  return brotliCompressSync(code, {
    params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
  }).length;
}
