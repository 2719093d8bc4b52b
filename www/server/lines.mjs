// The lines that the page shows of its own sources: those between `// #region NAME` and `// #endregion`.

import { readdir, readFile } from "node:fs/promises";

const FOLDERS = ["page/", "server/"];
const REGION = /^( *)\/\/ #region (\S+)\n([\s\S]*?)^ *\/\/ #endregion$/gm;

/**
 * @param {URL} root the folder that the others are in
 * @returns {Promise<Record<string, { file: string, code: string }>>} by the region's name
 */
export async function readLines(root) {
  const lines = {};
  for (const folder of FOLDERS) {
    for (const entry of await readdir(new URL(folder, root), { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = folder + entry.name;
      const source = await readFile(new URL(file, root), "utf8");
      for (const [, indent, name, region] of source.matchAll(REGION)) {
        const code = region.replaceAll(new RegExp(`^${indent}`, "gm"), "").trimEnd();
        lines[name] = { file, code };
      }
    }
  }
  return lines;
}
