import type { StoredEnvelope } from "../../../node.js";
import { required } from "../../args.js";
import { readText } from "../../files/input.js";
import { fileError } from "../../terminal/failure.js";

/** Where an object's envelope stands: its metadata and, if it has one, its instruction file. */
export interface EnvelopeFiles {
  readonly metadata: string;
  readonly instructionFile?: string | undefined;
}

export interface ReadEnvelope extends StoredEnvelope {
  /** Present in a GetObject response whose body is not all of the object. */
  readonly contentRange: string | undefined;
}

export async function readEnvelope(files: EnvelopeFiles): Promise<ReadEnvelope> {
  const stored = await readMetadata(files.metadata);
  const path = files.instructionFile;
  const instructionFile = path && (await readText(path, "an instruction file"));
  return { ...stored, instructionFile };
}

/** Where the metadata are, or go. */
export function requiredMetadata(path: string | undefined): string {
  return required(path, "--metadata META.json is missing: the user metadata of the object");
}

const METADATA =
  "user metadata: a JSON object of strings, or what `aws s3api head-object` or get-object prints";

/** Takes the metadata alone or a response of S3 that holds them. */
async function readMetadata(path: string) {
  const given = parse(await readText(path, "user metadata"));
  const response = isRecord(given) && isRecord(given.Metadata) ? given : undefined;
  const metadata = response?.Metadata ?? given;
  if (!isRecord(metadata) || !Object.values(metadata).every(isText)) {
    throw fileError(`'${path}' is not ${METADATA}`);
  }
  const range = response?.ContentRange;
  return {
    metadata: metadata as Record<string, string>,
    contentRange: isText(range) ? range : undefined,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
