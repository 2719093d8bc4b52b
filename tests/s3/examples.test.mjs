// The examples do what they say.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, HeadObjectCommand, ListPartsCommand } from "@aws-sdk/client-s3";
import { Keyring } from "bongtu";
import { kms as awsKms } from "bongtu/aws";
import * as customerKey from "../../examples/uploads/customer-key.mjs";
import { upload as uploadInNode } from "../../examples/uploads/lib-storage.mjs";
import { launchChromium, openPage } from "../support/chromium.mjs";
import { perform } from "./clients/chromium.mjs";
import { plaintextOf } from "./plaintext.mjs";
import { createReaders } from "./readers.mjs";
import { createWorld } from "./world.mjs";

const MIB = 1024 * 1024;
/** It waits for what happens in a page, which may never. */
const LIMIT = { timeout: 600_000 };

const world = await createWorld("examples", { pages: { examples: "./examples.page.mjs" } });
after(world.close);
const { backEnd, folder, keys, kms, pinned, site, store } = world;
const { bucket: Bucket, client: s3 } = store;
const keyring = Keyring.kmsRsa({ ...keys, kms: awsKms(kms.client(keys.keyArn)) });
const { opens, close } = createReaders(world);
after(close);
const page = await world.openPage("examples");

test("a presigned PUT from a page", async () => {
  const key = await page.run("presignedPut", { keys: pinned, length: 3 * MIB });
  await opens("message", key, 3 * MIB);
});

test("a presigned POST from a page", async () => {
  const key = await page.run("presignedPost", { keys: pinned, length: 3 * MIB });
  await opens("v3", key, 3 * MIB);
});

test("Uppy in a page, in parts and in one piece", async () => {
  const lengths = [17 * MIB, 1000];
  const about = { keys: pinned, lengths, multipartFrom: 10 * MIB };
  const { uploaded, failed } = await page.run("uppy", about);
  assert.deepEqual(failed, []);
  assert.equal(uploaded.length, 2);
  for (const { name, key } of uploaded) await opens("v3", key, Number.parseInt(name, 10));
  assert.deepEqual(await Promise.all(uploaded.map(partsOf)), ["3", undefined]);
});

test("Uppy tries again, with what it sealed the first time", async (t) => {
  const { sign } = backEnd;
  let refusals = 1;
  t.mock.method(backEnd, "sign", (request) => {
    if (refusals-- > 0) throw new Error("not now");
    return sign.call(backEnd, request);
  });
  const about = { keys: pinned, lengths: [1000], multipartFrom: 10 * MIB };
  const { failedFirst, uploaded, failed } = await page.run("uppy", about);
  assert.equal(failedFirst, 1);
  assert.deepEqual(failed, []);
  await opens("v3", uploaded[0].key, 1000);
});

test("lib-storage in Node, in parts and in one piece", async () => {
  for (const [length, parts] of [
    [17 * MIB, "3"],
    [1000, undefined],
  ]) {
    const path = join(folder, "plaintext");
    await writeFile(path, plaintextOf(length));
    const Key = `lib-storage/${length}`;
    await uploadInNode(s3, keyring, path, { Bucket, Key });
    await opens("v3", Key, length);
    assert.equal(await partsOf({ key: Key }), parts);
  }
});

test("SSE-C in Node, and its key", async () => {
  const target = { Bucket, Key: "customer-key/object" };
  const body = randomBytes(100_000);
  await customerKey.put(s3, Keyring.kmsRsa(keys), target, body);
  await assert.rejects(s3.send(new GetObjectCommand(target)), { name: "InvalidRequest" });
  const found = await customerKey.get(s3, keyring, target);
  assert.ok(body.equals(await found.transformToByteArray()));
});

test("an upload from a page that is closed, and goes on in another one", LIMIT, async (t) => {
  const browser = await launchChromium();
  t.after(() => browser.close());
  const profile = await browser.newContext();
  const length = 45 * MIB; // six parts
  const asked = new Set(); // parts that were to be signed
  const { sign } = backEnd;
  const third = new Promise((reached) => {
    t.mock.method(backEnd, "sign", (request) => {
      const isPart = request.partNumber !== undefined;
      if (isPart) asked.add(request.partNumber);
      if (!isPart || request.partNumber !== 3 || closed) return sign.call(backEnd, request);
      reached(request);
      return new Promise(() => {});
    });
  });
  let closed = false;

  const first = await openPage(profile, `${site.origin}/examples`);
  const lost = perform(first, "uploadThatSurvives", { keys: pinned, length });
  lost.catch(() => {});
  const { key, uploadId } = await third;
  const listed = async () => {
    const upload = { Bucket, Key: key, UploadId: uploadId };
    const { Parts = [] } = await s3.send(new ListPartsCommand(upload));
    return Parts.map(({ PartNumber }) => PartNumber);
  };
  while ((await listed()).length < 5) await sleep(20); // all but the third
  await first.close();
  closed = true;
  await assert.rejects(lost);
  asked.clear();

  const second = await openPage(profile, `${site.origin}/examples`);
  assert.notDeepEqual(await perform(second, "storedFiles", {}), []);
  await goOn(second);
  assert.deepEqual([...asked], [3], "what S3 has is not sent again");
  await opens("v3", key, length);
  assert.deepEqual(await perform(second, "storedFiles", {}), [], "nothing stays in the browser");
});

test("an upload whose page was closed when all was there is not sent again", LIMIT, async (t) => {
  const browser = await launchChromium();
  t.after(() => browser.close());
  const profile = await browser.newContext();
  const length = 12 * MIB;
  const asked = new Set();
  const { sign } = backEnd;
  t.mock.method(backEnd, "sign", (request) => {
    asked.add(`${request.method} ${request.partNumber ?? ""}`);
    return sign.call(backEnd, request);
  });
  const first = await openPage(profile, `${site.origin}/examples`);
  const completed = new Promise((resolve) => {
    const completes = (url) =>
      url.searchParams.has("uploadId") && !url.searchParams.has("partNumber");
    first.route(completes, async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      resolve(await route.fetch()); // and the page never hears of it
    });
  });
  const lost = perform(first, "uploadThatSurvives", { keys: pinned, length });
  lost.catch(() => {});
  assert.equal((await completed).status(), 200);
  const { key } = backEnd.sign.mock.calls.at(-1).arguments[0];
  await first.close();
  await assert.rejects(lost);
  asked.clear();

  const second = await openPage(profile, `${site.origin}/examples`);
  await goOn(second);
  assert.deepEqual([...asked], ["GET ", "HEAD "]);
  await opens("v3", key, length);
  assert.deepEqual(await perform(second, "storedFiles", {}), []);
});

/** Has a page go on, again while the one before, which is closed, still has its lock: then it is left to that one. */
async function goOn(page) {
  for (const deadline = Date.now() + 10_000; ; await sleep(20)) {
    await perform(page, "goOn", {});
    const files = await perform(page, "storedFiles", {});
    if (files.length === 0 || Date.now() > deadline) return;
  }
}

/** The number of parts that an object was uploaded in, as its ETag tells. */
async function partsOf({ key }) {
  const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key: key }));
  return ETag.match(/-(\d+)"$/)?.[1];
}
