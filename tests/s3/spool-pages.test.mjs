// Spools in the origin private file system, by several pages of one origin: what one leaves another goes on with, two
// exclude each other, and where there is no room nothing is left.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { launchChromium } from "../support/chromium.mjs";
import { FakeS3 } from "../support/fake-s3.mjs";
import { servePage } from "../support/pages.mjs";
import { serveS3 } from "../support/s3-server.mjs";

const PART = 5 * 1024 * 1024;
const LENGTH = 3 * PART;

const browser = await launchChromium();
after(() => browser.close());

/** A store, the page's address, and pages of one profile that is thrown away. */
async function setUp(t, before, cors) {
  const s3 = new FakeS3();
  const server = await serveS3(s3, before, cors);
  const site = await servePage(new URL("../support/spool.page.mjs", import.meta.url), [
    server.origin,
  ]);
  const profile = await browser.newContext();
  t.after(() => profile.close());
  t.after(() => server.close());
  t.after(() => site.close());
  const open = async () => {
    const page = await profile.newPage();
    page.on("pageerror", (error) => assert.fail(error.stack));
    await page.goto(site.url);
    await page.waitForFunction(() => globalThis.files !== undefined);
    return page;
  };
  return { s3, url: `${server.origin}/key`, open, profile };
}

const spoolIn = (page, name, length = LENGTH) =>
  page.evaluate(([spoolName, size]) => globalThis.spoolHere(spoolName, size), [name, length]);
const listIn = (page) => page.evaluate(() => globalThis.listed());
const filesIn = (page) => page.evaluate(() => globalThis.files());
const uploadIn = (page, name, url, options) =>
  page.evaluate(([...given]) => globalThis.upload(...given), [name, url, options]);

/** Waits for locks of a closed page: the browser releases them some time later. */
const LIMIT_MS = 10_000;

/** The outcome of `run`, again and again while a page that is closed still has its lock. */
async function onceLetGo(run) {
  for (const deadline = Date.now() + LIMIT_MS; ; await sleep(20)) {
    const outcome = await run();
    if (outcome.code !== "ERR_SPOOL" || Date.now() > deadline) return outcome;
  }
}

test("a page is closed in the middle of an upload, another goes on", async (t) => {
  let reached;
  const third = new Promise((resolve) => {
    reached = resolve;
  });
  let closed = false;
  const { s3, url, open } = await setUp(t, async ({ method, stored }) => {
    if (method === "PUT" && stored >= 1 && !closed) {
      reached();
      await new Promise(() => {});
    }
  });
  const first = await open();
  const { value: size } = await spoolIn(first, "file");
  const uploading = uploadIn(first, "file", url).catch(() => "closed");
  await third;
  await first.close();
  closed = true;
  assert.equal(await uploading, "closed");

  const second = await open();
  const [kept] = await listIn(second);
  assert.deepEqual([kept.name, kept.size, kept.uploadId], ["file", size, "upload-1"]);
  s3.stored = [];
  const goOn = () => uploadIn(second, "file", url, { checksum: undefined });
  assert.deepEqual(await onceLetGo(goOn), { value: 4 });
  assert.ok(!s3.stored.some((part) => kept.parts.includes(part)), "a finished part was sent twice");
  assert.equal(s3.objects.get("/key").bytes.length, size);
  assert.equal(s3.uploads.size, 0);
  assert.deepEqual(await filesIn(second), {});
});

test("a page is closed while it seals: what it left is thrown away by the next that looks", async (t) => {
  const { open, profile } = await setUp(t);
  const first = await open();
  let reached;
  const fourth = new Promise((resolve) => {
    reached = resolve;
  });
  await first.exposeFunction("reached", reached);
  // However slowly it is closed, it seals no more than this.
  await first.evaluate(() => {
    const { prototype } = FileSystemWritableFileStream;
    const { write } = prototype;
    let writes = 0;
    prototype.write = function (...given) {
      if (++writes <= 3) return write.apply(this, given);
      globalThis.reached();
      return new Promise(() => {});
    };
  });
  const spooling = spoolIn(first, "cut").catch(() => "closed");
  await fourth;
  await first.close();
  assert.equal(await spooling, "closed");
  const second = await open();
  assert.notDeepEqual(await filesIn(second), {}, "it left nothing to throw away");
  let files;
  for (const deadline = Date.now() + LIMIT_MS; ; await sleep(20)) {
    assert.deepEqual(await listIn(second), []);
    files = await filesIn(second);
    if (Object.keys(files).length === 0 || Date.now() > deadline) break;
  }
  assert.deepEqual(files, {});
  assert.equal(profile.pages().length, 1);
});

test("a second tab is excluded by the first, and only while that is there", async (t) => {
  let reached;
  const held = new Promise((resolve) => {
    reached = resolve;
  });
  let hold = true;
  const { url, open, s3 } = await setUp(t, async ({ method }) => {
    if (method === "PUT" && hold) {
      reached();
      await new Promise(() => {});
    }
  });
  const first = await open();
  await spoolIn(first, "file");
  const second = await open();
  await second.evaluate(() => globalThis.hold("file"));
  const uploading = uploadIn(first, "file", url).catch(() => "closed");
  await held;
  const refused = [
    await second.evaluate((at) => globalThis.uploadHeld(at), url),
    await second.evaluate(() => globalThis.deleteHeld()),
    await spoolIn(second, "file", 1000),
  ];
  assert.deepEqual(
    refused.map(({ code }) => code),
    ["ERR_SPOOL", "ERR_SPOOL", "ERR_SPOOL"],
  );
  assert.equal((await listIn(second)).length, 1);
  hold = false;
  await first.close();
  await uploading;
  const goOn = () => second.evaluate((at) => globalThis.uploadHeld(at), url);
  assert.deepEqual(await onceLetGo(goOn), { value: 4 });
  assert.equal(s3.objects.size, 1);
  assert.deepEqual(await filesIn(second), {});
});

test("while one tab seals another looks: it takes nothing away", async (t) => {
  const { open } = await setUp(t);
  const [first, second] = [await open(), await open()];
  let told;
  const begun = new Promise((resolve) => {
    told = resolve;
  });
  await first.exposeFunction("told", told);
  const spooling = spoolIn(first, "file", 40 * 1024 * 1024);
  await begun;
  await listIn(second);
  const { value: size } = await spooling;
  assert.deepEqual(
    (await listIn(second)).map((kept) => kept.size),
    [size],
  );
});

test("one tab spools and deletes while another lists over and over", async (t) => {
  const { open } = await setUp(t);
  const [first, second] = [await open(), await open()];
  const listing = second.evaluate(async () => {
    globalThis.listing = true;
    while (globalThis.listing) await globalThis.listed();
  });
  for (let round = 0; round < 30; round++) {
    const { code } = await spoolIn(first, "spool", 1000);
    assert.equal(code, undefined);
    await first.evaluate(() => globalThis.hold("spool"));
    assert.deepEqual(await first.evaluate(() => globalThis.deleteHeld()), { value: undefined });
  }
  await second.evaluate(() => {
    globalThis.listing = false;
  });
  await listing;
  assert.deepEqual(await filesIn(first), {});
});

test("no room in the origin's storage: ERR_QUOTA, and nothing is left", async (t) => {
  const { open, profile } = await setUp(t);
  const page = await open();
  const devtools = await profile.newCDPSession(page);
  const { origin } = new URL(page.url());
  const quotaOf = (quotaSize) =>
    devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize });
  await quotaOf(10 * 1024 * 1024);
  assert.equal((await spoolIn(page, "large", 20 * 1024 * 1024)).code, "ERR_QUOTA");
  assert.deepEqual(await filesIn(page), {});

  // It is told of more room than there is.
  await page.evaluate(() => {
    navigator.storage.estimate = async () => ({ quota: 1e12, usage: 0 });
  });
  const { code, cause } = await spoolIn(page, "large", 20 * 1024 * 1024);
  assert.deepEqual([code, cause], ["ERR_QUOTA", "QuotaExceededError"]);
  assert.deepEqual(await filesIn(page), {});
  assert.deepEqual(await listIn(page), []);

  await quotaOf(100 * 1024 * 1024);
  assert.ok((await spoolIn(page, "large", 20 * 1024 * 1024)).value > 0);
});

test("a bucket whose CORS rule hides the ETag: ERR_S3 says what it needs", async (t) => {
  const hiding = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "PUT, POST, GET, DELETE",
    "access-control-allow-headers": "*",
  };
  const { open, url, s3 } = await setUp(t, undefined, hiding);
  const page = await open();
  await spoolIn(page, "file");
  const { code, message } = await uploadIn(page, "file", url, { keep: false });
  assert.equal(code, "ERR_S3");
  assert.match(message, /"ExposeHeaders": \["ETag"\]/);
  assert.equal(s3.uploads.size, 0);
  assert.deepEqual(await filesIn(page), {});
});

test("checksums are fetched when they are asked for, under a strict policy", async (t) => {
  const { open, url, s3 } = await setUp(t);
  const page = await open();
  await spoolIn(page, "file");
  assert.deepEqual(await uploadIn(page, "file", url, { checksum: "CRC64NVME" }), { value: 4 });
  assert.equal(s3.objects.get("/key").algorithm, "CRC64NVME");
});
