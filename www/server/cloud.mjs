// What the back end owns in AWS: a KMS key, a bucket, and the credentials for both.

import { randomUUID } from "node:crypto";
import { CreateKeyCommand, GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

import { METADATA_HEADERS } from "./metadata.mjs";

const CONTENT_TYPE = "application/octet-stream";
const UPLOAD_SECONDS = 600;

/** @typedef {Awaited<ReturnType<typeof createCloud>>} Cloud */

/**
 * Creates the key and the bucket, which takes uploads from the page's origin.
 *
 * @param {{ endpoint: string, region: string, credentials: object }} settings of the AWS clients
 * @param {string} origin of the page
 */
export async function createCloud({ endpoint, region, credentials }, origin) {
  const settings = { endpoint, region, credentials };
  const kms = new KMSClient(settings);
  // A presigned URL must not carry the checksum of the empty body that the SDK sees when it signs.
  const s3 = new S3Client({
    ...settings,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  const bucket = `bongtu-demo-${randomUUID().slice(0, 8)}`;
  const [publicKey] = await Promise.all([createKey(kms), createBucket(s3, bucket, origin)]);
  const issued = new Set(); // the only objects anybody may ask for

  return {
    bucket,
    bucketUrl: `${endpoint}/${bucket}/`,
    kms,
    publicKey,

    /** Allows one upload of exactly `size` bytes with exactly this metadata, under a name of our choice. */
    async presignUpload(size, metadata) {
      const key = `sealed/${randomUUID()}`;
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        ContentType: CONTENT_TYPE,
        ContentLength: size,
        Metadata: metadata,
      });
      const names = Object.keys(metadata).map((name) => `x-amz-meta-${name}`);
      const url = await getSignedUrl(s3, command, {
        expiresIn: UPLOAD_SECONDS,
        signableHeaders: new Set(["host", "content-type", "content-length", ...names]),
        unhoistableHeaders: new Set(names), // as headers, not in the address
      });
      issued.add(key);
      const headers = Object.entries(metadata).map(([name, value]) => [
        `x-amz-meta-${name}`,
        value,
      ]);
      return {
        url,
        key,
        headers: { "content-type": CONTENT_TYPE, ...Object.fromEntries(headers) },
      };
    },

    has: (key) => issued.has(key),

    head: (key) => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })),

    /** @param {{ Range?: string, IfMatch?: string }} options */
    get: (key, options = {}) =>
      s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...options })),
  };
}

async function createKey(kms) {
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" }),
  );
  return kms.send(new GetPublicKeyCommand({ KeyId: KeyMetadata.Arn }));
}

async function createBucket(s3, bucket, origin) {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(
    new PutBucketCorsCommand({
      Bucket: bucket,
      CORSConfiguration: {
        CORSRules: [
          {
            AllowedOrigins: [origin],
            AllowedMethods: ["PUT"],
            AllowedHeaders: ["content-type", ...METADATA_HEADERS],
            ExposeHeaders: ["ETag"],
            MaxAgeSeconds: 600,
          },
        ],
      },
    }),
  );
}
