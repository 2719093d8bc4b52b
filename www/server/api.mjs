// What the page may ask of the back end. Only here are there credentials, and only `open` uses the
// private half of the key, which is KMS's: the back end sends the wrapped data key and gets it back.

import { BongtuError, Keyring, open } from "bongtu";
import { kms } from "bongtu/aws";

import { Refusal } from "./guard.mjs";

const MAX_OBJECT_BYTES = 600 * 1024 * 1024; // held in memory twice while it is opened
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

    /** Permission to upload one object of `size` bytes. */
    async upload({ size }) {
      if (!Number.isSafeInteger(size) || size < 1 || size > MAX_OBJECT_BYTES) {
        throw new Refusal(400, "DEMO_SIZE", "an upload has from 1 byte to 600 MiB");
      }
      return cloud.presignUpload(size);
    },

    /** The stored object as S3 describes it. */
    async object({ key }) {
      checkKey(key);
      const [head, start] = await Promise.all([
        cloud.head(key),
        cloud.get(key, `bytes=0-${HEAD_BYTES - 1}`),
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
      const { opened, calls } = await openObject(key, (body) => body, response);
      response.writeHead(200, {
        "Content-Type": "application/octet-stream",
        "Content-Length": opened.plaintext.length,
        "X-KMS-Calls": JSON.stringify(calls),
      });
      response.end(opened.plaintext);
    },

    /** What opening answers when one bit of byte `offset` has changed on the way out of the storage. */
    async tamper({ key, offset }, response) {
      if (!Number.isSafeInteger(offset)) throw new Refusal(400, "DEMO_OFFSET", "which byte?");
      try {
        const { opened } = await openObject(key, (body) => flipBit(body, offset), response);
        return { released: opened.plaintext.length };
      } catch (error) {
        if (!(error instanceof BongtuError)) throw error;
        return { refused: { code: error.code, message: error.message }, released: 0 };
      }
    },
  };

  async function openObject(key, through, response) {
    checkKey(key);
    const { Body } = await cloud.get(key);
    const calls = [];
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    try {
      const opened = await open(recordingKeyring(cloud, calls), through(Body), {
        encryptionContext: ENCRYPTION_CONTEXT,
        signal: gone.signal,
      });
      return { opened, calls };
    } finally {
      Body.destroy(); // where opening has failed, the rest is not read
    }
  }

  function checkKey(key) {
    if (!cloud.has(key))
      throw new Refusal(404, "DEMO_OBJECT", "there is no such object of this start");
  }
}

/** A keyring for the key, whose KMS calls are written down for the page to show. */
function recordingKeyring(cloud, calls) {
  const client = kms(cloud.kms);
  return Keyring.kmsRsa({
    keyArn: cloud.publicKey.KeyId,
    kms: {
      async decrypt(request, options) {
        const start = performance.now();
        const answer = await client.decrypt(request, options);
        calls.push({
          keyId: answer.KeyId,
          algorithm: request.EncryptionAlgorithm,
          ciphertextLength: request.CiphertextBlob.length,
          plaintextLength: answer.Plaintext.length,
          milliseconds: performance.now() - start,
        });
        return answer;
      },
    },
  });
}

async function* flipBit(body, offset) {
  let start = 0;
  for await (const part of body) {
    const index = offset - start;
    if (index >= 0 && index < part.length) part[index] ^= 1;
    start += part.length;
    yield part;
  }
}
