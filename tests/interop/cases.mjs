// The messages that the matrix is made of: every combination of five properties, or few that hold every pair of values.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { combinations, firstOfEach, pairwise } from "./covering.mjs";

/** bongtu's own. */
export const DEFAULT_FRAME_LENGTH = 256 * 1024;

const SIZES = {
  empty: () => 0,
  "1 byte": () => 1,
  "F-1 bytes": (frameLength) => frameLength - 1,
  "F bytes": (frameLength) => frameLength,
  "F+1 bytes": (frameLength) => frameLength + 1,
  "3 MiB and a bit": () => 3 * 1024 * 1024 + 77,
};

const CONTEXTS = {
  "no context": {},
  "context beyond ASCII": {
    purpose: "invoice",
    // In UTF-8 U+FFEE sorts before U+10348, in UTF-16 after it: the order is part of what is authenticated.
    "\u{10348}": "hwair",
    "\uffee": "halfwidth circle",
    용도: "2026년 청구서 = façade",
  },
};

const PROPERTIES = {
  spec: ["RSA_2048", "RSA_3072", "RSA_4096"],
  algorithm: ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"],
  size: Object.keys(SIZES),
  context: Object.keys(CONTEXTS),
  frameLength: [4096, DEFAULT_FRAME_LENGTH],
};

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} spec @property {string} algorithm @property {number} frameLength
 * @property {Record<string, string>} context
 * @property {number} length of the plaintext
 */

const rows = combinations(PROPERTIES);
const cases = new Map(rows.map((row) => [row, caseOf(row)]));

/** @type {Case[]} */
export const everyCase = [...cases.values()];
/** Every two values of different properties are together in one of these. @type {Case[]} */
export const pairwiseCases = pairwise(rows).map((row) => cases.get(row));
/** Every key with every algorithm. @type {Case[]} */
export const fewCases = firstOfEach(pairwiseCases, ({ spec, algorithm }) => `${spec} ${algorithm}`);

function caseOf({ spec, algorithm, size, context, frameLength }) {
  return {
    name: [spec, algorithm, size, context, `F=${frameLength}`].join(", "),
    spec,
    algorithm,
    frameLength,
    context: CONTEXTS[context],
    length: SIZES[size](frameLength),
  };
}

/** The same bytes for the same length, in a file of `folder`. */
export async function plaintextFile(folder, length) {
  const file = join(folder, `plaintext-${length}`);
  if (!existsSync(file)) {
    const bytes = createHash("shake256", { outputLength: Math.max(length, 1) })
      .update("bongtu")
      .digest();
    await writeFile(file, bytes.subarray(0, length));
  }
  return file;
}
