// Checks the answers of a caller's `kms`. KMS and the AWS SDK give one shape; a shape that somebody's own code gives says nothing about
// the key, and is not taken for a wrong one.

import { type Bytes, bytesOf } from "../base/bytes.js";
import { type BongtuError, inputError } from "../base/errors.js";
import { notBytes } from "../base/not-bytes.js";

type Member = "Plaintext" | "CiphertextBlob";

/**
 * The bytes of an answer's member. Throws `ERR_INPUT`, which says what is there instead, and wipes
 * that. `call` is who answered.
 */
export function bytesAnswered(answer: unknown, member: Member, call: string): Bytes {
  const bytes = bytesOf((answer as Partial<Record<Member, unknown>> | null | undefined)?.[member]);
  if (bytes === undefined) {
    const error = wrongShape(answer, member, call);
    wipeAnswer(answer);
    throw error;
  }
  return bytes;
}

/** Overwrites the plaintext of an answer, in whatever shape it is there. Text stays. */
export function wipeAnswer(answer: unknown): void {
  try {
    if (Array.isArray(answer) || bytesOf(answer) !== undefined) {
      wipe(answer, 0);
      return;
    }
    for (const [name, value] of Object.entries(answer ?? {})) {
      if (/^(plaintext|data)$/i.test(name)) {
        wipe(value, 2);
      }
    }
  } catch {
    // It is frozen, or was transferred away.
  }
}

function wipe(value: unknown, depth: number): void {
  if (typeof value !== "object" || value === null) {
    return;
  }
  if (bytesOf(value) !== undefined) {
    const { buffer, byteOffset, byteLength } = value as Uint8Array;
    new Uint8Array(buffer ?? value, byteOffset ?? 0, byteLength).fill(0);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === "number") {
      (value as Record<string, number>)[name] = 0;
    } else if (depth > 0) {
      wipe(member, depth - 1);
    }
  }
}

function wrongShape(answer: unknown, member: Member, call: string): BongtuError {
  const { [member]: value, ...others } = Object(answer) as Record<string, unknown>;
  const what = `${member} of what ${call} resolves to`;
  if (typeof value === "string") {
    return inputError(`${what} must be bytes, not text; decode its base64`);
  }
  if (value !== undefined && value !== null) {
    return notBytes(value, what);
  }
  const misnamed = new RegExp(`^(${member}|data|Body)$`, "i");
  const other = Object.keys(others).find((name) => misnamed.test(name));
  const found = other === undefined ? `it has no ${member}` : `it has ${other} instead`;
  return inputError(
    `${call} must resolve to { KeyId, ${member}, … } as the AWS SDK does; ${found}`,
  );
}
