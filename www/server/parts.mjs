// Uploads in parts, for a page that may be closed meanwhile: the back end begins and ends them, and signs each part.

import { randomUUID } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
} from "@aws-sdk/client-s3";
import { checkUploadHeaders } from "bongtu";

import { Refusal } from "./guard.mjs";
import { checkRecord } from "./uploads.mjs";

// ministack keeps every object in memory.
const MAX_PART_BYTES = 16 * 1024 ** 2;
const MAX_PARTS = 100;
// This is the checksum that the page uses too. ministack computes CRC64NVME in Python, and so slowly.
const CHECKSUM = { ChecksumAlgorithm: "SHA256", ChecksumType: "COMPOSITE" };

/**
 * @param {import("./cloud.mjs").Cloud} cloud
 * @param {Map<string, string>} issued what was uploaded, by key
 */
export function createParts({ s3, bucket, presign }, issued) {
  const keys = new Map(); // of the objects, by the upload's id

  return {
    async beginParts() {
      const Key = `sealed/${randomUUID()}`;
      const ContentType = "application/octet-stream";
      const { UploadId } = await s3.send(
        new CreateMultipartUploadCommand({ Bucket: bucket, Key, ContentType, ...CHECKSUM }),
      );
      keys.set(UploadId, Key);
      return { UploadId };
    },

    /** Permission to send one part with its checksum. */
    async signPart({ uploadId, partNumber, headers }) {
      const { Key: key } = upload(uploadId);
      if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MAX_PARTS) {
        throw new Refusal(400, "DEMO_PART", `a part's number is from 1 to ${MAX_PARTS}`);
      }
      checkRecord(headers);
      // #region sign-part
      const request = checkUploadHeaders(headers, {
        operation: "UploadPart",
        checksum: "required",
        maxBytes: MAX_PART_BYTES,
      });
      const query = { uploadId, partNumber: String(partNumber) };
      const url = await presign("PUT", key, request, query);
      // #endregion
      return { url };
    },

    async listParts({ uploadId, partNumberMarker: PartNumberMarker }) {
      const {
        Parts = [],
        IsTruncated,
        NextPartNumberMarker,
      } = await s3.send(new ListPartsCommand({ ...upload(uploadId), PartNumberMarker }));
      return { Parts, IsTruncated, NextPartNumberMarker };
    },

    async completeParts({ uploadId, parts: Parts, checksum, size }) {
      const place = upload(uploadId);
      // S3 compares both with what the parts are, but only if it is told them.
      if (!Number.isSafeInteger(size) || typeof checksum !== "string") {
        throw new Refusal(400, "DEMO_PARTS", "the object's size and checksum are missing");
      }
      const { ETag } = await s3.send(
        new CompleteMultipartUploadCommand({
          ...place,
          MultipartUpload: { Parts },
          ChecksumType: CHECKSUM.ChecksumType,
          ChecksumSHA256: checksum,
          MpuObjectSize: size,
          IfNoneMatch: "*",
        }),
      );
      issued.set(place.Key, "message");
      return { key: place.Key, ETag };
    },

    async abortParts({ uploadId }) {
      await s3.send(new AbortMultipartUploadCommand(upload(uploadId)));
      return {};
    },
  };

  function upload(UploadId) {
    const Key = keys.get(UploadId);
    if (!Key) throw new Refusal(404, "NoSuchUpload", "there is no such upload of this start");
    return { Bucket: bucket, Key, UploadId };
  }
}
