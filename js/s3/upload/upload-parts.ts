// A multipart upload of what is sealed, or spooled.

import { inputError } from "../../base/errors.js";
import { ignore } from "../../base/operation.js";
import type { Sealed } from "../../sealed/sealed.js";
import type { Checksum } from "../checksumming.js";
import type { Spooled } from "../spool/spooled.js";
import { checkPlan, planFor } from "./check-plan.js";
import type { MultipartPlan } from "./multipart-plan.js";
import { checkUpload, type UploadPartsOptions } from "./options.js";
import type { CompletedPart } from "./requests.js";
import { Upload } from "./run.js";
import { openForUpload, SealedSource, type UploadSource } from "./source.js";

export interface UploadedParts {
  /** The parts in order, as `MultipartUpload.Parts` of the AWS SDK takes them. */
  readonly parts: CompletedPart[];
  /** The checksum of the whole object. */
  readonly checksum?: Checksum;
}

/**
 * Uploads all parts of what is sealed, `plan.concurrency` at a time, and resolves when the object
 * is there (or all its parts, if there is no `complete`).
 *
 * When it fails nothing is left behind: what is in flight is waited for, and the upload aborted at
 * the server. `ERR_S3`: it refused a request. `ERR_UPLOAD`: it, or what lies between, kept failing;
 * the message lists the parts that are missing.
 *
 * A spool goes on where it stopped, and needs a plan only to say how many parts at a time. While it
 * is uploaded others get `ERR_SPOOL`. Once it is uploaded it is deleted; a failure leaves it, and
 * what is at the server, for another attempt, unless `keep` is `false`.
 */
export function uploadParts(
  source: Sealed | Spooled,
  plan: MultipartPlan | undefined,
  options: UploadPartsOptions,
): Promise<UploadedParts>;
export function uploadParts(source: Spooled, options: UploadPartsOptions): Promise<UploadedParts>;
export async function uploadParts(
  source: Sealed | Spooled,
  ...others: [MultipartPlan | undefined, UploadPartsOptions] | [UploadPartsOptions]
): Promise<UploadedParts> {
  const [plan, options] = others.length === 1 ? [undefined, others[0]] : others;
  checkUpload(source, options);
  const spooled = openForUpload in source;
  const opened = spooled ? await source[openForUpload]() : new SealedSource(source);
  try {
    const checked = spooled ? planFor(source, plan) : checkPlan(source, plan);
    checkSameChecksum(opened, options);
    const { parts, checksum } = await new Upload(opened, checked, options).run();
    return { parts, ...(checksum === undefined ? {} : { checksum }) };
  } finally {
    // A lock that cannot be released now is released when the page or process ends.
    await opened.close().catch(ignore);
  }
}

/** The server was told when the upload was created. */
function checkSameChecksum(
  { uploadId, checksum }: UploadSource,
  options: UploadPartsOptions,
): void {
  if (uploadId !== undefined && checksum !== options.checksum) {
    throw inputError(`this upload was begun with checksum ${checksum ?? "undefined"}`);
  }
}
