// What the back end does for pages that upload sealed files. It alone has credentials: a page asks, and the back end chooses the
// object's name and signs nothing but what a sealed upload needs.
//
//   createBackEnd({ s3: new S3Client({}), bucket: "uploads", bucketUrl: "https://uploads.s3.eu-west-1.amazonaws.com" })
//
// Put its functions behind routes of your own, after a check of who is asking. The bucket's CORS rule must allow the page's origin,
// these methods and headers, and expose ETag. No check here can tell whether a body is sealed: `inspect` the first bytes of what
// was stored before anything relies on it.

import { randomUUID } from "node:crypto";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { S3RequestPresigner } from "@aws-sdk/s3-request-presigner";
import { checkUploadHeaders, postPolicy } from "bongtu";

const SECONDS = 900;
const GIB = 1024 ** 3;

// What a page may ask for, by method; it gets no other request signed.
const OF_AN_OBJECT = new Map([
  ["PUT", "PutObject"],
  ["POST", "CreateMultipartUpload"],
  ["HEAD", "HeadObject"],
]);
const OF_AN_UPLOAD = new Map([
  ["PUT", "UploadPart"],
  ["POST", "CompleteMultipartUpload"],
  ["GET", "ListParts"],
  ["DELETE", "AbortMultipartUpload"],
]);
const WITHOUT_HEADERS = new Set(["HeadObject", "ListParts", "AbortMultipartUpload"]);

/** @param {{ formats?: string[], mode?: object }} [options] what pages may upload; the server-side encryption to insist on */
export function createBackEnd(
  { s3, bucket, bucketUrl },
  { formats = ["message", "v3"], mode } = {},
) {
  const presigner = new S3RequestPresigner(s3.config);
  const issued = new Set(); // what pages may upload; keep it with the user who asked

  async function presign(method, key, query, { headers, signedHeaders }) {
    const { protocol, hostname, port, pathname } = new URL(`${bucketUrl}/${key}`);
    const request = { method, protocol, hostname, path: pathname, query, headers };
    if (port !== "") request.port = Number(port);
    const presigned = await presigner.presign(request, {
      expiresIn: SECONDS,
      signableHeaders: new Set(["host", ...signedHeaders]),
      unhoistableHeaders: new Set(signedHeaders), // the page sends them; they are not in the address
    });
    return `${bucketUrl}/${key}?${new URLSearchParams(presigned.query)}`;
  }

  return {
    /** The name of an object to be. Pages that upload in parts ask for one beforehand if they are to find it again. */
    newKey() {
      const key = `uploads/${randomUUID()}`;
      issued.add(key);
      return { key };
    },

    /**
     * Signs one request with its headers, among which is `content-length` if it has a body of data:
     *
     *   PUT PutObject, POST CreateMultipartUpload, HEAD HeadObject     for `key`, or a new one, which is in the answer
     *   PUT UploadPart, POST CompleteMultipartUpload, GET ListParts, DELETE AbortMultipartUpload     with `uploadId`
     */
    async sign({ method, key = this.newKey().key, headers = {}, ...named }) {
      const operation = (named.uploadId === undefined ? OF_AN_OBJECT : OF_AN_UPLOAD).get(method);
      if (operation === undefined || !issued.has(key)) throw new Error("nothing of yours");
      const query = queryOf(operation, named);
      const checked = WITHOUT_HEADERS.has(operation)
        ? { headers: {}, signedHeaders: [] }
        : checkUploadHeaders(headers, { operation, format: formats, mode, ...limitOf(operation) });
      return {
        key,
        url: await presign(method, key, query, checked),
      };
    },

    /** A form that uploads exactly `size` bytes under a new key, which is among its fields. */
    async form({ format, size }) {
      if (!formats.includes(format)) throw new Error(`format must be one of ${formats}`);
      const { key } = this.newKey();
      const sizeRange = [size, size];
      const { presignedPost } = postPolicy({
        ...{ bucket, key, format, mode, sizeRange },
        expires: SECONDS,
      });
      return createPresignedPost(s3, presignedPost);
    },
  };
}

/** For CompleteMultipartUpload too, if pages send `x-amz-mp-object-size` with it, as `uploadParts` does and Uppy does not. */
function limitOf(operation) {
  return operation === "PutObject" ? { maxBytes: 5 * GIB } : {};
}

/** What makes a request this operation and no other: none of it may be missing, or the URL is good for more. */
function queryOf(operation, { uploadId, partNumber, partNumberMarker }) {
  if (operation === "PutObject" || operation === "HeadObject") return {};
  if (operation === "CreateMultipartUpload") return { uploads: "" };
  if (typeof uploadId !== "string" || uploadId === "") throw new Error("uploadId must be a text");
  if (operation === "UploadPart") return { uploadId, partNumber: number(partNumber, 1) };
  if (operation !== "ListParts" || partNumberMarker === undefined) return { uploadId };
  return { uploadId, "part-number-marker": number(partNumberMarker, 0) };
}

function number(value, least) {
  const parsed = Number(value);
  if (Number.isInteger(parsed) && parsed >= least && parsed <= 10_000) return String(parsed);
  throw new Error("a part's number must be from 1 to 10,000");
}
