// The back end owns this in AWS: a KMS key, a bucket, and the credentials for both.

import { CreateKeyCommand, GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketCorsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { S3RequestPresigner } from "@aws-sdk/s3-request-presigner";
import { objectUrl } from "bongtu";

const SECONDS = 600;

/** @typedef {Awaited<ReturnType<typeof createCloud>>} Cloud */

/**
 * Creates the key and the bucket, which takes uploads from the page's origin.
 *
 * @param {{ endpoint: string, region: string, credentials: object }} settings of the AWS clients
 * @param {string} bucket
 * @param {string} origin of the page
 */
export async function createCloud({ endpoint, region, credentials }, bucket, origin) {
  const settings = { endpoint, region, credentials };
  const kms = new KMSClient(settings);
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const presigner = new S3RequestPresigner(s3.config);
  const bucketUrl = `${endpoint}/${bucket}/`;
  const [publicKey] = await Promise.all([createKey(kms), createBucket(s3, bucket, origin)]);

  return {
    endpoint,
    bucket,
    bucketUrl,
    kms,
    s3,
    publicKey,

    /**
     * The address that allows one request, with exactly these headers.
     *
     * @param {"GET" | "PUT"} method
     * @param {string} key of the object
     * @param {import("bongtu").SignedHeaders} headers
     * @param {Record<string, string>} [query]
     */
    async presign(method, key, { headers, signedHeaders }, query = {}) {
      const url = objectUrl(bucketUrl, key);
      const { protocol, hostname, port, pathname: path } = url;
      const presigned = await presigner.presign(
        { method, protocol, hostname, port: Number(port), path, query, headers },
        {
          expiresIn: SECONDS,
          signableHeaders: new Set(["host", ...signedHeaders]),
          unhoistableHeaders: new Set(signedHeaders), // as headers, not in the address
        },
      );
      return `${url}?${new URLSearchParams(presigned.query)}`;
    },

    /** With an ETag, only the object that has it, and no other that may be under the key by now. */
    head: (key, IfMatch) => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, IfMatch })),

    get: (key, IfMatch) => s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch })),

    /** The answer of S3 as it is, a refusal too. */
    async fetch(key, headers = {}) {
      const signedHeaders = Object.keys(headers);
      return fetch(await this.presign("GET", key, { headers: { ...headers }, signedHeaders }), {
        headers,
      });
    },
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
  const customerKey = "x-amz-server-side-encryption-customer-";
  await s3.send(
    new PutBucketCorsCommand({
      Bucket: bucket,
      CORSConfiguration: {
        CORSRules: [
          {
            AllowedOrigins: [origin],
            AllowedMethods: ["PUT"],
            AllowedHeaders: [
              "content-type",
              "if-none-match",
              "cache-control",
              "content-disposition",
              "content-encoding",
              "content-language",
              "expires",
              "x-amz-checksum-sha256",
              `${customerKey}*`,
              "x-amz-meta-*",
            ],
            ExposeHeaders: ["ETag", `${customerKey}algorithm`, `${customerKey}key-MD5`],
            MaxAgeSeconds: 600,
          },
        ],
      },
    }),
  );
}
