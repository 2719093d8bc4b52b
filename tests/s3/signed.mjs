// The one rule of S3 for presigned URLs that the emulator lets pass: "There were headers present in the request which were not
// signed". Everything that the tests send goes by it.

/** Throws what S3 would refuse: an `x-amz-` header that the URL does not name as signed. */
export function checkSigned(url, headers) {
  const { searchParams } = new URL(url);
  if (!searchParams.has("X-Amz-Signature")) return;
  const signed = new Set(searchParams.get("X-Amz-SignedHeaders").split(";"));
  const extra = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .filter((name) => name.startsWith("x-amz-") && !signed.has(name));
  if (extra.length > 0) throw new Error(`S3 would refuse headers that are not signed: ${extra}`);
}
