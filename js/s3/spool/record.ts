// The record that is kept beside a spool's ciphertext. It never holds a key or plaintext.

import { partCount, partRange } from "../../sealed/part-ranges.js";
import type { ChecksumAlgorithm } from "../request/upload-request.js";
import type { MultipartPlan } from "../upload/multipart-plan.js";
import type { FinishedPart } from "../upload/source.js";
import { spoolError } from "./store.js";

/** Changed when a reader of the one before would go wrong. */
const VERSION = 1;

export interface InstructionFile {
  readonly suffix: ".instruction";
  readonly metadata: Record<string, string>;
  readonly body: string;
}

export interface SpoolRecord {
  /** Tells apart all spools there ever were, of the same name among them. */
  readonly id: string;
  readonly name: string;
  /** The size of the ciphertext in bytes. */
  readonly size: number;
  readonly format: MultipartPlan["format"];
  /** The user metadata of an object, by names without `x-amz-meta-`. */
  readonly metadata: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly instructionFile?: InstructionFile;
  readonly partSize: number;
  /** The id of the upload that was begun. */
  readonly uploadId?: string;
  readonly checksum?: ChecksumAlgorithm;
  readonly parts: readonly FinishedPart[];
}

export function writeRecord(record: SpoolRecord): string {
  return JSON.stringify({ bongtu: "spool", version: VERSION, ...record });
}

/** Throws `ERR_SPOOL` for what another version wrote, and for what nobody wrote so. */
export function readRecord(text: string): SpoolRecord {
  const { bongtu, version, ...record } = parse(text);
  if (bongtu !== "spool") {
    throw damaged();
  }
  if (version !== VERSION) {
    throw spoolError(
      `this spool is of version ${version}, and this bongtu reads version ${VERSION}`,
    );
  }
  if (!isRecord(record)) {
    throw damaged();
  }
  return record;
}

/** The name in a record of whatever version. */
export function nameIn(text: string): string | undefined {
  try {
    const { name } = parse(text);
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged({ cause });
  }
  if (typeof value !== "object" || value === null) {
    throw damaged();
  }
  return value as Record<string, unknown>;
}

function isRecord(value: Record<string, unknown>): value is SpoolRecord & Record<string, unknown> {
  const { id, name, size, format, metadata, headers, instructionFile, partSize } = value;
  const { uploadId, checksum, parts } = value;
  return (
    typeof id === "string" &&
    typeof name === "string" &&
    isSize(size) &&
    ["message", "v2", "v3"].includes(format as string) &&
    isTexts(metadata) &&
    isTexts(headers) &&
    (instructionFile === undefined || isInstructionFile(instructionFile)) &&
    isSize(partSize) &&
    partSize > 0 &&
    isTextOrNothing(uploadId) &&
    isTextOrNothing(checksum) &&
    Array.isArray(parts) &&
    arePartsOf(parts, size, partSize)
  );
}

/** Each of them once, and as long as it lies in the whole. */
function arePartsOf(parts: readonly unknown[], size: number, partSize: number): boolean {
  const count = partCount({ size, partSize });
  const numbers = new Set<number>();
  for (const part of parts) {
    const { partNumber, size: length, etag, checksum } = (part ?? {}) as Partial<FinishedPart>;
    if (!isSize(partNumber) || partNumber < 1 || partNumber > count || numbers.has(partNumber)) {
      return false;
    }
    numbers.add(partNumber);
    const { start, end } = partRange({ size, partSize }, partNumber);
    if (length !== end - start || typeof etag !== "string" || !isTextOrNothing(checksum)) {
      return false;
    }
  }
  return true;
}

function isInstructionFile(value: unknown): boolean {
  const { suffix, metadata, body } = (value ?? {}) as Partial<InstructionFile>;
  return suffix === ".instruction" && isTexts(metadata) && typeof body === "string";
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTexts(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((text) => typeof text === "string")
  );
}

function isTextOrNothing(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

export function damaged(options?: ErrorOptions) {
  return spoolError("the kept record is damaged", options);
}
