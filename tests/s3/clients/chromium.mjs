// A page of the site in headless Chromium as one that uploads. S3 is on another origin than the site.

import { launchChromium, openPage } from "../../support/chromium.mjs";

/** The page `/NAME` of the site must perform operations: see page.mjs. */
export async function chromiumClient(origin, name = "operations") {
  const browser = await launchChromium();
  try {
    const page = await openPage(browser, `${origin}/${name}`);
    return {
      name: "Chromium",
      run: (operation, input) => perform(page, operation, { ...input, origin }),
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Rejects with the code and message of what the page threw. */
export async function perform(page, operation, input) {
  const { value, error } = await page.evaluate(
    ([operation, input]) => globalThis.perform(operation, input),
    [operation, input],
  );
  if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
  return value;
}
