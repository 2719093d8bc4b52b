// The bytes of the package that a page downloads for its work: JavaScript and WebAssembly, as esbuild bundles them and a server
// compresses them.

import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { OPTIONS } from "./bundle.mjs";

/** The work of a page, its imports for that, and the limit of its size in bytes of brotli. */
export const DOWNLOADS = [
  ["seal", "{ Keyring, KmsPublicKey, seal }", 68_000],
  ["seal secrets", "{ sealSecret }", 68_000],
  ["seal objects, upload in parts", "{ sealObject, uploadParts, multipartPlan }", 115_000],
  ["sign and check uploads", "{ checkUploadHeaders, uploadRequest }", 48_000],
  ["open, without what makes keyrings", "{ open }", 63_000],
  ["open", "{ Keyring, open }", 64_000],
  ["seal and open", "{ Keyring, KmsPublicKey, open, seal }", 101_000],
  ["everything", "*", 168_000],
];

/**
 * Measures what importing `names` downloads, for a module in `folder`. `first` comes with the page, `later` when it is
 * first needed: names of chunks and bytes of them, by brotli at its best and by gzip as servers do it.
 */
export async function measureDownload(names, folder) {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    stdin: { contents: `export ${names} from "bongtu";`, resolveDir: folder },
    minify: true,
    splitting: true,
    metafile: true,
    outdir: join(folder, "download"),
  });
  const chunks = outputFiles.map(({ path, contents }) => ({
    path: relative(process.cwd(), path),
    brotli: brotli(contents),
    gzip: gzipSync(contents, { level: 6 }).length,
  }));
  const wanted = importedAtOnce(metafile.outputs);
  const later = chunks.filter(({ path }) => !wanted.has(path) && isModule(path));
  return {
    first: sum(chunks.filter(({ path }) => wanted.has(path))),
    later: later.map(({ path, ...sizes }) => ({ name: /(\w+)-\w+\.js$/.exec(path)[1], ...sizes })),
  };
}

function importedAtOnce(outputs) {
  const wanted = new Set(
    Object.keys(outputs).filter((path) => outputs[path].entryPoint === "<stdin>"),
  );
  for (const path of wanted) {
    for (const { kind, path: imported } of outputs[path].imports) {
      if (kind === "import-statement") wanted.add(imported);
    }
  }
  return wanted;
}

/** A part that esbuild shares among others does not count. */
function isModule(path) {
  return !/chunk-\w+\.js$/.test(path);
}

function sum(chunks) {
  const total = (size) => chunks.reduce((bytes, chunk) => bytes + chunk[size], 0);
  return { brotli: total("brotli"), gzip: total("gzip") };
}

function brotli(contents) {
  return brotliCompressSync(contents, {
    params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
  }).length;
}
