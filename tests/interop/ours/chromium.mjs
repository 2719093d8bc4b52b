// The npm package in a page of Chromium.

import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { findChromium, launchChromium, openPage } from "../../support/chromium.mjs";
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
  const page = await openPage(browser, server.url).catch(async (error) => {
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
    sealSecret: async (job) =>
      perform("sealSecret", { ...job, publicKey: await readFile(job.publicKey, "utf8") }),
    openSecret: (job) => perform("openSecret", job),
    sealObject: async (job) =>
      perform("sealObject", {
        ...job,
        publicKey: job.publicKey && (await readFile(job.publicKey, "utf8")),
      }),
    openObject: (job) => perform("openObject", job),
    close,
  };
}

function urlOf(folder, file) {
  return `/files/${encodeURIComponent(relative(folder, file))}`;
}
