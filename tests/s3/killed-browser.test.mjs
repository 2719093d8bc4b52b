// 1 GiB from a browser that is killed after a third of it and started again, while the source is long gone.

import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutBucketCorsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { chromium } from "playwright-core";
import { pythonJudge } from "../interop/judges.mjs";
import { setUpAws } from "../interop/setup.mjs";
import { findChromium, LIMIT_MS } from "../support/chromium.mjs";
import { servePage } from "../support/pages.mjs";
import {
  dataKeyOf,
  digestOf,
  MARKER,
  MIB,
  numbersTo,
  SIZE,
  secretsOf,
  writeSource,
} from "./large-upload.mjs";

/** Parts that are sent at a time where no plan says otherwise. */
const CONCURRENCY = 4;

const { folder, kms, store, emulator, close } = await setUpAws("killed");
after(close);
const { bucket: Bucket, client: s3 } = store;
const Key = "large";
const { arn, publicKey } = await kms.createKey("RSA_2048");

test(`${SIZE / MIB} MiB: killed after a third, it goes on, and an official reader opens it`, async (t) => {
  const source = join(folder, "source");
  const digest = await writeSource(source);
  const site = await servePage(new URL("killed-browser.page.mjs", import.meta.url), [
    emulator.endpoint,
  ]);
  t.after(() => site.close());
  await allowPages(new URL(site.url).origin);
  const profile = await mkdtemp(join(tmpdir(), "bongtu-profile-"));
  t.after(() => rm(profile, { recursive: true, force: true }));
  const back = backEnd();

  const first = await openPage(t, profile, site.url, back);
  await first.page.setInputFiles("input", source);
  const size = await first.page.evaluate(
    ([pem, keyArn]) => globalThis.sealChosenFile(pem, keyArn),
    [await readFile(publicKey, "utf8"), arn],
  );
  await rm(source);
  const total = Math.ceil(size / (8 * MIB));
  const third = Math.ceil(total / 3);
  // Whoever asks for one part more than are sent at a time has seen that many recorded.
  const reached = back.until(third + CONCURRENCY, total);
  const uploading = first.page.evaluate(() => globalThis.goOn()).catch(() => "killed");
  await reached;
  await kill(profile);
  assert.equal(await uploading, "killed");
  await first.close();

  const secrets = await secretsOf(profile);
  t.diagnostic(
    `${(secrets.bytes / MIB).toFixed(0)} MiB in the profile of the browser that was killed`,
  );
  assert.ok(secrets.bytes > SIZE, "the ciphertext was not looked at");
  assert.equal(
    secrets.found(Buffer.from('"bongtu":"spool"')),
    true,
    "the record was not looked at",
  );
  assert.equal(secrets.found(MARKER), false, "plaintext is in the profile");

  back.resume();
  const second = await openPage(t, profile, site.url, back);
  const [finished] = await second.page.evaluate(() => globalThis.finishedParts());
  t.diagnostic(`${finished.length} of ${total} parts were finished`);
  assert.ok(finished.length >= third && finished.length < total, `${finished.length} parts`);
  back.signed.clear();
  await second.page.evaluate(() => globalThis.goOn());
  assert.deepEqual(
    [...back.signed].filter((part) => finished.includes(part)),
    [],
    "sent twice",
  );
  assert.deepEqual(
    [...finished, ...back.signed].sort((a, b) => a - b),
    numbersTo(total),
  );
  assert.deepEqual(await second.page.evaluate(() => globalThis.originFiles()), []);
  await second.close();
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  assert.deepEqual(Uploads, []);

  const message = join(folder, "message");
  const { Body, ContentLength } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  assert.equal(ContentLength, size);
  await pipeline(Body, createWriteStream(message));
  const key = await dataKeyOf(message, kms.client(arn), arn);
  for (const form of [key, key.toString("hex"), key.toString("base64")]) {
    assert.equal(secrets.found(Buffer.from(form)), false, "the data key is in the profile");
  }
  const empty = await secretsOf(profile);
  assert.ok(empty.bytes < SIZE / 4, `${empty.bytes} bytes are left in the profile`);
  assert.equal(empty.found(MARKER) || empty.found(key), false);

  const judge = pythonJudge(emulator);
  t.after(() => judge.close());
  const out = join(folder, "opened");
  await judge.open({ arn, algorithm: "RSAES_OAEP_SHA_256", in: message, out, context: {} });
  assert.equal(await digestOf(out), digest);
});

function allowPages(origin) {
  const rule = {
    AllowedOrigins: [origin],
    AllowedMethods: ["PUT"],
    AllowedHeaders: ["*"],
    ExposeHeaders: ["ETag"],
  };
  return s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
}

/** The page's server. `signed` has the parts that it signed; a part that failed stands there more than once. */
function backEnd() {
  const signed = new Set();
  let wanted;
  const at = { Bucket, Key };
  const answers = {
    create: () => s3.send(new CreateMultipartUploadCommand(at)),
    sign({ partNumber: PartNumber, uploadId: UploadId }) {
      signed.add(PartNumber);
      if (signed.size >= wanted?.count) wanted.reached();
      if (PartNumber === wanted?.last) return new Promise(() => {});
      return getSignedUrl(s3, new UploadPartCommand({ ...at, PartNumber, UploadId }));
    },
    complete: ({ parts: Parts, uploadId: UploadId }) =>
      s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } })),
    abort: ({ uploadId: UploadId }) =>
      s3.send(new AbortMultipartUploadCommand({ ...at, UploadId })),
  };
  return {
    signed,
    answer: (operation, parameters) => answers[operation](parameters),
    /** Resolves when it was asked for so many parts, the last of which the page is never given until `resume()`. */
    until: (count, last) =>
      new Promise((reached) => {
        wanted = { count, last, reached };
      }),
    resume() {
      wanted = undefined;
    },
  };
}

async function openPage(t, profile, url, back) {
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    timeout: LIMIT_MS,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  browser.setDefaultTimeout(LIMIT_MS);
  const closeIt = () => browser.close().catch(() => {});
  t.after(closeIt);
  const page = await browser.newPage();
  await page.exposeFunction("backEnd", back.answer);
  await page.goto(url);
  await page.waitForFunction(() => globalThis.originFiles !== undefined);
  return { page, close: closeIt };
}

/** Kills the browser of this profile and all that it started, as a power cut would. */
async function kill(profile) {
  const processes = await processesNow();
  const doomed = new Set(
    processes.filter(({ command }) => command.includes(profile)).map(({ pid }) => pid),
  );
  assert.ok(doomed.size > 0, "no browser runs with this profile");
  for (let before = 0; before < doomed.size; ) {
    before = doomed.size;
    for (const { pid, parent } of processes) if (doomed.has(parent)) doomed.add(pid);
  }
  for (const pid of doomed) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It went with another one.
    }
  }
  while ((await processesNow()).some(({ pid }) => doomed.has(pid))) await sleep(20);
}

/** Those that live: number, parent and command line. */
async function processesNow() {
  const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(
    numbers.map(async (name) => {
      const [stat, command] = await Promise.all(
        ["stat", "cmdline"].map((file) =>
          readFile(`/proc/${name}/${file}`, "utf8").catch(() => ""),
        ),
      );
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return { pid: Number(name), parent: Number(parent), command, state };
    }),
  );
  return all.filter(({ state }) => state !== undefined && state !== "" && state !== "Z");
}
