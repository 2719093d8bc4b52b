// A sealed object as a parallel multipart upload to S3.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { after, test } from "node:test";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Keyring, openObject, sealObject } from "bongtu";
import { kms as awsKms } from "bongtu/aws";
import { plaintextFile } from "./cases.mjs";
import { setUpAws } from "./setup.mjs";

const PART = 5 * 1024 * 1024;

const { folder, kms, store, close } = await setUpAws("multipart");
after(close);
const { bucket: Bucket, client: s3 } = store;
const { arn, publicKey } = await kms.createKey("RSA_2048");
const keyring = Keyring.kmsRsa({
  publicKey: await readFile(publicKey),
  keyArn: arn,
  kms: awsKms(kms.client(arn)),
});

for (const format of ["v3", "v2"]) {
  for (const [what, length] of Object.entries({
    "parts of different sizes": 3 * PART + 12_345,
    "a last part that is only the tag": 3 * PART,
  })) {
    test(`${format}: parts out of order, one fails and is sent again; ${what}`, async (t) => {
      const plaintext = await readFile(await plaintextFile(folder, length));
      const sealed = await sealObject(keyring, plaintext, { format });
      t.after(() => sealed.dispose());
      const parts = sealed.parts(PART);
      assert.equal(parts.length, 4);

      const Key = `${format} ${length}`;
      const upload = await begin(Key, sealed);
      const [one, two, three, four] = parts;
      await assert.rejects(sendHalf(upload, two));
      const sent = await Promise.all([four, two, one, three].map((part) => send(upload, part)));
      await complete(upload, sent);

      const { Body, Metadata } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const body = Buffer.from(await Body.transformToByteArray());
      assert.equal(body.length, sealed.contentLength);
      assert.ok(body.equals(new Uint8Array(await sealed.arrayBuffer())), "other bytes");
      const opened = await openObject(
        keyring,
        { metadata: Metadata, body },
        { commitmentPolicy: "REQUIRE_ENCRYPT_ALLOW_DECRYPT" },
      );
      assert.ok((await buffer(opened.plaintext)).equals(plaintext), "another plaintext");
    });
  }
}

test("a source that changes between two attempts is refused, and nothing is completed", async (t) => {
  const source = Buffer.from(await readFile(await plaintextFile(folder, 2 * PART + 1)));
  const sealed = await sealObject(keyring, source);
  t.after(() => sealed.dispose());
  const [one, two, three] = sealed.parts(PART);
  const upload = await begin("changed", sealed);
  const uploading = async () => {
    const sent = [await send(upload, three)];
    await assert.rejects(sendHalf(upload, two));
    source[PART + 1000] ^= 1;
    for (const part of [two, one]) sent.push(await send(upload, part));
    await complete(upload, sent);
  };
  await assert.rejects(uploading(), { code: "ERR_SOURCE_CHANGED" });
  // It stays refused, also for parts that were right.
  await assert.rejects(send(upload, three), { code: "ERR_SOURCE_CHANGED" });
  await s3.send(new AbortMultipartUploadCommand(upload));

  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  assert.deepEqual(Uploads, []);
  await assert.rejects(s3.send(new GetObjectCommand({ Bucket, Key: "changed" })), {
    name: "NoSuchKey",
  });
});

async function begin(Key, { metadata }) {
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, Metadata: metadata }),
  );
  return { Bucket, Key, UploadId };
}

async function send(upload, { partNumber: PartNumber, body }) {
  const Body = new Uint8Array(await body.arrayBuffer());
  const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
  return { PartNumber, ETag };
}

/** An upload that breaks off after half of the part. */
async function sendHalf(upload, { partNumber: PartNumber, body }) {
  const breaking = new AbortController();
  async function* half() {
    let rest = body.size / 2;
    for await (const bytes of Readable.fromWeb(body.stream())) {
      yield bytes;
      rest -= bytes.length;
      if (rest < 0) return breaking.abort();
    }
  }
  const part = { PartNumber, Body: Readable.from(half()), ContentLength: body.size };
  const abortSignal = breaking.signal;
  await s3.send(new UploadPartCommand({ ...upload, ...part }), { abortSignal });
}

async function complete(upload, sent) {
  const Parts = sent.toSorted((a, b) => a.PartNumber - b.PartNumber);
  await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
}
