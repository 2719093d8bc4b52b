// Writes WebAssembly files as modules that export them as text, which js/modules/compile.ts reads.
//
//   inline.mjs FOLDER NAME…   FOLDER/bongtu_NAME_bg.wasm becomes FOLDER/NAME-inline.js
//
// Compressed, the text must not be much larger than the bytes, by brotli as well as by gzip. So a frequent byte is one
// character, itself if it can be, and any other byte is two, of which the first is `}` or `~`. All modules share an
// alphabet, so that what they have in common looks the same in each: FOLDER/alphabet.js has all 256 bytes in order.

import { readFile, writeFile } from "node:fs/promises";

const ESCAPES = [..."}~"];
/** Printable ASCII that stands for itself in every string and in an HTML page. */
const SINGLES = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter(
  (character) => !['"', "'", "\\", "`", "$", "<", ...ESCAPES].includes(character),
);

const [folder, ...names] = process.argv.slice(2);
const files = await Promise.all(
  names.map(async (name) => ({
    module: `${name}-inline`,
    wasm: await readFile(`${folder}/bongtu_${name}_bg.wasm`),
  })),
);
const characters = alphabetOf(Buffer.concat(files.map(({ wasm }) => wasm)));
await write("alphabet", "alphabet", [...characters.keys()]);
for (const { module, wasm } of files) await write(module, "inlined", wasm);

async function write(module, constant, bytes) {
  const text = Array.from(bytes, (byte) => characters.get(byte)).join("");
  await writeFile(`${folder}/${module}.d.ts`, `export const ${constant}: string;\n`);
  await writeFile(`${folder}/${module}.js`, `export const ${constant} = "${text}";\n`);
}

/** The characters of each byte, in the order of the bytes. */
function alphabetOf(bytes) {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]++;
  const byFrequency = [...counts.keys()].sort((one, other) => counts[other] - counts[one]);
  const frequent = new Set(byFrequency.slice(0, SINGLES.length));

  const free = SINGLES.filter((character) => !frequent.has(character.charCodeAt(0)));
  const pairs = ESCAPES.flatMap((first) => SINGLES.map((second) => first + second));
  const characters = (byte) => {
    const itself = String.fromCharCode(byte);
    if (!frequent.has(byte)) return pairs.shift();
    return SINGLES.includes(itself) ? itself : free.shift();
  };
  return new Map(Array.from(counts, (_, byte) => [byte, characters(byte)]));
}
