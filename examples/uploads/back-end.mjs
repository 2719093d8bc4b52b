// What the back end does for pages that upload sealed files. It alone has credentials: a page asks, and the back end chooses the
// object's name and signs nothing but what a sealed upload needs.
//
//   const backEndOf = createBackEnds({ s3: new S3Client({}), bucket: "uploads", bucketUrl: "https://uploads.s3.eu-west-1.amazonaws.com" })
//   await backEndOf(user).sign(await readJson(request))
//
// Put its functions behind routes of your own, after a check of who is asking, and let no request be longer than read-json.mjs does.
// The bucket's CORS rule must allow the page's origin, these methods and headers, and expose ETag. No signature can tell whether a body
// is sealed: `accept` looks at what was stored, before anything relies on it.

import { randomUUID } from "node:crypto";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { S3RequestPresigner } from "@aws-sdk/s3-request-presigner";
import { checkUploadHeaders, inspect, objectUrl, postPolicy } from "bongtu";

const SECONDS = 900;
const GIB = 1024 ** 3;
const HEADER_BYTES = 64 * 1024; // of a message, what tells that it is one

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

/**
 * What S3 stores with an object and gives to whoever fetches it. It takes these headers from a page whether they are signed or not, so
 * that only a value that is signed keeps others out. A form needs none of it: its policy admits no field that it does not name.
 */
const FIXED = {
  "cache-control": "no-store",
  "content-disposition": "attachment",
  "content-encoding": "identity",
  "content-language": "und",
  expires: "Thu, 01 Jan 1970 00:00:00 GMT",
};

/** What else is asked of each: nothing is replaced, nothing is of any size, and S3 verifies each part. */
const RULES = {
  PutObject: { createOnly: true, maxBytes: 5 * GIB, fixed: FIXED },
  CreateMultipartUpload: { fixed: FIXED },
  UploadPart: { maxBytes: 5 * GIB, checksum: "required" },
  CompleteMultipartUpload: { createOnly: true, maxBytes: 64 * GIB },
};

/** The back ends of all users: `createBackEnds(…)(user)`. What was issued to one is nothing to the others. */
export function createBackEnds(place, options) {
  const users = new Map();
  return (user) => {
    if (!users.has(user)) users.set(user, createBackEnd(place, options));
    return users.get(user);
  };
}

/**
 * The back end of one user.
 *
 * @param {{ formats?: string[], mode?: object }} [options] what pages may upload; the server-side encryption to insist on
 */
export function createBackEnd(
  { s3, bucket, bucketUrl },
  { formats = ["message", "v3"], mode } = {},
) {
  const presigner = new S3RequestPresigner(s3.config);
  const issued = new Set(); // the names of what this user may upload; keep them where the user is kept

  async function presign(method, key, query, { headers, signedHeaders }) {
    const url = objectUrl(bucketUrl, key); // not `new URL`, which leaves signs as they are that S3 writes in another way
    const { protocol, hostname, port, pathname: path } = url;
    // A copy, since the presigner adds headers of its own to it.
    const request = { method, protocol, hostname, path, query, headers: { ...headers } };
    if (port !== "") request.port = Number(port);
    const presigned = await presigner.presign(request, {
      expiresIn: SECONDS,
      signableHeaders: new Set(["host", ...signedHeaders]),
      unhoistableHeaders: new Set(signedHeaders), // the page sends them; they are not in the address
    });
    return `${url}?${new URLSearchParams(presigned.query)}`;
  }

  function checkIssued(key) {
    if (!issued.has(key)) throw new Error("nothing of yours");
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
      if (operation === undefined) throw new Error("nothing of yours");
      checkIssued(key);
      const query = queryOf(operation, named);
      const checked = WITHOUT_HEADERS.has(operation)
        ? { headers: {}, signedHeaders: [] }
        : checkUploadHeaders(headers, { operation, format: formats, mode, ...RULES[operation] });
      const url = await presign(method, key, query, checked);
      const { "content-length": _, ...sent } = checked.headers; // a page cannot set it
      return { key, url, headers: sent };
    },

    /**
     * A form that uploads exactly `size` bytes under a new key, which is among its fields. Until it expires it can be sent again, and
     * replaces what was there: S3 knows no form that creates only. `accept` says which of them counts.
     */
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

    /**
     * Looks at what a page says it has uploaded: whether it is sealed, and which of all that may ever be under this key it is. Keep
     * `versionId`, or `etag` where the bucket has no versions, and fetch the object by it, not by its key alone: what was looked at
     * is then what is opened, whatever has happened to the key.
     *
     * @param {{ key: string, etag?: string }} uploaded `etag`: what S3 answered to the page, if the page saw that
     */
    async accept({ key, etag }) {
      checkIssued(key);
      const place = { Bucket: bucket, Key: key };
      const head = await s3.send(new HeadObjectCommand({ ...place, IfMatch: etag }));
      const version = { VersionId: head.VersionId, IfMatch: head.ETag };
      const range = `bytes=0-${HEADER_BYTES - 1}`;
      const { Body, Metadata = {} } = await s3.send(
        new GetObjectCommand({ ...place, ...version, Range: range }),
      );
      const start = await Body.transformToByteArray();
      const isObject = Object.keys(Metadata).length > 0;
      const { format } = await inspect(isObject ? { metadata: Metadata } : start); // ERR_MALFORMED: it is not sealed
      const { ContentLength: size, ETag, VersionId: versionId } = head;
      return { key, etag: ETag, versionId, size, format };
    },
  };
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
