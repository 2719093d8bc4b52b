// Writes a WebAssembly file as a module that exports it as text; js/modules/compile.ts reads it.

import { readFile } from "node:fs/promises";

const bytes = await readFile(process.argv[2]);
const letters = [...bytes].map((byte) => String.fromCharCode(65 + (byte & 15), 97 + (byte >> 4)));
console.log(`export const inlined = "${letters.join("")}";`);
