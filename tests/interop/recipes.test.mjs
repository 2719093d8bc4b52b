// The recipes of docs/opening.md that are bongtu itself, and all of them as commands. objects.test.mjs runs the Python and the
// Java one through every format and size.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { Keyring, sealObject } from "bongtu";
import { kms as awsKms } from "bongtu/aws";
import { plaintextFile } from "./cases.mjs";
import { toolsFolder } from "./emulator.mjs";
import { setUpAws } from "./setup.mjs";

const RECIPES = new URL("../../examples/opening/", import.meta.url);
const COMMANDS = {
  [process.execPath]: "open-object.mjs",
  [join(toolsFolder, "venv-s3ec/bin/python")]: "open_object.py",
};
const SIZES = [0, 17, 3 * 1024 * 1024 + 1];

const { emulator, folder, kms, store, close } = await setUpAws("uploads");
after(close);
const { bucket: Bucket, client: s3 } = store;
const { arn, publicKey } = await kms.createKey("RSA_2048");
const keyring = Keyring.kmsRsa({ keyArn: arn, kms: awsKms(kms.client(arn)) });

// The recipes make their clients of the environment, as they will where they are used.
Object.assign(process.env, emulator.env, { KEY_ARN: arn, OPENED_BUCKET: "opened" });
await s3.send(new CreateBucketCommand({ Bucket: process.env.OPENED_BUCKET }));
const { openFromS3 } = await import(new URL("open-object.mjs", RECIPES));
const { handler } = await import(new URL("lambda.mjs", RECIPES));

for (const instructionFile of [false, true]) {
  for (const size of SIZES) {
    const what = `${size} bytes${instructionFile ? " with an instruction file" : ""}`;

    test(`Node opens ${what}`, async () => {
      const { Key, plaintext } = await upload(`node/${what}`, size, { instructionFile });
      const opened = await openFromS3(s3, keyring, { Bucket, Key });
      assert.equal(opened.size, size);
      assert.deepEqual(await buffer(opened.plaintext), plaintext);
    });

    test(`Lambda opens ${what}`, async () => {
      const { Key, plaintext } = await upload(`lambda/${what} + 용지`, size, { instructionFile });
      await handler(eventOf(Key, ...(instructionFile ? [`${Key}.instruction`] : [])));
      assert.deepEqual(await objectIn(process.env.OPENED_BUCKET, Key), plaintext);
    });
  }
}

test("an instruction file under another suffix", async () => {
  const suffix = ".second-key";
  const { Key, plaintext } = await upload("suffix", 17, { instructionFile: true });
  const from = `${Bucket}/${Key}.instruction`;
  await s3.send(new CopyObjectCommand({ Bucket, Key: Key + suffix, CopySource: from }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: `${Key}.instruction` }));
  const opened = await openFromS3(s3, keyring, { Bucket, Key }, {}, { instructionSuffix: suffix });
  assert.deepEqual(await buffer(opened.plaintext), plaintext);
  for (const [program, recipe] of Object.entries(COMMANDS)) {
    assert.deepEqual((await run(program, recipe, Key, suffix)).stdout, plaintext, recipe);
  }
  // Its data key is nowhere, but somebody sealed it.
  await assert.rejects(openFromS3(s3, keyring, { Bucket, Key }), { code: "ERR_METADATA" });
});

test("a plain object is named, and passes only where that was asked for", async (t) => {
  const Key = "plain/report 용지.txt";
  const Metadata = { author: "x" };
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "plain", Metadata }));
  await assert.rejects(openFromS3(s3, keyring, { Bucket, Key }), { code: "ERR_NOT_SEALED" });
  const passed = await openFromS3(s3, keyring, { Bucket, Key }, {}, { passPlain: true });
  assert.deepEqual([passed.format, passed.size], ["plain", 5]);
  assert.equal(`${await buffer(passed.plaintext)}`, "plain");

  const warn = t.mock.method(console, "warn", () => {});
  const { Key: sealed, plaintext } = await upload("plain/beside", 17, {});
  await handler(eventOf(Key, sealed));
  assert.deepEqual(
    warn.mock.calls.map((call) => call.arguments),
    [["not sealed:", JSON.stringify({ Bucket, Key })]],
  );
  await assert.rejects(objectIn(process.env.OPENED_BUCKET, Key), { name: "NoSuchKey" });
  assert.deepEqual(await objectIn(process.env.OPENED_BUCKET, sealed), plaintext);

  for (const [program, recipe] of Object.entries(COMMANDS)) {
    await assert.rejects(run(program, recipe, Key), (error) => {
      assert.equal(error.stdout.length, 0);
      assert.match(`${error.stderr}`, /ERR_NOT_SEALED|NotSealedError/);
      return true;
    });
  }
});

test("what is broken does not pass for plain", async () => {
  const { Key } = await upload("broken", 17, {});
  const { Metadata } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const { "x-amz-3": _, ...rest } = Metadata;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", Metadata: rest }));
  const passing = openFromS3(s3, keyring, { Bucket, Key }, {}, { passPlain: true });
  await assert.rejects(passing, { code: "ERR_METADATA" });
  const python = Object.entries(COMMANDS).find(([, recipe]) => recipe.endsWith(".py"));
  await assert.rejects(run(...python, Key), (error) => !/NotSealedError:/.test(`${error.stderr}`));
  await assert.rejects(handler(eventOf(Key)), { code: "ERR_METADATA" });
});

test("Node opens version 2 when told so, and only then", async () => {
  const { Key, plaintext } = await upload("node/v2", 17, { format: "v2" });
  await assert.rejects(openFromS3(s3, keyring, { Bucket, Key }), {
    code: "ERR_COMMITMENT_POLICY",
  });
  const commitmentPolicy = "REQUIRE_ENCRYPT_ALLOW_DECRYPT";
  const opened = await openFromS3(s3, keyring, { Bucket, Key }, { commitmentPolicy });
  assert.deepEqual(await buffer(opened.plaintext), plaintext);
});

test("Lambda stores nothing of an object that was changed", async () => {
  const { Key } = await upload("lambda/changed", 3 * 1024 * 1024, {});
  const { Body, Metadata } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const bytes = Buffer.from(await Body.transformToByteArray());
  bytes[bytes.length - 100] ^= 1;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: bytes, Metadata }));
  await assert.rejects(handler(eventOf(Key)), { code: "ERR_AUTHENTICATION" });
  await assert.rejects(objectIn(process.env.OPENED_BUCKET, Key), { name: "NoSuchKey" });
});

test("the Node and the Python recipe as commands", async () => {
  const { Key, plaintext } = await upload("command", 1024, {});
  for (const [program, recipe] of Object.entries(COMMANDS)) {
    assert.deepEqual((await run(program, recipe, Key)).stdout, plaintext, recipe);
  }
});

async function upload(Key, size, options) {
  const plaintext = await readFile(await plaintextFile(folder, size));
  const publicHalf = Keyring.kmsRsa({ publicKey: await readFile(publicKey), keyArn: arn });
  const sealed = await sealObject(publicHalf, plaintext, options);
  const file = join(folder, "sealed");
  await writeFile(file, new Uint8Array(await sealed.arrayBuffer()));
  sealed.dispose();
  const { metadata, instructionFile } = sealed;
  await store.put(Key, { file, metadata, instructionFile });
  return { Key, plaintext };
}

function run(program, recipe, ...words) {
  const file = fileURLToPath(new URL(recipe, RECIPES));
  const options = { env: emulator.env, encoding: "buffer" };
  return promisify(execFile)(program, [file, arn, Bucket, ...words], options);
}

/** The event that S3 sends to Lambda, as far as the function looks at it. */
function eventOf(...keys) {
  const encoded = keys.map((key) => encodeURIComponent(key).replaceAll("%20", "+"));
  return {
    Records: encoded.map((key) => ({ s3: { bucket: { name: Bucket }, object: { key } } })),
  };
}

async function objectIn(bucket, Key) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return Buffer.from(await Body.transformToByteArray());
}
