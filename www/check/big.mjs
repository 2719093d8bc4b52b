// The upload that survives its tab: the page is closed amid it and opened again, and the file is deleted in between.

import { rm } from "node:fs/promises";
import { ListMultipartUploadsCommand } from "@aws-sdk/client-s3";

import { check } from "./report.mjs";

const TIMEOUT_MS = 60_000;
const PARTS_BEFORE = 3;

/**
 * @param {import("playwright-core").Browser} browser
 * @param {import("../server/demo.mjs").Demo} demo
 * @param {{ path: string, sha256: string }} file which is deleted
 * @returns {Promise<string>} the key of the stored object
 */
export async function checkBigUpload(browser, demo, file) {
  const context = await browser.newContext({ locale: "en" });
  const first = await open(context, demo);
  await first.page.setInputFiles("#big-input", file.path);
  await first.there(1);
  await first.page.getByRole("button", { name: "Pause" }).click();
  await first.page.getByRole("button", { name: "Discard" }).click();
  await first.page.locator(".upload").waitFor({ state: "detached" });
  check(
    "an upload that is discarded leaves nothing, here or at S3",
    (await stored(first.page)).length === 0 && (await uploadsAt(demo)) === 0,
  );

  first.sent.length = 0;
  await first.page.setInputFiles("#big-input", file.path);
  await checkOffline(context, first.page);
  await first.there(PARTS_BEFORE);
  const kept = await stored(first.page);
  await first.page.close();
  await rm(file.path);
  check("an upload is amid its parts when its page is closed, and kept", kept.length > 0);

  const second = await open(context, demo);
  const { page } = second;
  await page.getByRole("button", { name: "Go on" }).waitFor();
  check(
    "opened again, the page offers to go on after the parts that are there",
    (await page.locator(".parts .there").count()) >= PARTS_BEFORE,
  );
  await page.uncheck("#big-slow");
  await page.getByRole("button", { name: "Go on" }).click();
  const facts = page.locator(".upload .facts");
  await Promise.race([facts.waitFor(), failed(page)]);
  const again = first.sent.filter((part) => second.sent.includes(part));
  check(
    `it goes on with ${second.sent.length} parts, and sends none of the first ${first.sent.length} again`,
    second.sent.length > 0 && first.sent.length >= PARTS_BEFORE && again.length === 0,
  );
  const [place, , , opened] = await facts.locator("dd").allTextContents();
  check(
    "the back end opens it through KMS, to the SHA-256 of the file that is gone",
    opened.replaceAll(" ", "").endsWith(file.sha256),
  );
  check(
    "the origin's storage is empty, and no upload is left at S3",
    (await stored(page)).length === 0 && (await uploadsAt(demo)) === 0,
  );
  check(
    "the content security policy stopped nothing, and the console has no errors",
    first.errors.length + second.errors.length === 0,
  );
  await context.close();
  return place.slice(place.indexOf("sealed/"));
}

async function open(context, demo) {
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  const sent = [];
  const errors = [];
  page.on("response", (response) => {
    const part = new URL(response.url()).searchParams.get("partNumber");
    if (part && response.request().method() === "PUT" && response.ok()) sent.push(part);
  });
  page.on("console", (message) => {
    const isOffline = message.text().includes("ERR_INTERNET_DISCONNECTED");
    if (/^(error|warning)$/.test(message.type()) && !isOffline) errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(demo.url);
  await page.locator("#big-body").waitFor();
  const there = (parts) =>
    page
      .locator(".parts .there")
      .nth(parts - 1)
      .waitFor({ state: "attached" });
  return { page, sent, errors, there };
}

async function checkOffline(context, page) {
  await page.locator(".parts .there").first().waitFor({ state: "attached" });
  await context.setOffline(true);
  await page.locator(".upload .status", { hasText: "Waiting for the network" }).waitFor();
  await context.setOffline(false);
  await page.locator(".upload .status", { hasText: "at S3" }).waitFor();
  check("an upload says that it waits for the network, and goes on when it is back", true);
}

async function failed(page) {
  const failure = page.locator(".upload .failure");
  await failure.waitFor();
  throw new Error(`the upload failed: ${await failure.textContent()}`);
}

/** Names of the files that the page's origin has in the private file system. */
function stored(page) {
  return page.evaluate(async () => {
    const found = [];
    const walk = async (directory) => {
      for await (const [name, entry] of directory.entries()) {
        if (entry.kind === "directory") await walk(entry);
        else found.push(name);
      }
    };
    await walk(await navigator.storage.getDirectory());
    return found;
  });
}

async function uploadsAt({ cloud: { s3, bucket } }) {
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return Uploads.length;
}
