// The multipart half of S3 in memory, as strict as S3: what a test finds in it is what S3 would have. Requests and
// responses are those of `fetch`, so that it serves both inside a page and behind a loopback server.

import { checksums } from "bongtu";

const MIN_PART = 5 * 1024 * 1024;
const ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA256"];

export class FakeS3 {
  /** Key → { bytes, etag, checksum? }. */
  objects = new Map();
  /** Upload id → { key, algorithm?, type?, parts: part number → { bytes, etag, checksum? } }. */
  uploads = new Map();
  /** The part numbers of all UploadPart requests that were granted, in order. */
  stored = [];
  #created = 0;

  /** Works as `fetch` does. */
  async fetch(url, { method = "GET", headers = {}, body } = {}) {
    const { pathname, searchParams } = new URL(url);
    const request = { key: pathname, query: searchParams, headers: new Headers(headers), body };
    const uploadId = searchParams.get("uploadId");
    if (method === "POST" && searchParams.has("uploads")) return this.#create(request);
    if (method === "HEAD") return this.#head(request);
    const upload = this.uploads.get(uploadId);
    if (upload?.key !== pathname) return failed(404, "NoSuchUpload");
    if (method === "PUT") return this.#putPart(upload, request);
    if (method === "GET") return this.#listParts(upload, request);
    if (method === "POST") return this.#complete(uploadId, upload, request);
    if (method === "DELETE") {
      this.uploads.delete(uploadId);
      return new Response(null, { status: 204 });
    }
    return failed(405, "MethodNotAllowed");
  }

  #create({ key, headers }) {
    const uploadId = `upload-${++this.#created}`;
    const algorithm = headers.get("x-amz-checksum-algorithm") ?? undefined;
    const type = headers.get("x-amz-checksum-type") ?? undefined;
    this.uploads.set(uploadId, { key, algorithm, type, parts: new Map() });
    return xml(
      `<InitiateMultipartUploadResult><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`,
    );
  }

  async #putPart(upload, { query, headers, body }) {
    const bytes = body.slice();
    const partNumber = Number(query.get("partNumber"));
    if (!(partNumber >= 1 && partNumber <= 10_000)) return failed(400, "InvalidArgument");
    const md5 = headers.get("content-md5");
    if (md5 !== null && md5 !== (await checksums.of("MD5", bytes)).value)
      return failed(400, "BadDigest");
    const sums = ALGORITHMS.filter((algorithm) => headers.has(headerOf(algorithm)));
    if (sums.some((algorithm) => algorithm !== upload.algorithm))
      return failed(400, "InvalidRequest");
    const answer = new Headers();
    let checksum;
    for (const algorithm of sums) {
      checksum = headers.get(headerOf(algorithm));
      if (checksum !== (await checksums.of(algorithm, bytes)).value)
        return failed(400, "BadDigest");
      answer.set(headerOf(algorithm), checksum);
    }
    const etag = await etagOf(bytes);
    upload.parts.set(partNumber, { bytes, etag, checksum });
    this.stored.push(partNumber);
    answer.set("etag", etag);
    return new Response(null, { headers: answer });
  }

  /** Pages of two parts, so that there are pages. */
  #listParts({ parts }, { query }) {
    const after = Number(query.get("part-number-marker") ?? 0);
    const rest = [...parts].sort(([a], [b]) => a - b).filter(([partNumber]) => partNumber > after);
    const page = rest.slice(0, 2);
    const listed = page.map(
      ([partNumber, { etag, bytes }]) =>
        `<Part><PartNumber>${partNumber}</PartNumber><ETag>${etag.replaceAll('"', "&quot;")}</ETag><Size>${bytes.length}</Size></Part>`,
    );
    const more = rest.length > page.length;
    const next = more ? `<NextPartNumberMarker>${page.at(-1)[0]}</NextPartNumberMarker>` : "";
    return xml(
      `<ListPartsResult><IsTruncated>${more}</IsTruncated>${next}${listed.join("")}</ListPartsResult>`,
    );
  }

  async #complete(uploadId, upload, { key, headers, body }) {
    const text = typeof body === "string" ? body : new TextDecoder().decode(body);
    const wanted = [...text.matchAll(/<Part>(.*?)<\/Part>/g)].map(([, part]) => ({
      partNumber: Number(/<PartNumber>(\d+)</.exec(part)[1]),
      etag: /<ETag>([^<]*)</.exec(part)[1].replaceAll("&#34;", '"'),
      checksum: /<Checksum\w+>([^<]*)</.exec(part)?.[1],
    }));
    const found = [];
    for (const [i, { partNumber, etag, checksum }] of wanted.entries()) {
      const part = upload.parts.get(partNumber);
      if (i > 0 && partNumber <= wanted[i - 1].partNumber) return failed(400, "InvalidPartOrder");
      if (part?.etag !== etag || part.checksum !== checksum) {
        return failed(400, "InvalidPart", `<PartNumber>${partNumber}</PartNumber>`);
      }
      found.push(part);
    }
    if (found.length === 0) return failed(400, "MalformedXML");
    if (found.slice(0, -1).some(({ bytes }) => bytes.length < MIN_PART)) {
      return failed(400, "EntityTooSmall");
    }
    const size = found.reduce((total, part) => total + part.bytes.length, 0);
    if (headers.get("x-amz-mp-object-size") !== String(size)) return failed(400, "InvalidRequest");
    const bytes = new Uint8Array(size);
    let position = 0;
    for (const part of found) {
      bytes.set(part.bytes, position);
      position += part.bytes.length;
    }
    const checksum = upload.algorithm && (await this.#whole(upload, found, bytes));
    const header = upload.algorithm && headers.get(headerOf(upload.algorithm));
    if (header && header !== checksum) return failed(400, "BadDigest");
    const digests = found.map(({ etag }) =>
      Uint8Array.from(etag.match(/[0-9a-f]{2}/g), (pair) => Number.parseInt(pair, 16)),
    );
    const md5 = await checksums.of("MD5", new Blob(digests));
    const etag = `"${hex(md5.value)}-${found.length}"`;
    this.objects.set(key, { bytes, etag, checksum, algorithm: upload.algorithm });
    this.uploads.delete(uploadId);
    return xml(
      `<CompleteMultipartUploadResult><ETag>${etag.replaceAll('"', "&quot;")}</ETag></CompleteMultipartUploadResult>`,
    );
  }

  async #whole({ algorithm, type }, parts, bytes) {
    if (type === "FULL_OBJECT") return (await checksums.of(algorithm, bytes)).value;
    const raw = parts.map(({ checksum }) =>
      Uint8Array.from(atob(checksum), (c) => c.charCodeAt(0)),
    );
    return `${(await checksums.of(algorithm, new Blob(raw))).value}-${parts.length}`;
  }

  #head({ key }) {
    const object = this.objects.get(key);
    if (object === undefined) return failed(404, "NotFound");
    const { bytes, etag, algorithm, checksum } = object;
    const headers = new Headers({ etag, "content-length": String(bytes.length) });
    if (algorithm) headers.set(headerOf(algorithm), checksum);
    return new Response(null, { headers });
  }
}

/** The functions of `uploadParts` for the object at `url`, made with anything like `fetch`. */
export function requestsTo(url, fetch) {
  const at = (query) => `${url}?${new URLSearchParams(query)}`;
  return {
    create: ({ headers, signal }) =>
      fetch(at({ uploads: "" }), { method: "POST", headers, signal }),
    putPart: ({ partNumber, uploadId, body, headers, signal }) =>
      fetch(at({ partNumber, uploadId }), { method: "PUT", headers, body, signal }),
    complete: (_parts, _checksum, { uploadId, headers, body, signal }) =>
      fetch(at({ uploadId }), { method: "POST", headers, body, signal }),
    abort: ({ uploadId, signal }) => fetch(at({ uploadId }), { method: "DELETE", signal }),
    listParts: ({ uploadId, partNumberMarker, signal }) =>
      fetch(at({ uploadId, ...(partNumberMarker && { "part-number-marker": partNumberMarker }) }), {
        signal,
      }),
    head: ({ signal }) => fetch(url, { method: "HEAD", signal }),
  };
}

export function failed(status, code, more = "", headers = {}) {
  return xml(
    `<Error><Code>${code}</Code><Message>as told</Message>${more}</Error>`,
    status,
    headers,
  );
}

function xml(text, status = 200, headers = {}) {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${text}`;
  return new Response(body, { status, headers: { "content-type": "application/xml", ...headers } });
}

const headerOf = (algorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** The ETag is not the MD5 of the bytes, as in S3, but follows from them and is made four times as fast. */
async function etagOf(bytes) {
  const { value } = await checksums.of("CRC64NVME", bytes);
  const digest = await checksums.of("MD5", new TextEncoder().encode(value));
  return `"${hex(digest.value)}"`;
}

function hex(base64) {
  return Array.from(atob(base64), (c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
