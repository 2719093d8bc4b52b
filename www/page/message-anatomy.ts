// The parts of an AWS Encryption SDK message, as `inspect()` finds them.

import { type Description, inspect } from "bongtu";

import { type Anatomy, type Field, fieldAt, type Tone } from "./field.ts";
import type { Words } from "./words/en.ts";

type Name = keyof Words["anatomy"]["fields"];
type Part = [name: Name, length: number];

const TONES: Record<Name, Tone> = {
  version: "form",
  type: "form",
  suite: "form",
  messageId: "id",
  contextLength: "context",
  context: "context",
  edkCount: "recipient",
  providerId: "recipient",
  providerInfo: "recipient",
  ciphertext: "key",
  contentType: "form",
  reserved: "form",
  ivLength: "form",
  frameLength: "form",
  commitment: "commitment",
  headerIv: "tag",
  headerTag: "tag",
  finalMark: "form",
  sequence: "form",
  iv: "id",
  finalLength: "form",
  frame: "body",
  frameTag: "tag",
};

const SEQUENCE = 4;
const IV = 12;
const TAG = 16;
const FINAL_MARK = 4;
const FINAL_LENGTH = 4;

export async function messageAnatomy(sealed: Blob): Promise<Anatomy> {
  // #region inspect-message
  const description = await inspect(sealed);
  const { fields, headerLength, frameLength, body } = description;
  const { frames, plaintextLength } = body;
  // #endregion
  const lastSize = plaintextLength - frameLength * (frames - 1);
  const piece = (number: number): Field[] => {
    const start = headerLength + (number - 1) * (SEQUENCE + IV + frameLength + TAG);
    return inOrder(sealed, start, number === frames ? lastFrame(lastSize) : frame(frameLength));
  };
  const values = readable(description);
  const head = fields
    .filter(({ length }) => length > 0)
    .map(({ name, start, length }) => field(sealed, nameOf(name), start, length, values[name]));
  return { head, pieces: frames, pieceSize: frameLength, lastSize, piece };
}

const frame = (ciphertext: number): Part[] => [
  ["sequence", SEQUENCE],
  ["iv", IV],
  ["frame", ciphertext],
  ["frameTag", TAG],
];

const lastFrame = (ciphertext: number): Part[] => [
  ["finalMark", FINAL_MARK],
  ["sequence", SEQUENCE],
  ["iv", IV],
  ["finalLength", FINAL_LENGTH],
  ["frame", ciphertext],
  ["frameTag", TAG],
];

function inOrder(sealed: Blob, start: number, parts: Part[]): Field[] {
  let at = start;
  return parts
    .filter(([, length]) => length > 0)
    .map(([name, length]) => {
      at += length;
      return field(sealed, name, at - length, length);
    });
}

const field = (sealed: Blob, name: Name, start: number, length: number, value = ""): Field =>
  fieldAt(sealed, start, length, {
    title: ({ anatomy }) => anatomy.fields[name].title,
    meaning: ({ anatomy }) => anatomy.fields[name].meaning,
    tone: TONES[name],
    value,
  });

/** "edk[0].providerId" is a "providerId". */
function nameOf(name: string): Name {
  const short = name.replace(/^edk\[\d+\]\./, "");
  if (!Object.hasOwn(TONES, short)) throw new Error(`there is no explanation of ${name}`);
  return short as Name;
}

/** The contents of the header in plain text, by field. */
function readable({ suite, encryptionContext, encryptedDataKeys }: Description) {
  const pairs = Object.entries(encryptionContext).map(([name, value]) => `${name} = ${value}`);
  const values: Record<string, string> = { suite: suite.id, context: pairs.join(", ") };
  encryptedDataKeys.forEach(({ providerId, providerInfo }, index) => {
    values[`edk[${index}].providerId`] = providerId;
    values[`edk[${index}].providerInfo`] = providerInfo;
  });
  return values;
}
