// The record that is kept beside a spool's ciphertext. It never holds a key or plaintext.

import type { InstructionFile } from "../../object/seal.js";
import { partRanges } from "../../sealed/part-ranges.js";
import type { ChecksumAlgorithm } from "../request/upload-request.js";
import { type MultipartPlan, multipartPlan } from "../upload/multipart-plan.js";
import type { FinishedPart } from "../upload/source.js";
import { spoolError } from "./store.js";

export type { InstructionFile };

/** Changed when a reader of the one before would go wrong. */
const VERSION = 1;

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
  readonly uploadId?: string | undefined;
  readonly checksum?: ChecksumAlgorithm | undefined;
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
    isTexts(metadata) &&
    isTexts(headers) &&
    (instructionFile === undefined || isInstructionFile(instructionFile)) &&
    isTextOrNothing(uploadId) &&
    isTextOrNothing(checksum) &&
    arePartsOf(parts, planOf({ size, format, partSize } as MultipartPlan))
  );
}

/** `undefined` where no upload is cut so. */
function planOf({ size, format, partSize }: MultipartPlan): MultipartPlan | undefined {
  try {
    return multipartPlan(size, { format, partSize });
  } catch {
    return undefined;
  }
}

/** Each of them once, and as long as it lies in the whole. */
function arePartsOf(parts: unknown, plan: MultipartPlan | undefined): boolean {
  if (plan === undefined || !Array.isArray(parts)) {
    return false;
  }
  const missing = new Map(partRanges(plan).map((range) => [range.partNumber, range]));
  return parts.every((part) => {
    const { partNumber = 0, size, etag, checksum } = Object(part) as Partial<FinishedPart>;
    const range = missing.get(partNumber);
    missing.delete(partNumber);
    const whole = range !== undefined && size === range.end - range.start;
    return whole && typeof etag === "string" && isTextOrNothing(checksum);
  });
}

function isInstructionFile(value: unknown): boolean {
  const { suffix, metadata, body } = (value ?? {}) as Partial<InstructionFile>;
  return suffix === ".instruction" && isTexts(metadata) && typeof body === "string";
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
