// The parts of an S3 Encryption Client object, version 3: values of the metadata, decoded, and the body.

import { inspect } from "bongtu";

import { type Anatomy, type Field, fieldAt, type Tone } from "./field.ts";
import type { Words } from "./words/en.ts";

type Name = keyof Words["anatomy"]["values"];

const TONES: Record<Name, Tone> = {
  "x-amz-c": "form",
  "x-amz-3": "key",
  "x-amz-w": "recipient",
  "x-amz-d": "commitment",
  "x-amz-i": "id",
  tag: "tag",
};
const BASE64: readonly Name[] = ["x-amz-3", "x-amz-d", "x-amz-i"];

// bongtu seals a chunk at a time. The format knows of no chunks: they are one AES-GCM message.
const CHUNK = 512 * 1024;
const BLOCK = 16;
const FIRST_COUNTER = 2; // 1 is the tag's
const TAG = 16;

export async function objectAnatomy(
  sealed: Blob,
  metadata: Record<string, string>,
): Promise<Anatomy> {
  // #region inspect-object
  const description = await inspect({ metadata });
  const { version, contentAlgorithm, wrap, wrappedKeyLength } = description;
  const length = sealed.size - TAG; // of the plaintext, too
  // #endregion
  const readable: Record<string, string> = {
    "x-amz-c": `${contentAlgorithm} (${version.toUpperCase()})`,
    "x-amz-3": `RSA ${wrappedKeyLength * 8}`,
    "x-amz-w": `${metadata["x-amz-w"]} (${wrap})`,
  };
  const pieces = Math.max(1, Math.ceil(length / CHUNK));
  const piece = (number: number): Field[] => {
    const start = (number - 1) * CHUNK;
    const chunk = ciphertext(sealed, start, Math.min(CHUNK, length - start));
    return number === pieces ? [...chunk, tag(sealed)] : chunk;
  };
  const head = Object.entries(metadata).map(([name, value]) =>
    valueField(name, value, readable[name]),
  );
  return { head, pieces, pieceSize: CHUNK, lastSize: length - (pieces - 1) * CHUNK, piece };
}

function valueField(name: string, encoded: string, value: string | undefined): Field {
  if (!isKnown(name)) throw new Error(`there is no explanation of ${name}`);
  const bytes = new Blob([BASE64.includes(name) ? decode(encoded) : encoded]);
  return {
    title: ({ anatomy }) => anatomy.values[name].title,
    meaning: ({ anatomy }) => anatomy.values[name].meaning,
    where: () => name,
    ...(value ? { value } : {}),
    tone: TONES[name],
    bytes,
    spot: { name, offset: bytes.size - 1 },
  };
}

function ciphertext(sealed: Blob, start: number, length: number): Field[] {
  if (length === 0) return [];
  const first = FIRST_COUNTER + start / BLOCK;
  const last = first + Math.ceil(length / BLOCK) - 1;
  const field = fieldAt(sealed, start, length, {
    title: ({ anatomy }) => anatomy.chunk.title,
    meaning: ({ anatomy }) => anatomy.chunk.meaning(first, last),
    tone: "body",
  });
  return [field];
}

const tag = (sealed: Blob): Field =>
  fieldAt(sealed, sealed.size - TAG, TAG, {
    title: ({ anatomy }) => anatomy.values.tag.title,
    meaning: ({ anatomy }) => anatomy.values.tag.meaning,
    tone: TONES.tag,
  });

const isKnown = (name: string): name is Name => Object.hasOwn(TONES, name);

const decode = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
