// Opens objects with bongtu in Node.js, in constant memory:
//
//   node open-object.mjs KEY_ARN BUCKET KEY [INSTRUCTION_SUFFIX] > plaintext

import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { KMSClient } from "@aws-sdk/client-kms";
import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Keyring, openObject } from "bongtu";
import { kms } from "bongtu/aws";

/**
 * Downloads the object twice: once to verify all of it, and once more as its plaintext is read.
 * @param options of openObject: objects of version 2 need `commitmentPolicy: "REQUIRE_ENCRYPT_ALLOW_DECRYPT"`
 * @param place `instructionSuffix`, of instruction files, where it is not `.instruction`. `passPlain` hands on what nobody
 *   sealed as it is, with `format: "plain"`; without it that is an error of the code `ERR_NOT_SEALED`. Nothing authenticates
 *   a plain object, and whoever can write to the bucket can make one of any: never take one for what was sealed
 * @returns what openObject gives: `plaintext`, a stream of `size` bytes, `format`, …
 */
export async function openFromS3(s3, keyring, { Bucket, Key }, options, place = {}) {
  const { instructionSuffix = ".instruction", passPlain = false } = place;
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  const { Metadata: metadata = {}, ETag, ContentLength } = head;
  const get = async (key, conditions) =>
    (await s3.send(new GetObjectCommand({ Bucket, Key: key, ...conditions }))).Body;
  const hasKey = "x-amz-3" in metadata || "x-amz-key-v2" in metadata;
  const instructionFile = hasKey
    ? undefined
    : await get(Key + instructionSuffix).then((body) => body.transformToString(), unlessMissing);
  const body = async () => (await get(Key, { IfMatch: ETag })).transformToWebStream();
  try {
    return await openObject(keyring, { metadata, instructionFile, body }, options);
  } catch (error) {
    if (!passPlain || error.code !== "ERR_NOT_SEALED") throw error;
    return { plaintext: await body(), size: ContentLength, format: "plain" };
  }
}

/** To who may not list the bucket S3 says that access is denied to what is not there. */
function unlessMissing(error) {
  if (error.name !== "NoSuchKey" && error.name !== "AccessDenied") throw error;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [keyArn, Bucket, Key, instructionSuffix] = process.argv.slice(2);
  const keyring = Keyring.kmsRsa({ keyArn, kms: kms(new KMSClient({})) });
  const object = { Bucket, Key };
  const { plaintext } = await openFromS3(
    new S3Client({}),
    keyring,
    object,
    {},
    { instructionSuffix },
  );
  await pipeline(plaintext, process.stdout);
}
