// What the parts of a message are for: names, meanings and colours of the map.

import type { Description } from "bongtu";

/** Kinds of bytes, each with its colour in style.css. */
export type Tone = "form" | "id" | "context" | "recipient" | "key" | "commitment" | "tag" | "body";

export interface Field {
  title: string;
  meaning: string;
  tone: Tone;
  start: number;
  length: number;
}

type Explanation = [title: string, tone: Tone, meaning: string];

const HEADER: Record<string, Explanation> = {
  version: ["Version", "form", "of the message format"],
  type: ["Type", "form", "customer authenticated encrypted data"],
  suite: ["Algorithm suite", "form", "which cipher, key derivation and commitment"],
  messageId: ["Message id", "id", "random; salts the key derivation and is in every frame’s tag"],
  contextLength: ["Context length", "context", "of the encryption context that follows"],
  context: ["Encryption context", "context", "readable by anyone, changed by no one"],
  edkCount: ["Number of data keys", "recipient", "how many recipients may unwrap"],
  contentType: ["Content type", "form", "framed"],
  reserved: ["Reserved", "form", "zeros"],
  ivLength: ["IV length", "form", "of every frame"],
  frameLength: ["Frame length", "form", "plaintext bytes in every frame but the last"],
  commitment: ["Key commitment", "commitment", "only one data key in the world fits this message"],
  headerIv: ["Header IV", "tag", "for the tag that follows"],
  headerTag: ["Header tag", "tag", "authenticates all bytes before it"],
};

const DATA_KEY: Record<string, Explanation> = {
  providerId: ["Provider", "recipient", "which keyring can unwrap"],
  providerInfo: ["Provider information", "recipient", "which KMS key can unwrap"],
  ciphertext: [
    "Encrypted data key",
    "key",
    "the data key, wrapped to the public key; KMS alone unwraps it",
  ],
};

/** The header's fields, in order. */
export function headerFields({
  fields,
  encryptionContext,
  encryptedDataKeys,
}: Description): Field[] {
  const values: Record<string, string> = {
    context: Object.entries(encryptionContext)
      .map(([name, value]) => `${name} = ${value}`)
      .join(", "),
  };
  encryptedDataKeys.forEach(({ providerId, providerInfo }, index) => {
    values[`edk[${index}].providerId`] = providerId;
    values[`edk[${index}].providerInfo`] = providerInfo;
  });
  return fields
    .filter(({ length }) => length > 0)
    .map(({ name, start, length }) => {
      const [title, tone, meaning] = explain(name);
      const value = values[name];
      return { title, tone, meaning: value ? `${value}: ${meaning}` : meaning, start, length };
    });
}

function explain(name: string): Explanation {
  const part = /^edk\[\d+\]\.(\w+)$/.exec(name)?.[1];
  return (part ? DATA_KEY[part] : HEADER[name]) ?? [name, "form", ""];
}

const SEQUENCE = 4;
const IV = 12;
const TAG = 16;
const FINAL_MARK = 4;
const FINAL_LENGTH = 4;

/** The parts of one frame, counted from 1. */
export function frameFields(
  { headerLength, frameLength, body }: Description,
  frame: number,
): Field[] {
  const isLast = frame === body.frames;
  const overhead = SEQUENCE + IV + TAG;
  const ciphertext = isLast ? body.plaintextLength - frameLength * (frame - 1) : frameLength;
  const parts: [title: string, tone: Tone, length: number, meaning: string][] = [
    ["Sequence number", "form", SEQUENCE, "frames cannot be swapped, repeated or left out"],
    ["IV", "id", IV, "the sequence number again, as AES-GCM wants it"],
    ["Ciphertext", "body", ciphertext, "AES-256-GCM, as long as its plaintext"],
    ["Tag", "tag", TAG, "authenticates this frame at this place of this message"],
  ];
  if (isLast) {
    parts.unshift([
      "Final frame mark",
      "form",
      FINAL_MARK,
      "without a last frame a message is incomplete",
    ]);
    parts.splice(3, 0, [
      "Content length",
      "form",
      FINAL_LENGTH,
      "of the last frame, which may be shorter",
    ]);
  }
  let start = headerLength + (frame - 1) * (frameLength + overhead);
  return parts
    .map(([title, tone, length, meaning]) => {
      const field = { title, tone, meaning, start, length };
      start += length;
      return field;
    })
    .filter(({ length }) => length > 0);
}
