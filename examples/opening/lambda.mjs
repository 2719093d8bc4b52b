// An AWS Lambda function that opens sealed uploads as they arrive: S3 sends it an event for every new object, and the plaintext
// goes into another bucket, where S3 encrypts it with that bucket's own key. What nobody sealed stays where it is, and is named
// in the log.
//
// Its environment: KEY_ARN, the RSA key; OPENED_BUCKET; INSTRUCTION_SUFFIX, of instruction files, where it is not `.instruction`.
// Its role: kms:Decrypt with that key, s3:GetObject on the one bucket and s3:PutObject on the other.

import { Readable } from "node:stream";
import { KMSClient } from "@aws-sdk/client-kms";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Keyring } from "bongtu";
import { kms } from "bongtu/aws";
import { openFromS3 } from "./open-object.mjs";

const {
  KEY_ARN,
  OPENED_BUCKET,
  INSTRUCTION_SUFFIX: instructionSuffix = ".instruction",
} = process.env;
// What is uploaded is a stream; with a checksum of its own around it the SDK would not see its error.
const s3 = new S3Client({ requestChecksumCalculation: "WHEN_REQUIRED" });
const keyring = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: kms(new KMSClient({})) });

export async function handler({ Records }) {
  for (const {
    s3: { bucket, object },
  } of Records) {
    const place = { Bucket: bucket.name, Key: decodeURIComponent(object.key.replaceAll("+", " ")) };
    try {
      const opened = await openFromS3(s3, keyring, place, {}, { instructionSuffix });
      await store(place.Key, Readable.fromWeb(opened.plaintext), opened.size);
    } catch (error) {
      if (error.code !== "ERR_NOT_SEALED") throw error;
      // An instruction file goes with the object that comes after it.
      if (!place.Key.endsWith(instructionSuffix))
        console.warn("not sealed:", JSON.stringify(place));
    }
  }
}

async function store(Key, Body, ContentLength) {
  // The plaintext ends in an error when its second download is not what was verified; the SDK would wait for more.
  const failing = new AbortController();
  Body.once("error", () => failing.abort());
  const command = new PutObjectCommand({ Bucket: OPENED_BUCKET, Key, Body, ContentLength });
  await s3.send(command, { abortSignal: failing.signal });
}
