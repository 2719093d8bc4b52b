// CompleteMultipartUpload: the one request whose 200 may be a failure, and whose repetition may be
// refused because the first was granted.

import { BongtuError } from "../../base/errors.js";
import type { Operation } from "../../base/operation.js";
import { type Checksum, checksums } from "../checksums.js";
import { isResponse, outputOf, Refusal, refused, saysError } from "../http/response.js";
import { type RetryPolicy, retrying } from "../http/retry.js";
import { begins, elements, ends } from "../http/xml.js";
import type { ChecksumAlgorithm } from "../request/upload-request.js";
import {
  type CompletedPart,
  checksumType,
  granted,
  named,
  type UploadRequests,
  withoutDocument,
} from "./server.js";
import type { FinishedPart } from "./source.js";

/** What is to be completed. */
export interface Completion {
  readonly parts: CompletedPart[];
  /** Of the whole, where S3 has one of this algorithm. */
  readonly checksum: Checksum | undefined;
  /** In bytes. */
  readonly size: number;
  readonly uploadId: string | undefined;
}

/** Puts together what the server is told of the parts, which are all there and in order. */
export async function completionOf(
  finished: readonly FinishedPart[],
  algorithm: ChecksumAlgorithm | undefined,
  uploadId: string | undefined,
): Promise<Completion> {
  const parts = finished.map(({ partNumber: PartNumber, etag: ETag, checksum }) => {
    const part: CompletedPart = { PartNumber, ETag };
    return algorithm === undefined || algorithm === "MD5" || checksum === undefined
      ? part
      : { ...part, [`Checksum${algorithm}`]: checksum };
  });
  const size = finished.reduce((total, part) => total + part.size, 0);
  return { parts, checksum: await whole(finished, algorithm), size, uploadId };
}

async function whole(
  finished: readonly FinishedPart[],
  algorithm: ChecksumAlgorithm | undefined,
): Promise<Checksum | undefined> {
  if (algorithm === undefined || algorithm === "MD5") {
    return undefined;
  }
  const parts = finished.map(({ checksum = "", size }) => ({ value: checksum, size }));
  return checksumType(algorithm) === "FULL_OBJECT"
    ? await checksums.combine(algorithm, parts)
    : await checksums.composite(
        algorithm,
        parts.map(({ value }) => value),
      );
}

/**
 * Resolves when the object is there. Throws the last {@link Refusal}, which for a part that the
 * server lost is `InvalidPart`.
 */
export async function complete(
  requests: UploadRequests,
  completion: Completion,
  policy: RetryPolicy,
  operation: Operation,
  sent: <T>(request: Promise<T>) => Promise<T>,
): Promise<void> {
  let attempts = 0;
  const attempt = async () => {
    attempts++;
    await sent(request(requests, completion, operation.signal));
  };
  try {
    await retrying(attempt, policy, operation);
  } catch (refusal) {
    const repeated = attempts > 1 || (refusal as Refusal).reason === "NoSuchUpload";
    if (!(refusal instanceof Refusal) || !repeated) {
      throw refusal;
    }
    if (!(await isComplete(requests, completion, policy, operation, sent))) {
      throw refusal;
    }
  }
}

/** Whether it was completed before, as far as can be found out. */
export async function isComplete(
  requests: UploadRequests,
  completion: Completion,
  policy: RetryPolicy,
  operation: Operation,
  sent: <T>(request: Promise<T>) => Promise<T>,
): Promise<boolean> {
  if (requests.head === undefined) {
    return false;
  }
  const look = () => sent(isThere(requests, completion, operation.signal));
  const there = await retrying(look, policy, operation).catch(() => false);
  operation.check();
  return there;
}

/** The parts that S3 says it does not have, where it says so: by an `InvalidPart` of any client. */
export function lostParts(thrown: unknown): number[] {
  if (!(thrown instanceof Refusal) || thrown.reason !== "InvalidPart") {
    return [];
  }
  const { PartNumber } = (Object(thrown.failure).cause ?? {}) as { PartNumber?: unknown };
  return Array.from(new Set([...elements(thrown.text, "PartNumber"), PartNumber].map(Number)));
}

async function request(
  requests: UploadRequests,
  { parts, checksum, size, uploadId }: Completion,
  signal: AbortSignal,
): Promise<void> {
  const headers: Record<string, string> = { "x-amz-mp-object-size": String(size) };
  if (checksum !== undefined) {
    headers[checksum.header] = checksum.value;
    headers["x-amz-checksum-type"] = checksumType(checksum.algorithm);
  }
  const body = documentOf(parts);
  const details = { ...named(uploadId), headers, body, size, signal };
  const answer = await requests.complete?.(parts, checksum, details);
  if (isResponse(answer)) {
    checkDocument(answer, await granted(answer));
  } else {
    outputOf(answer, "complete", ["ETag", "Location"]);
  }
}

/**
 * S3 sends the status before it knows how it ends, so that only its document tells. A server of the
 * caller's own, which completes on a page's behalf, answers in another way.
 */
function checkDocument({ status, headers }: Response, text: string): void {
  if (begins(text, "Error")) {
    throw refused(status, text);
  }
  const json = /json/.test(headers.get("content-type") ?? "");
  const whole = json ? isJson(text) : ends(text, "CompleteMultipartUploadResult");
  if (status !== 204 && !whole) {
    throw withoutDocument(status);
  }
  if (json && saysError(JSON.parse(text || "{}"))) {
    const said = text.slice(0, 200);
    throw new Refusal(new BongtuError("ERR_S3", `the server answered ${status}: ${said}`), false);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function documentOf(parts: readonly CompletedPart[]): string {
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

/** Whether the object is the one that these parts make, told by its checksum or its ETag. */
async function isThere(
  requests: UploadRequests,
  { parts, checksum, size }: Completion,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await requests.head?.({ signal });
  if (isResponse(answer) && answer.status === 404) {
    return false;
  }
  const { length, etag, sum } = isResponse(answer)
    ? await headed(answer, checksum)
    : described(answer, checksum);
  if (length !== size) {
    return false;
  }
  if (checksum !== undefined && sum !== undefined) {
    return sum === checksum.value;
  }
  return etag !== undefined && etag === (await etagOf(parts));
}

async function headed(response: Response, checksum: Checksum | undefined) {
  await granted(response);
  const { headers } = response;
  return {
    length: Number(headers.get("content-length") ?? Number.NaN),
    etag: headers.get("etag") ?? undefined,
    sum: (checksum && headers.get(checksum.header)) ?? undefined,
  };
}

function described(answer: unknown, checksum: Checksum | undefined) {
  const { ContentLength, ETag, ...others } = (answer ?? {}) as Record<string, unknown>;
  const sum = checksum && others[`Checksum${checksum.algorithm}`];
  return {
    length: ContentLength,
    etag: ETag,
    sum: typeof sum === "string" ? sum : undefined,
  };
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
