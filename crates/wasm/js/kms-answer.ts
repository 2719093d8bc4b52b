// What a caller's `kms` answers. KMS and the AWS SDK give one shape; a shape that somebody's own code gives says nothing about
// the key, and is not taken for a wrong one.

import { type Bytes, bytesOf } from "./bytes.js";
import { type BongtuError, inputError } from "./errors.js";

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
  return inputError(
    `${call} must resolve to { KeyId, ${member}, … } as the AWS SDK does, ${member} as a Uint8Array: ${faultOf(answer, member)}`,
  );
}

function faultOf(answer: unknown, member: Member): string {
  if (typeof answer !== "object" || answer === null) {
    return `it resolved to ${answer == null ? answer : `a ${typeof answer}`}`;
  }
  if (bytesOf(answer) !== undefined) {
    return "it resolved to the bytes alone";
  }
  const { [member]: value } = answer as Record<string, unknown>;
  if (value !== undefined && value !== null) {
    return `${member} is ${shapeOf(value)}`;
  }
  const other = Object.keys(answer).find((name) => name.toLowerCase() === member.toLowerCase());
  if (other !== undefined && other !== member) {
    return `${other} is spelled ${member}`;
  }
  if ("json" in answer) {
    return "it resolved to a Response, whose json() is to be read";
  }
  if ("promise" in answer) {
    return "it resolved to a request, whose promise() is to be awaited";
  }
  return "data" in answer ? "it has data, which is to be resolved to" : `${member} is missing`;
}

function shapeOf(value: unknown): string {
  if (typeof value === "string") {
    return "text, of which the base64 is to be decoded";
  }
  if (typeof value !== "object" || value === null) {
    return `a ${typeof value}`;
  }
  if ("then" in value) {
    return "a Promise, which is to be awaited";
  }
  return "0" in value || "data" in value
    ? "bytes that went through JSON: make a Uint8Array of the numbers"
    : "no bytes";
}
