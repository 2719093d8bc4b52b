// Bundles code for a browser.

import { build } from "esbuild";

export const OPTIONS = {
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
