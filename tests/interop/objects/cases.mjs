// The objects that the matrix is made of.

import { combinations, firstOfEach, pairwise } from "../covering.mjs";

/** Objects are sealed in chunks of this many bytes. */
const CHUNK = 512 * 1024;
export const LARGE = 64 * 1024 * 1024;

export const SPECS = ["RSA_2048", "RSA_3072", "RSA_4096"];

const FORMATS = ["v3", "v2"];
const SIZES = {
  empty: 0,
  "1 byte": 1,
  "15 bytes": 15,
  "16 bytes": 16,
  "17 bytes": 17,
  "C-1 bytes": CHUNK - 1,
  "C bytes": CHUNK,
  "C+1 bytes": CHUNK + 1,
};
const DESCRIPTIONS = {
  "no description": {},
  description: { purpose: "invoice", team: "billing & co = 3" },
  // S3 returns such characters in a lossy form: the format stores them as \uXXXX.
  "description beyond ASCII": { 용도: "2026년 청구서", façade: '\u{10348} \\ "quoted"' },
};
const PLACES = { metadata: false, "instruction file": true };

/**
 * @typedef {object} ObjectCase
 * @property {string} id a part of its key in S3
 * @property {string} [spec] of an RSA key; without it the key is a symmetric one
 * @property {"v2" | "v3"} format
 * @property {number} length of the plaintext
 * @property {Record<string, string>} description the encryption context where the key is symmetric
 * @property {boolean} instructionFile whether the wrapped key is in one
 * @property {boolean} multipart whether Python's client uploads it in parts
 */

/**
 * Every combination, and few of them, where every two values of different properties are together in one.
 * @type {ObjectCase[][]}
 */
export const [everyObject, pairwiseObjects] = casesOf({
  format: FORMATS,
  size: Object.keys(SIZES),
  description: Object.keys(DESCRIPTIONS),
  place: Object.keys(PLACES),
  spec: SPECS,
});
/** Both formats in both places. @type {ObjectCase[]} */
export const fewObjects = firstOfEach(
  pairwiseObjects,
  ({ format, instructionFile }) => `${format} ${instructionFile}`,
);
/** One of each format. @type {ObjectCase[]} */
export const largeObjects = FORMATS.map((format) => ({
  ...{ id: `large ${format}`, spec: "RSA_2048", format, length: LARGE },
  ...{ description: {}, instructionFile: false, multipart: false },
}));

const [symmetricObjects, pairwiseOfSymmetricObjects] = casesOf({
  format: FORMATS,
  size: Object.keys(SIZES),
  // Python's client takes no others.
  description: ["no description", "description"],
  place: ["metadata"],
});
/** @type {ObjectCase[]} */
export const everySymmetricObject = [
  ...symmetricObjects,
  ...FORMATS.map((format) => ({
    ...{ id: `symmetric in parts ${format}`, format, length: 12 * 1024 * 1024 + 1 },
    ...{ description: {}, instructionFile: false, multipart: true },
  })),
];
/** @type {ObjectCase[]} */
export const pairwiseSymmetricObjects = pairwiseOfSymmetricObjects;
/** @type {ObjectCase[]} */
export const fewSymmetricObjects = firstOfEach(pairwiseSymmetricObjects, ({ format }) => format);

export function isAscii(description) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what ASCII is
  return /^[\x00-\x7f]*$/.test(JSON.stringify(description));
}

function casesOf(properties) {
  const rows = combinations(properties);
  const cases = new Map(rows.map((row) => [row, caseOf(row)]));
  return [[...cases.values()], pairwise(rows).map((row) => cases.get(row))];
}

function caseOf({ format, size, description, place, spec }) {
  return {
    id: [format, size, spec ?? "symmetric", description, place].join(", "),
    spec,
    format,
    length: SIZES[size],
    description: DESCRIPTIONS[description],
    instructionFile: PLACES[place],
    multipart: false,
  };
}
