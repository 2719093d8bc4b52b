// The parts of the anatomy of an envelope, of a message or of an object.

import type { Render } from "./language.ts";

/** Kinds of bytes, each with its colour in map.css. */
export type Tone = "form" | "id" | "context" | "recipient" | "key" | "commitment" | "tag" | "body";

/** Bytes with a meaning of their own. */
export interface Field {
  title: Render;
  meaning: Render;
  /** Its position, or its name in the metadata. */
  where: Render;
  /** The text of the field, if it can be read. */
  value?: string;
  tone: Tone;
  bytes: Blob;
  /** Its last byte: in a length that is the one whose change changes least. */
  spot: Spot;
}

/** A byte of what is stored: of what is sealed, of a decoded value of the metadata, or of a file that is not sealed. */
export interface Spot {
  name?: string;
  ofFile?: true;
  offset: number;
}

export interface Anatomy {
  /** The header, or the metadata. */
  head: Field[];
  /** Frames or chunks, of `pieceSize` bytes of plaintext each but for the last. */
  pieces: number;
  pieceSize: number;
  lastSize: number;
  /** The parts of a piece, counted from 1. */
  piece(number: number): Field[];
}

/** A field of the sealed bytes themselves. */
export const fieldAt = (
  sealed: Blob,
  start: number,
  length: number,
  { title, meaning, tone, value }: Pick<Field, "title" | "meaning" | "tone" | "value">,
): Field => ({
  title,
  meaning,
  where: ({ span }) => span(start, start + length - 1),
  ...(value ? { value } : {}),
  tone,
  bytes: sealed.slice(start, start + length),
  spot: { offset: start + length - 1 },
});
