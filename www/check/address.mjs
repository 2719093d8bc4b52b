// A page that cannot pin the key takes none, and says why.

import { check } from "./report.mjs";

/**
 * @param {import("playwright-core").Browser} browser
 * @param {{ origin: string, token: string }} demo
 */
export async function checkAddress(browser, { origin, token }) {
  const context = await browser.newContext({ locale: "en" });
  const page = await context.newPage();
  const failures = [];
  const other = "0".repeat(64);
  for (const address of ["/", `/#token=${token}`, `/#token=${token}&key=${other}`]) {
    // Between fragments of one document there is no loading.
    await page.goto("about:blank");
    await page.goto(origin + address);
    await page.waitForSelector('#key[data-state="failed"]');
    failures.push(await page.locator("#key .failure strong").textContent());
  }
  check(
    "an address without the token, without the fingerprint or with another's is refused",
    failures.join() === "DEMO_TOKEN,DEMO_PIN,ERR_KEY_PIN",
  );
  await context.close();
}
