// Opens objects with bongtu in Node.js, in constant memory:
//
//   node open-object.mjs KEY_ARN BUCKET KEY > plaintext

import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { KMSClient } from "@aws-sdk/client-kms";
import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Keyring, openObject } from "bongtu";
import { kms } from "bongtu/aws";

/**
 * Downloads the object twice: once to verify all of it, and once more as its plaintext is read.
 * @param options of openObject: objects of version 2 need `commitmentPolicy: "REQUIRE_ENCRYPT_ALLOW_DECRYPT"`
 * @returns what openObject gives: `plaintext`, a stream of `size` bytes, …
 */
export async function openFromS3(s3, keyring, { Bucket, Key }, options) {
  const { Metadata: metadata, ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  const get = async (key, conditions) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key, ...conditions }));
    return Body;
  };
  const hasKey = "x-amz-3" in metadata || "x-amz-key-v2" in metadata;
  const instructionFile = hasKey
    ? undefined
    : await (await get(`${Key}.instruction`)).transformToString();
  const body = async () => (await get(Key, { IfMatch: ETag })).transformToWebStream();
  return openObject(keyring, { metadata, instructionFile, body }, options);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [keyArn, Bucket, Key] = process.argv.slice(2);
  const keyring = Keyring.kmsRsa({ keyArn, kms: kms(new KMSClient({})) });
  const { plaintext } = await openFromS3(new S3Client({}), keyring, { Bucket, Key });
  await pipeline(plaintext, process.stdout);
}
