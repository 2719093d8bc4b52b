// Spools in a browser that writes to the origin private file system in dedicated workers only, by synchronous handles: Chromium
// without its streams.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launchChromium } from "../support/chromium.mjs";
import { servePage } from "../support/pages.mjs";

const browser = await launchChromium();
const site = await servePage(new URL("../support/spool-worker.page.mjs", import.meta.url));
after(async () => {
  await browser.close();
  await site.close();
});

async function openPage(t) {
  const profile = await browser.newContext();
  t.after(() => profile.close());
  const page = await profile.newPage();
  page.on("pageerror", (error) => assert.fail(error.stack));
  await page.goto(site.url);
  await page.waitForFunction(() => globalThis.inPage !== undefined);
  return page;
}

for (const shape of ["synchronous", "promises"]) {
  test(`a worker spools, uploads and spills by handles: ${shape}`, async (t) => {
    const page = await openPage(t);
    assert.deepEqual(await page.evaluate((how) => globalThis.inWorker(how), shape), {
      available: true,
      kept: 2,
      uploaded: true,
      spilled: 1,
      opened: true,
      left: 0,
    });
  });
}

test("a page has none of them: one code, and the reason", async (t) => {
  const { message, ...others } = await (await openPage(t)).evaluate(() => globalThis.inPage());
  assert.deepEqual(others, { available: false, code: "ERR_SPOOL" });
  assert.match(message, /dedicated workers only/);
});
