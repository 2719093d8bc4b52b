// The whole trip, by itself, to each target: a file is sealed in a headless browser with the network cut, stored, and
// opened by the page and by AWS's own client; and a big file whose page is closed amid its upload. Exits 0 when all of
// it went as it should.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startDemo } from "../server/demo.mjs";
import { checkAccessible } from "./accessible.mjs";
import { checkAddress } from "./address.mjs";
import { checkBigUpload } from "./big.mjs";
import { openBrowser } from "./browser.mjs";
import { checkDoors } from "./doors.mjs";
import { makeFile } from "./file.mjs";
import { openMessageWithSdk, openObjectWithClient } from "./judge.mjs";
import { checkLanguages } from "./languages.mjs";
import { check } from "./report.mjs";
import { travel } from "./trip.mjs";
import { checkUploads } from "./uploads.mjs";

const FILE_MEBIBYTES = 32;
const BIG_MEBIBYTES = 64;
/** The target with which nothing of the file is sealed. */
const SMALL_MEBIBYTES = 2;

const undo = [];
let stopping = false;

async function stop(status) {
  if (stopping) return;
  stopping = true;
  for (const step of undo.reverse()) await step();
  process.exit(status);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(1));

try {
  const starting = startDemo();
  undo.push(async () => (await starting.catch(() => undefined))?.stop());
  const demo = await starting;
  const browser = await openBrowser();
  undo.push(() => browser.close());
  const directory = await mkdtemp(join(tmpdir(), "bongtu-demo-"));
  undo.push(() => rm(directory, { recursive: true }));

  await checkDoors(demo);
  await checkUploads(demo);
  await checkAddress(browser, demo);
  await checkLanguages(browser, demo);
  await checkAccessible(browser, demo);
  // The big upload waits most of the time, for its slow line.
  await Promise.all([
    makeTrips(demo, browser, directory),
    closePageAmidUpload(demo, browser, directory),
  ]);
  console.log("The demo works.");
  await stop(0);
} catch (error) {
  if (!stopping) {
    console.error(`FAILED  ${error.stack}`);
    await stop(1);
  }
}

async function makeTrips(demo, browser, directory) {
  const file = await makeFile(join(directory, "generated.bin"), FILE_MEBIBYTES);
  const message = await travel(browser, demo, file, "message");
  check(
    "the AWS Encryption SDK for Python opens it through KMS, to the same SHA-256",
    (await openMessageWithSdk(demo, message, directory)) === file.sha256,
  );
  const object = await travel(browser, demo, file, "object");
  check(
    "the S3 Encryption Client for Python opens it through KMS, to the same SHA-256",
    (await openObjectWithClient(demo, object)) === file.sha256,
  );
  const small = await makeFile(join(directory, "small.bin"), SMALL_MEBIBYTES);
  await travel(browser, demo, small, "customerKey");
}

async function closePageAmidUpload(demo, browser, directory) {
  const file = await makeFile(join(directory, "big.bin"), BIG_MEBIBYTES);
  const key = await checkBigUpload(browser, demo, file);
  const opened = await mkdtemp(join(directory, "big-"));
  check(
    "the AWS Encryption SDK for Python opens what was uploaded in parts, too",
    (await openMessageWithSdk(demo, key, opened)) === file.sha256,
  );
}
