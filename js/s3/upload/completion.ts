// Tells a server which parts make an object, and recognises the object that they make.

import type { Checksum } from "../checksumming.js";
import { checksums } from "../checksums.js";
import type { ChecksumAlgorithm } from "../request/upload-request.js";
import type { ObjectHead } from "./answers.js";
import { checksumOfWhole } from "./multipart-headers.js";
import type { CompletedPart } from "./requests.js";
import type { FinishedPart } from "./source.js";

/** The parts to be completed and the checksum of the whole. */
export interface Completion {
  readonly parts: CompletedPart[];
  /** The checksum of the whole, if S3 has one of this algorithm. */
  readonly checksum: Checksum | undefined;
  /** In bytes. */
  readonly size: number;
}

/** Makes the completion of parts that are complete and in order. */
export async function completionOf(
  finished: readonly FinishedPart[],
  algorithm: ChecksumAlgorithm | undefined,
): Promise<Completion> {
  const whole = checksumOfWhole(algorithm);
  const parts = finished.map(({ partNumber: PartNumber, etag: ETag, checksum }) => {
    const part: CompletedPart = { PartNumber, ETag };
    return whole.checksumAlgorithm === undefined || checksum === undefined
      ? part
      : { ...part, [`Checksum${algorithm}`]: checksum };
  });
  const size = finished.reduce((total, part) => total + part.size, 0);
  return { parts, checksum: await combined(finished, whole), size };
}

async function combined(
  finished: readonly FinishedPart[],
  { checksumAlgorithm, checksumType }: ReturnType<typeof checksumOfWhole>,
): Promise<Checksum | undefined> {
  if (checksumAlgorithm === undefined) {
    return undefined;
  }
  const parts = finished.map(({ checksum = "", size }) => ({ value: checksum, size }));
  return checksumType === "FULL_OBJECT"
    ? await checksums.combine(checksumAlgorithm, parts)
    : await checksums.composite(
        checksumAlgorithm,
        parts.map(({ value }) => value),
      );
}

/** The body of CompleteMultipartUpload. */
export function documentOf({ parts }: Completion): string {
  const all = parts.map((part) => {
    const fields = Object.entries(part).map(([name, value]) => {
      const text = String(value).replace(/[<>&"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
      return `<${name}>${text}</${name}>`;
    });
    return `<Part>${fields.join("")}</Part>`;
  });
  const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  return `<CompleteMultipartUpload ${namespace}>${all.join("")}</CompleteMultipartUpload>`;
}

/** Whether an object is the one that these parts make, told by its checksum or its ETag. */
export async function makes(
  { parts, checksum, size }: Completion,
  object: ObjectHead | undefined,
): Promise<boolean> {
  if (object?.length !== size) {
    return false;
  }
  if (checksum !== undefined && object.checksum !== undefined) {
    return object.checksum === checksum.value;
  }
  return object.etag !== undefined && object.etag === (await etagOf(parts));
}

/** S3's, of an upload whose parts have the MD5 of their bytes as theirs. */
async function etagOf(parts: readonly CompletedPart[]): Promise<string | undefined> {
  const digests = parts.map(({ ETag }) => /^"?([0-9a-f]{32})"?$/.exec(ETag)?.[1]);
  if (digests.includes(undefined)) {
    return undefined;
  }
  const pairs = digests.join("").match(/../g) ?? [];
  const bytes = Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
  const { value } = await checksums.of("MD5", bytes);
  const hex = Array.from(atob(value), (letter) =>
    letter.charCodeAt(0).toString(16).padStart(2, "0"),
  );
  return `"${hex.join("")}-${parts.length}"`;
}
