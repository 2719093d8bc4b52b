// The metadata that the page's objects have: S3 Encryption Client, version 3, the key wrapped to an RSA_2048 key
// of KMS. Whoever presigns an upload signs them, and so only what is of this shape.

const BYTES_28 = /^[A-Za-z0-9+/]{38}==$/;
const BYTES_256 = /^[A-Za-z0-9+/]{342}==$/;

const SHAPES = {
  "x-amz-c": /^115$/,
  "x-amz-3": BYTES_256,
  "x-amz-w": /^22$/,
  "x-amz-d": BYTES_28,
  "x-amz-i": BYTES_28,
};
const BASE64 = ["x-amz-3", "x-amz-d", "x-amz-i"];

/** As HTTP headers. */
export const METADATA_HEADERS = Object.keys(SHAPES).map((name) => `x-amz-meta-${name}`);

/** Whether it is all that an object has, or none, as with a message. */
export function isExpected(metadata) {
  if (metadata === null || typeof metadata !== "object") return false;
  const pairs = Object.entries(metadata);
  if (pairs.length === 0) return true;
  return (
    pairs.length === Object.keys(SHAPES).length &&
    pairs.every(
      ([name, value]) =>
        isMetadataName(name) && typeof value === "string" && SHAPES[name].test(value),
    )
  );
}

/** The metadata with one bit of a value changed; `offset` counts the bytes of what is encoded. */
export function flipInMetadata(metadata, name, offset) {
  const encoding = BASE64.includes(name) ? "base64" : "latin1";
  const bytes = Buffer.from(metadata[name], encoding);
  bytes[offset] ^= 1;
  return { ...metadata, [name]: bytes.toString(encoding) };
}

export const isMetadataName = (name) => Object.hasOwn(SHAPES, name);
