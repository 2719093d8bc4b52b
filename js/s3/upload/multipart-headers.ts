// Headers of an upload in parts, which the S3 module knows: those of every such upload, without what
// is the object's own.

import { s3Wasm } from "../../modules/s3.js";
import type { Checksum } from "../checksumming.js";
import { record, textOptions } from "../request/arguments.js";
import { withEncryption } from "../request/sse.js";
import type { ChecksumAlgorithm } from "../request/upload-request.js";
import type { CreateRequest } from "./requests.js";

/** The headers of CreateMultipartUpload about checksums. S3 keeps no MD5 of whole objects, only of each part. */
export function checksumOfWhole(
  algorithm: ChecksumAlgorithm | undefined,
): Omit<CreateRequest, "signal"> {
  if (algorithm === undefined || algorithm === "MD5") {
    return { headers: {} };
  }
  const all = headersOf({ operation: "CreateMultipartUpload", checksum: algorithm });
  const { "content-type": _, ...headers } = all;
  const checksumType = headers["x-amz-checksum-type"] as "FULL_OBJECT" | "COMPOSITE";
  return { checksumAlgorithm: algorithm, checksumType, headers };
}

/** The headers of CompleteMultipartUpload. */
export function completeHeaders(size: number, checksum: Checksum | undefined) {
  const { algorithm, value } = checksum ?? {};
  const operation = "CompleteMultipartUpload";
  return headersOf({ operation, size, checksum: algorithm, checksumValue: value });
}

function headersOf(options: Parameters<typeof textOptions>[0]): Record<string, string> {
  const [headers] = withEncryption(undefined, (encryption) =>
    s3Wasm().uploadRequest(encryption, [], textOptions(options)),
  );
  return record(headers);
}
