// The options of `uploadParts`.

import { inputError } from "../../base/errors.js";
import type { OperationOptions } from "../../base/operation.js";
import type { Names } from "../../base/option-names.js";
import { checkOperationOptions, checkOptions, checkText } from "../../base/options.js";
import type { RetryPolicy } from "../http/retry.js";
import { checkSealed } from "../request/check-sealed.js";
import type { ChecksumAlgorithm } from "../request/upload-request.js";
import { checksumOfWhole } from "./multipart-headers.js";
import type { UploadRequests } from "./requests.js";
import { openForUpload } from "./source.js";

/**
 * The requests are yours to make: with `fetch` and presigned URLs, or with an AWS SDK client. A
 * request that fails is made again unless S3 said that it never will be granted; one that hangs is
 * given up by your own `AbortSignal.timeout`.
 *
 * - `putPart` sends one part.
 * - `create` begins the upload; without it the upload is one that you have begun.
 * - `complete` ends it; without it that is left to you.
 * - `abort` is called when it is given up, and soon left alone if it fails.
 * - `listParts` finds parts that the server lost before the upload is completed, and those that it
 *   has although the answer was lost.
 * - `head` asks for the object where the server refuses to complete, or does not know, what it may
 *   have completed already; without it a spool may be uploaded twice.
 */
export interface UploadPartsOptions extends OperationOptions, UploadRequests {
  /** The checksum algorithm for each part, and for the whole where S3 has that. There is none unless this is set. */
  readonly checksum?: ChecksumAlgorithm | undefined;
  /** Attempts of each request after the first; 8 unless set, and `Infinity` is a number too. */
  readonly retries?: number | undefined;
  /**
   * The longest wait after the first failure and of all, in milliseconds: 200 and 20,000 unless
   * set. A server's `Retry-After` counts for more.
   */
  readonly delays?:
    | { readonly baseMs?: number | undefined; readonly maxMs?: number | undefined }
    | undefined;
  /**
   * Applies to a spool, which may be the only copy. Whatever happens, even if `signal` is aborted or a server that cannot
   * be reached, it and what is at the server stay for another attempt. With `false` an upload that
   * fails or is aborted is given up: aborted at the server, and the spool deleted.
   */
  readonly keep?: boolean | undefined;
}

export function retryPolicy({ retries = 8, delays = {} }: UploadPartsOptions): RetryPolicy {
  const { baseMs = 200, maxMs = 20_000 } = delays;
  return { retries, baseMs, maxMs };
}

const UPLOAD_OPTIONS: Names<Omit<UploadPartsOptions, keyof OperationOptions>> = {
  putPart: true,
  create: true,
  complete: true,
  abort: true,
  listParts: true,
  head: true,
  checksum: true,
  retries: true,
  delays: true,
  keep: true,
};

/** Throws for what makes no sense, before anything is sent. */
export function checkUpload(source: unknown, options: UploadPartsOptions): void {
  checkOperationOptions(options, UPLOAD_OPTIONS);
  if (typeof options.putPart !== "function") {
    throw inputError("putPart must be a function");
  }
  for (const name of ["create", "complete", "abort", "listParts", "head"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "function") {
      throw inputError(`${name} must be a function`);
    }
  }
  const given = typeof source === "object" && source !== null ? source : {};
  const spooled = openForUpload in given;
  if (!spooled) {
    checkSealed(source);
  }
  const { keep, create } = options;
  if (spooled && create === undefined) {
    throw inputError("the upload of a spool needs create, so that its id is kept");
  }
  if (keep !== undefined && (typeof keep !== "boolean" || !spooled)) {
    throw inputError("keep must be true or false, and is for a spool only");
  }
  checkText(options.checksum, "checksum");
  checksumOfWhole(options.checksum); // refuses what S3 has not
  checkRetries(options);
}

function checkRetries({ retries, delays }: UploadPartsOptions): void {
  const whole = Number.isSafeInteger(retries) || retries === Number.POSITIVE_INFINITY;
  if (retries !== undefined && !(whole && retries >= 0)) {
    throw inputError("retries must be a whole number from 0 on, or Infinity");
  }
  if (delays !== undefined) {
    checkOptions(delays, { baseMs: true, maxMs: true }, "delays");
  }
  for (const name of ["baseMs", "maxMs"] as const) {
    const delay = delays?.[name];
    if (delay !== undefined && !(typeof delay === "number" && delay >= 0 && delay < 2 ** 31)) {
      throw inputError(`delays.${name} must be a number of milliseconds`);
    }
  }
}
