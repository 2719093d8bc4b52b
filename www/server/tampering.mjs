// A storage that is not honest: one bit changes on the way out.

import { Refusal } from "./guard.mjs";

const BASE64 = ["x-amz-3", "x-amz-d", "x-amz-i"];

/**
 * The stored bytes, with one bit changed of byte `offset` of what is sealed; with `name`, of a value of the metadata; with
 * `ofFile`, of the file as S3 has decrypted it.
 */
export function flipped(stored, { name, ofFile, offset }) {
  if (!Number.isSafeInteger(offset)) throw new Refusal(400, "DEMO_OFFSET", "which byte?");
  if (name !== undefined) {
    return {
      ...stored,
      metadata: async () => flipInMetadata(await stored.metadata(), name, offset),
    };
  }
  if (ofFile) {
    return { ...stored, get: async (headers) => flipInResponse(await stored.get(headers), offset) };
  }
  return {
    ...stored,
    body: async () => flipInBody(await stored.body(), offset),
    sealedKey: async () => flipInBytes(await stored.sealedKey(), offset),
  };
}

/** `offset` counts the bytes of what is encoded. */
function flipInMetadata(metadata, name, offset) {
  if (!Object.hasOwn(metadata, name)) throw new Refusal(400, "DEMO_OFFSET", "which value?");
  const encoding = BASE64.includes(name) ? "base64" : "latin1";
  const bytes = flipInBytes(Buffer.from(metadata[name], encoding), offset);
  return { ...metadata, [name]: bytes.toString(encoding) };
}

function flipInResponse({ body, status, headers }, offset) {
  return new Response(ReadableStream.from(flipInBody(body, offset)), { status, headers });
}

async function* flipInBody(body, offset) {
  let start = 0;
  for await (const part of body) {
    yield flipInBytes(part, offset - start);
    start += part.length;
  }
}

function flipInBytes(bytes, index) {
  if (index >= 0 && index < bytes.length) bytes[index] ^= 1;
  return bytes;
}
