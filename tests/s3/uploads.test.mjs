// Sealed data reaches S3 whole, in every way and from everywhere, and AWS's own software opens what is stored.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, test } from "node:test";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
} from "@aws-sdk/client-s3";
import { postPolicy, sse } from "bongtu";
import { createBackEnd } from "../../examples/uploads/back-end.mjs";
import { createReaders } from "./readers.mjs";
import { createWorld } from "./world.mjs";

const MIB = 1024 * 1024;
const FORMATS = ["message", "v3", "v2"];
const SHORT = 100_003;
/** Three parts, the last one short. */
const LONG = 11 * MIB + 17;
/** The emulator's CRCs take seconds for 10 MiB. */
const TWO_PARTS = 5 * MIB + 17;

const world = await createWorld("uploads", { backEnd: { formats: FORMATS } });
after(world.close);
const { clients, emulator, keys, kms, presign, store } = world;
const { bucket: Bucket, client: s3 } = store;
const { opens, close } = createReaders(world);
after(close);

for (const client of clients) {
  for (const format of FORMATS) {
    const title = (text) => `${client.name}, ${format}: ${text}`;

    test(title("a presigned PUT"), async () => {
      const { status, key } = await client.run("put", { keys, format, length: SHORT });
      assert.equal(status, 200);
      await opens(format, key, SHORT);
    });

    test(title("a presigned PUT never replaces an object if told so"), async () => {
      const put = { keys, format, length: SHORT, options: { createOnly: true } };
      const { status, key, again } = await client.run("put", { ...put, twice: true });
      assert.equal(status, 200);
      assert.deepEqual([again.status, again.code], [412, "PreconditionFailed"]);
      await opens(format, key, SHORT);
    });

    test(title("a presigned POST"), async () => {
      const { status, key } = await client.run("post", { keys, format, length: SHORT });
      assert.equal(status, 204);
      await opens(format, key, SHORT);
    });

    test(title("an upload in parts, in parallel"), async () => {
      const { key, parts, most } = await client.run("multipart", { keys, format, length: LONG });
      assert.deepEqual(
        parts.map(({ PartNumber }) => PartNumber),
        [1, 2, 3],
      );
      assert.ok(most > 1, "one part after the other");
      await opens(format, key, LONG);
    });
  }
  test(`${client.name}: what is sealed may be encrypted by S3 as well, under a KMS key`, async (t) => {
    const kmsKeyId = await kms.createSymmetricKey();
    const upload = { keys, format: "v3", length: SHORT, options: { kmsKeyId } };
    await assert.rejects(client.run("put", upload), { code: "ERR_UPLOAD_HEADERS" });

    const place = { s3, bucket: Bucket, bucketUrl: world.bucketUrl };
    const insisting = createBackEnd(place, { mode: sse.kms({ keyId: kmsKeyId }) });
    t.mock.method(world.backEnd, "sign", (request) => insisting.sign(request));
    const { status, key } = await client.run("put", upload);
    assert.equal(status, 200);
    await opens("v3", key, SHORT);
    const stored = await s3.send(new HeadObjectCommand({ Bucket, Key: key }));
    assert.deepEqual([stored.ServerSideEncryption, stored.SSEKMSKeyId], ["aws:kms", kmsKeyId]);
  });

  test(`${client.name}: a form that the caller's own code signed`, async () => {
    const key = `own-signer/${client.name}`;
    const policy = postPolicy({ bucket: Bucket, key, format: "v3", expires: 600 });
    const { accessKeyId, secretAccessKey } = emulator.credentials;
    const hmac = (secret, text) => createHmac("sha256", secret).update(text).digest();
    const fields = await policy.sign({
      accessKeyId,
      region: emulator.region,
      sign(text, { date, region, service }) {
        const signing = [date, region, service, "aws4_request"];
        return hmac(signing.reduce(hmac, `AWS4${secretAccessKey}`), text).toString("hex");
      },
    });
    const form = { url: world.bucketUrl, fields };
    const { status } = await client.run("post", { keys, format: "v3", length: SHORT, form });
    assert.equal(status, 204);
    await opens("v3", key, SHORT);
  });

  for (const checksum of ["SHA256", "CRC32", "CRC32C", "CRC64NVME", "MD5"]) {
    test(`${client.name}: parts with ${checksum}, one of which arrives damaged`, async () => {
      const upload = { keys, format: "v3", length: TWO_PARTS, checksum };
      const { key, parts, whole } = await client.run("multipart", { ...upload, corrupt: 1 });
      await opens("v3", key, TWO_PARTS);
      assert.ok(parts.every((part) => checksum === "MD5" || part[`Checksum${checksum}`]));
      await isOfWhole(client, whole, key);

      const lost = client.run("multipart", { ...upload, corrupt: 2 });
      await assert.rejects(lost, ({ code, message, cause }) => {
        assert.equal(code, "ERR_UPLOAD");
        assert.match(`${message} ${cause}`, /of 2 parts these are missing: .*2.*BadDigest/s);
        return true;
      });
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
      assert.deepEqual(Uploads, [], "it was aborted at the server");
    });
  }
}

/** Has S3 say whether a checksum that was put together of parts' is that of the object in one piece. */
async function isOfWhole(client, whole, key) {
  // S3 has no MD5 of objects; the emulator said so itself when the upload with a composite one was completed.
  if (whole === undefined || whole.value.includes("-")) return;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
  const headers = { [whole.header]: whole.value };
  const url = await presign("PUT", `${key}-whole`, headers);
  const body = await Body.transformToByteArray();
  const { status } = await fetch(url, { method: "PUT", headers, body });
  assert.equal(status, 200, `${client.name}: ${whole.algorithm}`);
}
