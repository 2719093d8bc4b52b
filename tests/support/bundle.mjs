// What a bundler makes of code for a browser, and what of that goes over the wire.

import { join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const OPTIONS = {
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  legalComments: "none",
  logLevel: "silent",
  write: false,
};

/** Bundles the module `contents`, which imports as a file in `folder` would, and returns the text. */
export async function bundle(contents, folder, options = {}) {
  const { outputFiles } = await build({
    ...OPTIONS,
    stdin: { contents, resolveDir: folder },
    ...options,
  });
  return outputFiles[0].text;
}

/** A module that takes all of the package but requests to S3, which most applications do not make with it. */
export const SEALING_AND_OPENING = `export {
  Keyring, KmsPublicKey, inspect, open, openObject, openStream,
  seal, sealBlob, sealedSize, sealObject, sealObjectStream, sealStream,
} from "bongtu";`;

/**
 * Bytes of JavaScript and WebAssembly that a page downloads for a module, compressed: without what it would only import
 * later.
 */
export async function downloadSize(contents, folder) {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    stdin: { contents, resolveDir: folder },
    minify: true,
    splitting: true,
    metafile: true,
    outdir: join(folder, "download"),
  });
  const entry = Object.keys(metafile.outputs).find((path) => metafile.outputs[path].entryPoint);
  const wanted = new Set([entry]);
  for (const path of wanted) {
    for (const { kind, path: imported } of metafile.outputs[path].imports) {
      if (kind === "import-statement") wanted.add(imported);
    }
  }
  return outputFiles
    .filter(({ path }) => wanted.has(relative(process.cwd(), path)))
    .reduce((total, { contents }) => total + compressed(contents), 0);
}

function compressed(contents) {
  return brotliCompressSync(contents, {
    params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
  }).length;
}
