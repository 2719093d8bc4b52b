// The requests that the page may make of the back end. Only here are there credentials, and only to open something is the private
// half of the key used, which is KMS's: the back end sends the wrapped data key and gets it back.

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BongtuError } from "bongtu";

import { askWithoutKey, keyHeaders, openWithCustomerKey } from "./customer-key.mjs";
import { Refusal } from "./guard.mjs";
import { hashMessage, openMessage, openS3Object, recordingKms } from "./opening.mjs";
import { createParts } from "./parts.mjs";
import { flipped } from "./tampering.mjs";
import { createUploads, sealedKeyOf } from "./uploads.mjs";

const HEAD_BYTES = 64;
const META = "x-amz-meta-";

// The encryption context that every message for this back end must have: authenticated, but readable by anyone.
const ENCRYPTION_CONTEXT = { purpose: "demo", envelope: "봉투" };

const OPEN = {
  message: openMessage,
  object: openS3Object,
  customerKey: openWithCustomerKey,
};

/** @param {import("./cloud.mjs").Cloud} cloud */
export function createApi(cloud) {
  const issued = new Map();
  const etags = new Map(); // of what was found under a key when it was first looked at

  return {
    ...createUploads(cloud, issued),
    ...createParts(cloud, issued),

    /** The public key as GetPublicKey answers, the encryption context to seal under, and where S3 is. */
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
        bucket: cloud.bucket,
        endpoint: cloud.endpoint,
      };
    },

    /** The stored object as S3 describes it. */
    async object({ key }) {
      const object = stored(key, []);
      const response = await cloud.fetch(
        key,
        object.target === "customerKey" ? await keyHeaders(object) : {},
      );
      if (!response.ok) throw new Refusal(502, "DEMO_S3", `S3 answered with ${response.status}`);
      const { headers } = response;
      if (!etags.has(key)) etags.set(key, headers.get("etag"));
      const metadata = Array.from(headers).filter(([name]) => name.startsWith(META));
      return {
        bucket: cloud.bucket,
        key,
        size: Number(headers.get("content-length")),
        contentType: headers.get("content-type"),
        etag: headers.get("etag"),
        lastModified: headers.get("last-modified"),
        metadata: Object.fromEntries(
          metadata.map(([name, value]) => [name.slice(META.length), value]),
        ),
        firstBytes: (await firstBytes(response.body, HEAD_BYTES)).toString("hex"),
      };
    },

    /** The plaintext of the stored object, opened through KMS; all of it has verified before any is sent. */
    async open({ key }, response) {
      const calls = [];
      const { form, size, plaintext } = await openStored(stored(key, calls), response);
      response.writeHead(200, {
        "Content-Type": "application/octet-stream",
        "Content-Length": size,
        "X-Opening": JSON.stringify({ form, calls }),
      });
      await pipeline(Readable.from(plaintext), response);
    },

    /** The length and hash of the plaintext of a message, however long it is. */
    async verify({ key }, response) {
      const gone = new AbortController();
      response.on("close", () => gone.abort());
      return hashMessage(stored(key, []), gone.signal);
    },

    /** The outcome of opening when one bit has changed on the way out of the storage. */
    async tamper({ key, ...spot }, response) {
      const changed = flipped(stored(key, []), spot);
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

    /** The answer of S3 to a request without the customer key. */
    async withoutKey({ key }) {
      const object = stored(key, []);
      if (object.target !== "customerKey") {
        throw new Refusal(400, "DEMO_TARGET", "S3 has this object without a key");
      }
      return askWithoutKey(object);
    },
  };

  /** An object of this start, and the means to open it. */
  function stored(key, calls) {
    const target = issued.get(key);
    if (!target) throw new Refusal(404, "DEMO_OBJECT", "there is no such object of this start");
    return {
      target,
      bucket: cloud.bucket,
      key,
      keyArn: cloud.publicKey.KeyId,
      kms: recordingKms(cloud.kms, calls),
      encryptionContext: ENCRYPTION_CONTEXT,
      metadata: async () => (await cloud.head(key, etags.get(key))).Metadata,
      body: async () => (await cloud.get(key, etags.get(key))).Body,
      sealedKey: async () => (await cloud.get(sealedKeyOf(key))).Body.transformToByteArray(),
      get: (headers) => cloud.fetch(key, headers),
    };
  }
}

/** Ends with the request that asked for it. */
function openStored(object, response) {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  return OPEN[object.target](object, gone.signal);
}

/** Ends a download of which no more is wanted. */
async function firstBytes(body, length) {
  const parts = [];
  let got = 0;
  for await (const part of body) {
    parts.push(part);
    got += part.length;
    if (got >= length) break;
  }
  return Buffer.concat(parts).subarray(0, length);
}
