// The caller's requests of a multipart upload: what they are given, what may come back, and how an
// answer that is none becomes a refusal.

import type { Bytes } from "../../base/bytes.js";
import { BongtuError, inputError } from "../../base/errors.js";
import { clock } from "../../platform/platform.js";
import type { Checksum } from "../checksums.js";
import { DOCUMENT, drain, PART_LIST } from "../http/body.js";
import {
  checkExpired,
  isResponse,
  outputOf,
  Refusal,
  refusalIn,
  refused,
  statusIn,
  textOf,
} from "../http/response.js";
import { element, elements, ends } from "../http/xml.js";
import type { ChecksumAlgorithm } from "../request/upload-request.js";
import type { FinishedPart } from "./source.js";

/** An UploadPart to be sent. */
export interface PutPartRequest {
  /** From 1 on. */
  readonly partNumber: number;
  /** Where it lies in the whole. */
  readonly start: number;
  readonly end: number;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Of the body, in bytes. */
  readonly size: number;
  readonly checksum?: Checksum;
  /** The checksum's, or none; yours come on top of them. */
  readonly headers: Record<string, string>;
  /** What `create` gave. */
  readonly uploadId?: string;
  readonly signal: AbortSignal;
}

/** A CreateMultipartUpload to be sent. */
export interface CreateRequest {
  readonly checksumAlgorithm?: Exclude<ChecksumAlgorithm, "MD5">;
  readonly checksumType?: "FULL_OBJECT" | "COMPOSITE";
  /** The same two. */
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

/** A CompleteMultipartUpload to be sent. */
export interface CompleteRequest {
  readonly uploadId?: string;
  /** The checksum's and `x-amz-mp-object-size`. */
  readonly headers: Record<string, string>;
  /** The parts as the XML that S3 takes. */
  readonly body: string;
  /** Of the object, in bytes. */
  readonly size: number;
  readonly signal: AbortSignal;
}

/** A ListParts to be sent; `partNumberMarker` where it is not the first page. */
export interface ListPartsRequest {
  readonly uploadId?: string;
  readonly partNumberMarker?: string;
  readonly signal: AbortSignal;
}

/** As `MultipartUpload.Parts` of the AWS SDK takes them. */
export type CompletedPart = {
  readonly PartNumber: number;
  readonly ETag: string;
} & { readonly [name in `Checksum${string}`]?: string };

/**
 * A request by `fetch` gives its Response, one by an AWS SDK client its output. What is neither, such
 * as the answer of another client, which may be a refusal, is `ERR_INPUT`.
 */
export interface UploadRequests {
  putPart(part: PutPartRequest): Promise<Response | { readonly ETag?: string | undefined }>;
  create?(
    request: CreateRequest,
  ): Promise<Response | { readonly UploadId?: string | undefined } | string>;
  complete?(
    parts: CompletedPart[],
    checksum: Checksum | undefined,
    request: CompleteRequest,
  ): Promise<Response | object>;
  abort?(request: { readonly uploadId?: string; readonly signal: AbortSignal }): Promise<unknown>;
  listParts?(request: ListPartsRequest): Promise<Response | ListPartsOutput>;
  head?(request: { readonly signal: AbortSignal }): Promise<Response | HeadOutput>;
}

export interface ListPartsOutput {
  readonly Parts?:
    | readonly {
        readonly PartNumber?: number | undefined;
        readonly ETag?: string | undefined;
        readonly Size?: number | undefined;
      }[]
    | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly NextPartNumberMarker?: string | undefined;
}

export interface HeadOutput {
  readonly ETag?: string | undefined;
  readonly ContentLength?: number | undefined;
}

/** A part that the server says it has. */
export interface ListedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly size: number;
}

export function checksumType(algorithm: ChecksumAlgorithm): "FULL_OBJECT" | "COMPOSITE" {
  return algorithm === "SHA256" ? "COMPOSITE" : "FULL_OBJECT";
}

/** The upload's id. */
export async function create(
  requests: UploadRequests,
  algorithm: ChecksumAlgorithm | undefined,
  signal: AbortSignal,
): Promise<string> {
  const answer = await requests.create?.({ ...createChecksum(algorithm), signal });
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

function createChecksum(algorithm: ChecksumAlgorithm | undefined) {
  // S3 has no checksum of objects by MD5: it is a header of each part.
  if (algorithm === undefined || algorithm === "MD5") {
    return { headers: {} };
  }
  const type = checksumType(algorithm);
  const headers = { "x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": type };
  return { checksumAlgorithm: algorithm, checksumType: type, headers };
}

/** Sends one part, whose bytes the request may take with it. */
export async function putPart(
  requests: UploadRequests,
  range: { readonly partNumber: number; readonly start: number; readonly end: number },
  body: Bytes,
  checksum: Checksum | undefined,
  uploadId: string | undefined,
  signal: AbortSignal,
): Promise<FinishedPart> {
  const size = body.length;
  const summed = checksum === undefined ? {} : { checksum };
  const headers = checksum === undefined ? {} : { [checksum.header]: checksum.value };
  const answer = await requests.putPart({
    ...range,
    body,
    size,
    ...summed,
    headers,
    ...named(uploadId),
    signal,
  });
  const { etag, echo } = await stored(answer, checksum);
  if (checksum !== undefined && echo !== undefined && echo !== checksum.value) {
    throw refused(400, "<Code>BadDigest</Code><Message>it stored other bytes</Message>");
  }
  const value = checksum === undefined ? {} : { checksum: checksum.value };
  return { partNumber: range.partNumber, size, etag, ...value };
}

/** What the server says it stored. */
async function stored(answer: unknown, checksum: Checksum | undefined) {
  if (isResponse(answer)) {
    await grantedUnread(answer);
    drain(answer);
    const etag = answer.headers.get("etag");
    if (etag === null) {
      throw withoutEtag("the answer to a part");
    }
    return { etag, echo: checksum && (answer.headers.get(checksum.header) ?? undefined) };
  }
  checkExpired(answer);
  const output = Object(answer) as Record<string, unknown>;
  if (typeof output.ETag !== "string" || output.ETag === "") {
    throw output.$metadata === undefined
      ? new BongtuError("ERR_S3", "putPart gave neither a Response nor an ETag")
      : withoutEtag("what putPart gave");
  }
  const echo = checksum && output[`Checksum${checksum.algorithm}`];
  return { etag: output.ETag, echo: typeof echo === "string" ? echo : undefined };
}

/** Clients see what the bucket lets them, which an AWS SDK in a page does not say either. */
function withoutEtag(answer: string): BongtuError {
  const rule = 'in a page the bucket\'s CORS rule needs "ExposeHeaders": ["ETag"]';
  return new BongtuError("ERR_S3", `${answer} has no ETag that can be read: ${rule}`);
}

/** S3 has ten of a thousand parts at most; others cut them shorter. */
const MAX_PAGES = 1000;

/** All pages of what the server has. */
export async function listParts(
  requests: UploadRequests,
  uploadId: string | undefined,
  signal: AbortSignal,
): Promise<ListedPart[]> {
  const listed: ListedPart[] = [];
  let marker: string | undefined;
  for (let pages = 1; ; pages++) {
    const page = marker === undefined ? {} : { partNumberMarker: marker };
    const answer = await requests.listParts?.({ ...named(uploadId), ...page, signal });
    // An answer that is none would be one without parts, and all of them sent again.
    const output: ListPartsOutput = isResponse(answer)
      ? parseList(answer.status, await granted(answer, PART_LIST))
      : outputOf(answer, "listParts", ["Parts", "IsTruncated"]);
    for (const { PartNumber, ETag, Size } of output.Parts ?? []) {
      if (PartNumber !== undefined && ETag !== undefined) {
        listed.push({ partNumber: PartNumber, etag: ETag, size: Size ?? -1 });
      }
    }
    const next = output.IsTruncated ? output.NextPartNumberMarker : undefined;
    if (next === undefined) {
      return listed;
    }
    // A page begins behind the last part of the one before, and so at a higher number.
    if (!(Number(next) > Number(marker ?? 0)) || pages === MAX_PAGES) {
      throw new BongtuError("ERR_S3", "ListParts gives pages without end");
    }
    marker = next;
  }
}

function parseList(status: number, xml: string): ListPartsOutput {
  if (!ends(xml, "ListPartsResult")) {
    throw withoutDocument(status);
  }
  const Parts = elements(xml, "Part").map((part) => ({
    PartNumber: Number(element(part, "PartNumber")),
    ETag: element(part, "ETag"),
    Size: Number(element(part, "Size")),
  }));
  const IsTruncated = element(xml, "IsTruncated") === "true";
  return { Parts, IsTruncated, NextPartNumberMarker: element(xml, "NextPartNumberMarker") };
}

/** Ends the upload at the server, which may have done so already. */
export async function abort(
  requests: UploadRequests,
  uploadId: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const answer = await requests.abort?.({ ...named(uploadId), signal });
  if (isResponse(answer)) {
    await granted(answer);
  } else if ((statusIn(answer) ?? 0) >= 300) {
    throw refused(statusIn(answer) ?? 0, "");
  }
}

/** For an answer of S3's that was cut short, or is not S3's. */
export function withoutDocument(status: number): Refusal {
  return new Refusal(new BongtuError("ERR_S3", `S3 answered ${status} without its document`), true);
}

/** The text of a Response that grants what was asked for, of so many bytes at most. */
export async function granted(response: Response, limit = DOCUMENT): Promise<string> {
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

/** An id that is not there is no property at all. */
export function named(uploadId: string | undefined): { readonly uploadId?: string } {
  return uploadId === undefined ? {} : { uploadId };
}
