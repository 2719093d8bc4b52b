// What the page may ask of the back end. Only here are there credentials, and only `open` uses the
// private half of the key, which is KMS's: the back end sends the wrapped data key and gets it back.

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BongtuError } from "bongtu";

import { Refusal } from "./guard.mjs";
import { flipInMetadata, isExpected, isMetadataName } from "./metadata.mjs";
import { openMessage, openS3Object, recordingKms } from "./opening.mjs";

const MAX_OBJECT_BYTES = 600 * 1024 * 1024; // a message is held in memory twice while it is opened
const HEAD_BYTES = 64;

// What every message for this back end must say about itself: authenticated, but readable by anyone.
const ENCRYPTION_CONTEXT = { purpose: "demo", envelope: "봉투" };

/** @param {import("./cloud.mjs").Cloud} cloud */
export function createApi(cloud) {
  return {
    /** The public key as GetPublicKey answers, and the encryption context to seal under. */
    async key() {
      const { KeyId, KeySpec, KeyUsage, EncryptionAlgorithms, PublicKey } = cloud.publicKey;
      return {
        publicKey: {
          KeyId,
          PublicKey: Buffer.from(PublicKey).toString("base64"),
          KeySpec,
          KeyUsage,
          EncryptionAlgorithms,
        },
        encryptionContext: ENCRYPTION_CONTEXT,
      };
    },

    /** Permission to upload one object of `size` bytes with this metadata. */
    async upload({ size, metadata }) {
      if (!Number.isSafeInteger(size) || size < 1 || size > MAX_OBJECT_BYTES) {
        throw new Refusal(400, "DEMO_SIZE", "an upload has from 1 byte to 600 MiB");
      }
      if (!isExpected(metadata)) {
        throw new Refusal(400, "DEMO_METADATA", "an object of this page has other metadata");
      }
      return cloud.presignUpload(size, metadata);
    },

    /** The stored object as S3 describes it. */
    async object({ key }) {
      checkKey(key);
      const [head, start] = await Promise.all([
        cloud.head(key),
        cloud.get(key, { Range: `bytes=0-${HEAD_BYTES - 1}` }),
      ]);
      return {
        bucket: cloud.bucket,
        key,
        size: head.ContentLength,
        contentType: head.ContentType,
        etag: head.ETag,
        lastModified: head.LastModified,
        metadata: head.Metadata,
        firstBytes: Buffer.from(await start.Body.transformToByteArray()).toString("hex"),
      };
    },

    /** The plaintext of the stored object, opened through KMS; all of it has verified before any is sent. */
    async open({ key }, response) {
      const calls = [];
      const { form, size, plaintext } = await openStored(await stored(key, calls), response);
      response.writeHead(200, {
        "Content-Type": "application/octet-stream",
        "Content-Length": size,
        "X-Opening": JSON.stringify({ form, calls }),
      });
      await pipeline(Readable.from(plaintext), response);
    },

    /**
     * What opening answers when one bit has changed on the way out of the storage: of byte `offset` of the body or,
     * with `name`, of a value of the metadata.
     */
    async tamper({ key, name, offset }, response) {
      if (!Number.isSafeInteger(offset)) throw new Refusal(400, "DEMO_OFFSET", "which byte?");
      const { metadata, body, ...others } = await stored(key, []);
      const inMetadata = name !== undefined;
      if (inMetadata && !(isMetadataName(name) && Object.hasOwn(metadata, name))) {
        throw new Refusal(400, "DEMO_OFFSET", "which value?");
      }
      const changed = {
        ...others,
        metadata: inMetadata ? flipInMetadata(metadata, name, offset) : metadata,
        body: inMetadata ? body : async () => flipInBody(await body(), offset),
      };
      let released = 0;
      try {
        const { plaintext } = await openStored(changed, response);
        for await (const part of plaintext) released += part.length;
        return { released };
      } catch (error) {
        if (!(error instanceof BongtuError)) throw error;
        return { refused: { code: error.code, message: error.message }, released };
      }
    },
  };

  /** An object of this start, and the means to open it. */
  async function stored(key, calls) {
    checkKey(key);
    const { Metadata, ETag } = await cloud.head(key);
    return {
      keyArn: cloud.publicKey.KeyId,
      kms: recordingKms(cloud.kms, calls),
      encryptionContext: ENCRYPTION_CONTEXT,
      metadata: Metadata,
      body: async () => (await cloud.get(key, { IfMatch: ETag })).Body,
    };
  }

  function checkKey(key) {
    if (!cloud.has(key))
      throw new Refusal(404, "DEMO_OBJECT", "there is no such object of this start");
  }
}

/** Ends with the request that asked for it. */
function openStored(object, response) {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const openIt = Object.keys(object.metadata).length > 0 ? openS3Object : openMessage;
  return openIt(object, gone.signal);
}

async function* flipInBody(body, offset) {
  let start = 0;
  for await (const part of body) {
    const index = offset - start;
    if (index >= 0 && index < part.length) part[index] ^= 1;
    start += part.length;
    yield part;
  }
}
