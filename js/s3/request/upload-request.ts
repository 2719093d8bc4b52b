// Headers of uploads: what a page sends, and what a server may sign for it.

import { bytesOf } from "../../base/bytes.js";
import { inputError } from "../../base/errors.js";
import { refuseMisspelt } from "../../base/option-names.js";
import { checkFlag, checkOptions, checkText, stringPairs } from "../../base/options.js";
import { s3Wasm } from "../../modules/s3.js";
import type { SealedFormat } from "../../sealed/sealed.js";
import {
  endpointText,
  type HeadersLike,
  headerPairs,
  type Readers,
  readOptions,
  record,
  textOptions,
} from "./arguments.js";
import { type EncryptionMode, withEncryption } from "./sse.js";

export type ChecksumAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA256" | "MD5";

export type UploadOperation =
  | "PutObject"
  | "CreateMultipartUpload"
  | "UploadPart"
  | "CompleteMultipartUpload";

/** Something sealed, such as a `Sealed`, a `SealedObject` or what `sealObjectStream` gives. */
export interface SealedBody {
  readonly size?: number | undefined;
  readonly contentLength?: number | undefined;
  /** The metadata of an object, by names without `x-amz-meta-`; they become headers. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Sealed bytes, or what describes them. */
export type UploadBody = Uint8Array | ArrayBuffer | Blob | SealedBody;

export interface UploadRequestOptions {
  /** PutObject unless set. Of UploadPart the body is the part; of CompleteMultipartUpload all. */
  readonly operation?: UploadOperation | undefined;
  /** Server-side encryption; as the bucket does unless set. */
  readonly mode?: EncryptionMode | undefined;
  /**
   * Has S3 refuse to replace an object of the same name (`If-None-Match: *`). For PutObject and
   * CompleteMultipartUpload.
   */
  readonly createOnly?: boolean | undefined;
  /** The checksum of the ciphertext, which S3 verifies. CreateMultipartUpload takes the algorithm alone. */
  readonly checksum?:
    | { readonly algorithm: ChecksumAlgorithm; readonly value?: string | undefined }
    | undefined;
  /** `application/octet-stream` unless set. */
  readonly contentType?: string | undefined;
  /** The URL that the request goes to: a customer key is refused for plain HTTP, unless it goes to this machine. */
  readonly endpoint?: string | URL | undefined;
}

export interface SignedHeaders {
  /** Send these headers exactly as they are. */
  readonly headers: Record<string, string>;
  /**
   * Names that must be signed, lower case and sorted: those of `headers`, and `content-length`
   * where the body's is known. `host`, which every signer adds, is not among them.
   */
  readonly signedHeaders: string[];
}

export interface UploadRequest extends SignedHeaders {
  /**
   * Bytes of the body, where they are known. A page cannot set this header; the browser sends it
   * with a Blob or bytes, and with them only.
   */
  readonly contentLength?: number;
}

const UPLOAD_OPTIONS: Readers<UploadRequestOptions> = {
  operation: orPutObject,
  mode: true,
  createOnly: checkFlag,
  checksum: true,
  contentType: checkText,
  endpoint: endpointText,
};

/**
 * The headers of an upload and which of them must be signed. A message needs no metadata, which
 * makes it the better choice for presigned PUT: the URL can be made before anything is sealed.
 *
 * With `getSignedUrl` of the AWS SDK, a middleware of the step `build` puts the headers on the
 * command's request, and the options are
 * `{ unhoistableHeaders: new Set(signedHeaders), signableHeaders: new Set(["host", ...signedHeaders]) }`:
 * otherwise some move into the URL, and the content type is not signed. Make the client with
 * `requestChecksumCalculation: "WHEN_REQUIRED"`, or it signs the checksum of an empty body.
 */
export function uploadRequest(
  sealed: UploadBody,
  options: UploadRequestOptions = {},
): UploadRequest {
  const given = readOptions(options, UPLOAD_OPTIONS);
  const { metadata, size } = described(sealed);
  const { operation = "PutObject" } = options;
  const body = operation === "PutObject" || operation === "UploadPart";
  const texts = [...given, ...textOptions({ size }), ...checksumTexts(options.checksum)];
  const request = withEncryption(options.mode, (encryption) =>
    signed(s3Wasm().uploadRequest(encryption, metadata, texts)),
  );
  return body && size !== undefined ? { ...request, contentLength: size } : request;
}

export interface CheckUploadHeadersOptions {
  /** PutObject unless set. */
  readonly operation?: UploadOperation | undefined;
  /** The formats that may be uploaded; `message` unless set. */
  readonly format?: SealedFormat | readonly SealedFormat[] | undefined;
  /**
   * Server-side encryption, exactly; as the bucket does unless set. `"SSE-C"` is a key that the
   * page has: whoever signs its headers sees it.
   */
  readonly mode?: EncryptionMode | "SSE-C" | undefined;
  /**
   * Requires `If-None-Match: *`, which PutObject and CompleteMultipartUpload admit in any case;
   * the other operations create nothing.
   */
  readonly createOnly?: boolean | undefined;
  /** Whether there must be a checksum; it is allowed unless this is set. */
  readonly checksum?: "required" | "allowed" | "forbidden" | undefined;
  /** The only type that is admitted; `application/octet-stream` unless set. */
  readonly contentType?: string | undefined;
  /**
   * Least and most bytes. With either, the page must name its `content-length`; to complete an
   * upload in parts, the object's `x-amz-mp-object-size`, which S3 compares. CreateMultipartUpload
   * knows neither.
   */
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
  /**
   * Headers whose values the server chooses, of PutObject and CreateMultipartUpload. S3 stores each
   * of these as whoever uploads sends it, signed or not; only a value that is signed keeps a page
   * from another. They are among what is returned, whether the page has asked for them or not, and
   * the page must send them. In browsers the bucket's CORS rule must allow them.
   */
  readonly fixed?: FixedHeaders | undefined;
}

/** Headers that S3 stores with an object and returns with it. */
export interface FixedHeaders {
  readonly "cache-control"?: string;
  readonly "content-disposition"?: string;
  readonly "content-encoding"?: string;
  readonly "content-language"?: string;
  readonly expires?: string;
}

const CHECK_OPTIONS: Readers<CheckUploadHeadersOptions> = {
  operation: orPutObject,
  format: true,
  mode: true,
  createOnly: checkFlag,
  checksum: checkText,
  contentType: checkText,
  minBytes: checkSize,
  maxBytes: checkSize,
  fixed: true,
};

/** The same limit as in Rust, which counts their bytes too. It is checked here so that no more are gathered. */
const MOST_HEADERS = 64;

/**
 * For a server that signs uploads of pages: admits the headers that an upload of something sealed
 * needs, in their right shapes, and returns what to sign. Anything else is `ERR_UPLOAD_HEADERS`:
 * ACLs, grants, tags, redirects, storage classes, another server-side encryption, other metadata;
 * and so are more than 64 headers or 8 KB of them. What the page names as key of the object is for
 * the server to choose.
 *
 * It does not see the body: whether that is sealed tells `inspect` on what was stored.
 */
export function checkUploadHeaders(
  headers: HeadersLike,
  options: CheckUploadHeadersOptions = {},
): SignedHeaders {
  const texts = readOptions(options, CHECK_OPTIONS);
  const { format = "message" } = options;
  const formats = Array.isArray(format) ? format : [format];
  for (const name of formats) {
    texts.push(...textOptions({ format: checkText(name, "format") }));
  }
  const pairs = headerPairs(headers, "headers", MOST_HEADERS);
  const fixed = options.fixed === undefined ? [] : stringPairs(options.fixed, "fixed", "ERR_INPUT");
  return withEncryption(options.mode, (encryption) =>
    signed(s3Wasm().checkUploadHeaders(encryption, pairs, fixed, texts)),
  );
}

function orPutObject(operation: unknown, name: string): string | undefined {
  return checkText(operation, name) ?? "PutObject";
}

function signed([headers, signedHeaders]: unknown[]): SignedHeaders {
  return { headers: record(headers), signedHeaders: signedHeaders as string[] };
}

/** @internal */
export function described(sealed: UploadBody): { metadata: string[]; size: number | undefined } {
  const bytes = bytesOf(sealed);
  if (bytes !== undefined) {
    return { metadata: [], size: bytes.byteLength };
  }
  if (typeof sealed !== "object" || sealed === null) {
    throw inputError("an upload must be bytes, a Blob or sealed data");
  }
  refuseMisspelt(sealed, ["size", "contentLength", "metadata"], "sealed.");
  const { metadata, size, contentLength } = sealed as SealedBody;
  return {
    metadata: metadata === undefined ? [] : stringPairs(metadata, "metadata", "ERR_METADATA"),
    size: checkSize(size ?? contentLength, "size"),
  };
}

/**
 * One as `checksums` makes it says also by which header it travels, which follows of the algorithm.
 * @internal
 */
export function checksumTexts(checksum: UploadRequestOptions["checksum"]): string[] {
  if (checksum === undefined) {
    return [];
  }
  checkOptions<object>(checksum, { algorithm: true, value: true, header: true }, "checksum");
  return textOptions({
    checksum: checkText(checksum.algorithm, "checksum.algorithm"),
    checksumValue: checkText(checksum.value, "checksum.value"),
  });
}

/** @internal */
export function checkSize(value: unknown, name: string): number | undefined {
  if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= 0)) {
    throw inputError(`${name} must be a whole number of bytes`);
  }
  return value as number | undefined;
}
