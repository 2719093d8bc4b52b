// The requests of a multipart upload, which are the caller's to make: what they are given, and what
// may come back.

import type { PartRange } from "../../sealed/part-ranges.js";
import type { Checksum } from "../checksumming.js";
import type { ChecksumAlgorithm } from "../request/upload-request.js";

/** An UploadPart to be sent. */
export interface PutPartRequest extends PartRange {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The size of the body in bytes. */
  readonly size: number;
  readonly checksum?: Checksum;
  /** The checksum's, or none; yours come on top of them. */
  readonly headers: Record<string, string>;
  /** The id that `create` gave. */
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
  /** The size of the object in bytes. */
  readonly size: number;
  readonly signal: AbortSignal;
}

/** A ListParts to be sent; `partNumberMarker` where it is not the first page. */
export interface ListPartsRequest {
  readonly uploadId?: string;
  readonly partNumberMarker?: string;
  readonly signal: AbortSignal;
}

/** A part as `MultipartUpload.Parts` of the AWS SDK takes it. */
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
