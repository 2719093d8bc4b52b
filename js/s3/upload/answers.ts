// Reads the answers to the caller's requests, and turns anything that is not an answer into a
// refusal.

import { BongtuError, inputError } from "../../base/errors.js";
import { clock } from "../../platform/platform.js";
import type { Checksum } from "../checksumming.js";
import { DOCUMENT, drain, PART_LIST } from "../http/body.js";
import {
  checkExpired,
  isResponse,
  outputOf,
  Refusal,
  refusalIn,
  refused,
  saysError,
  statusIn,
  textOf,
} from "../http/response.js";
import { begins, element, elements, ends } from "../http/xml.js";
import type { ListPartsOutput } from "./requests.js";
import type { FinishedPart } from "./source.js";

/** Reads the upload id in the answer to CreateMultipartUpload. */
export async function uploadIdIn(answer: unknown): Promise<string> {
  checkExpired(answer);
  const uploadId = isResponse(answer)
    ? element(await granted(answer), "UploadId")
    : typeof answer === "string"
      ? answer
      : (Object(answer) as { UploadId?: unknown }).UploadId;
  // A string may also be the text of an answer, or of an error page.
  if (typeof uploadId !== "string" || uploadId === "" || /[<\s]/.test(uploadId)) {
    throw new BongtuError("ERR_S3", "creating the upload gave no UploadId");
  }
  return uploadId;
}

/** The ETag of UploadPart, once the server has said nothing of other bytes than were sent. */
export async function etagIn(answer: unknown, checksum: Checksum | undefined): Promise<string> {
  const { etag, echo } = isResponse(answer)
    ? await storedByResponse(answer, checksum)
    : storedByOutput(answer, checksum);
  if (echo !== undefined && echo !== checksum?.value) {
    throw refused(400, "<Code>BadDigest</Code><Message>it stored other bytes</Message>");
  }
  return etag;
}

async function storedByResponse(response: Response, checksum: Checksum | undefined) {
  await grantedUnread(response);
  drain(response);
  const etag = response.headers.get("etag");
  if (etag === null) {
    throw withoutEtag("the answer to a part");
  }
  return { etag, echo: checksum && (response.headers.get(checksum.header) ?? undefined) };
}

function storedByOutput(answer: unknown, checksum: Checksum | undefined) {
  checkExpired(answer);
  const output = Object(answer) as Record<string, unknown>;
  if (typeof output.ETag !== "string" || output.ETag === "") {
    throw output.$metadata === undefined
      ? new BongtuError("ERR_S3", "putPart gave neither a Response nor an ETag")
      : withoutEtag("what putPart gave");
  }
  return { etag: output.ETag, echo: sumIn(output, checksum) };
}

/** Clients see what the bucket lets them, which an AWS SDK in a page does not say either. */
function withoutEtag(answer: string): BongtuError {
  const rule = 'in a page the bucket\'s CORS rule needs "ExposeHeaders": ["ETag"]';
  return new BongtuError("ERR_S3", `${answer} has no ETag that can be read: ${rule}`);
}

/**
 * The parts of a page, which the caller may have made of XML: numbers may be text. What is anything
 * else would be kept, and be damage there.
 */
export function listedIn({ Parts = [] }: ListPartsOutput): FinishedPart[] {
  if (!Array.isArray(Parts)) {
    throw inputError("listParts gave Parts that are not an array");
  }
  return Parts.filter((part) => part?.PartNumber !== undefined && part.ETag !== undefined).map(
    ({ PartNumber, ETag, Size }) => {
      const [partNumber, size] = [wholeOf(PartNumber), wholeOf(Size)];
      if (!partNumber || typeof ETag !== "string") {
        throw inputError(
          "listParts gave a part whose PartNumber is not a number or ETag is not text",
        );
      }
      return { partNumber, etag: ETag, size: size ?? -1 };
    },
  );
}

function wholeOf(value: unknown): number | undefined {
  const whole = typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
  return Number.isSafeInteger(whole) && whole >= 0 ? whole : undefined;
}

/** A page of ListParts. Any other answer would be read as a list without parts, and all would be sent again. */
export async function partsIn(answer: unknown): Promise<ListPartsOutput> {
  if (!isResponse(answer)) {
    return outputOf(answer, "listParts", ["Parts", "IsTruncated"]);
  }
  const xml = await granted(answer, PART_LIST);
  if (!ends(xml, "ListPartsResult")) {
    throw withoutDocument(answer.status);
  }
  const Parts = elements(xml, "Part").map((part) => ({
    PartNumber: Number(element(part, "PartNumber")),
    ETag: element(part, "ETag"),
    Size: Number(element(part, "Size")),
  }));
  const IsTruncated = element(xml, "IsTruncated") === "true";
  return { Parts, IsTruncated, NextPartNumberMarker: element(xml, "NextPartNumberMarker") };
}

/**
 * Throws unless CompleteMultipartUpload did. S3 sends the status before it knows how it ends, so
 * that only its document tells. A server of the caller's own, which completes on a page's behalf,
 * answers in another way.
 */
export async function checkCompleted(answer: unknown): Promise<void> {
  if (!isResponse(answer)) {
    outputOf(answer, "complete", ["ETag", "Location"]);
    return;
  }
  const { status, headers } = answer;
  const text = await granted(answer);
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

/** The parts that S3 says it does not have, where it says so: by an `InvalidPart` of any client. */
export function lostParts(thrown: unknown): number[] {
  if (!(thrown instanceof Refusal) || thrown.reason !== "InvalidPart") {
    return [];
  }
  const { PartNumber } = (Object(thrown.failure).cause ?? {}) as { PartNumber?: unknown };
  return Array.from(new Set([...elements(thrown.text, "PartNumber"), PartNumber].map(Number)));
}

/** An object as HeadObject describes it. */
export interface ObjectHead {
  readonly length: unknown;
  readonly etag: unknown;
  /** The checksum in base64, if the server returns one. */
  readonly checksum: string | undefined;
}

/** `undefined` if it is not there. */
export async function headIn(
  answer: unknown,
  checksum: Checksum | undefined,
): Promise<ObjectHead | undefined> {
  if (!isResponse(answer)) {
    const output = Object(answer) as Record<string, unknown>;
    return { length: output.ContentLength, etag: output.ETag, checksum: sumIn(output, checksum) };
  }
  if (answer.status === 404) {
    return undefined;
  }
  await granted(answer);
  const { headers } = answer;
  return {
    length: Number(headers.get("content-length") ?? Number.NaN),
    etag: headers.get("etag") ?? undefined,
    checksum: (checksum && headers.get(checksum.header)) ?? undefined,
  };
}

/** The checksum of this algorithm in the output of an AWS SDK client. */
function sumIn(output: Record<string, unknown>, checksum: Checksum | undefined) {
  const sum = checksum && output[`Checksum${checksum.algorithm}`];
  return typeof sum === "string" ? sum : undefined;
}

/** Throws unless AbortMultipartUpload did. */
export async function checkAborted(answer: unknown): Promise<void> {
  if (isResponse(answer)) {
    await granted(answer);
  } else if ((statusIn(answer) ?? 0) >= 300) {
    throw refused(statusIn(answer) ?? 0, "");
  }
}

/** The text of a Response that grants what was asked for, of so many bytes at most. */
async function granted(response: Response, limit = DOCUMENT): Promise<string> {
  await grantedUnread(response);
  const { text, whole } = await textOf(response, limit);
  if (!whole) {
    throw withoutDocument(response.status);
  }
  return text;
}

async function grantedUnread(response: Response): Promise<void> {
  if (response.type === "opaque") {
    throw inputError('a request in mode "no-cors" does not tell whether it was granted');
  }
  const refusal = await refusalIn(response, clock.now());
  if (refusal !== undefined) {
    throw refusal;
  }
}

/** The refusal for an answer that was cut short or does not come from S3. */
function withoutDocument(status: number): Refusal {
  return new Refusal(new BongtuError("ERR_S3", `S3 answered ${status} without its document`), true);
}
