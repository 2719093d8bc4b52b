// The npm package in a page of Chromium.

import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { findChromium, launchChromium } from "../../support/chromium.mjs";
import { servePage } from "./page-server.mjs";

/** @param folder where all files of all jobs are */
export async function chromiumPage(folder, kms) {
  const name = "Chromium";
  if (findChromium() === undefined) return { name, unavailable: "no Chromium is installed" };

  const browser = await launchChromium();
  const server = await servePage(folder, kms);
  const close = async () => {
    await browser.close();
    await server.close();
  };
  const page = await load(browser, server.url).catch(async (error) => {
    await close();
    throw error;
  });

  const perform = async (operation, { in: input, out, ...job }) => {
    const files = { from: urlOf(folder, input), to: urlOf(folder, out) };
    const { value, error } = await page.evaluate(
      ([operation, job]) => globalThis.perform(operation, job),
      [operation, { ...job, ...files }],
    );
    if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
    return value;
  };

  return {
    name,
    seal: async (job) =>
      perform("seal", { ...job, publicKey: await readFile(job.publicKey, "utf8") }),
    open: (job) => perform("open", job),
    sealObject: async (job) =>
      perform("sealObject", {
        ...job,
        publicKey: job.publicKey && (await readFile(job.publicKey, "utf8")),
      }),
    openObject: (job) => perform("openObject", job),
    close,
  };
}

async function load(browser, url) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(url);
  const loaded = page.waitForFunction(() => "perform" in globalThis, null, { timeout: 20_000 });
  await loaded.catch((cause) => {
    throw new Error(`the page did not load: ${complaints.join("\n")}`, { cause });
  });
  return page;
}

function urlOf(folder, file) {
  return `/files/${encodeURIComponent(relative(folder, file))}`;
}
