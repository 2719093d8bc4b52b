// What a visitor does, from the address to the saved file, watched from outside the page.

import { sha256 } from "./file.mjs";
import { check } from "./report.mjs";

const STEP_TIMEOUT_MS = 120_000;

/**
 * @param {import("playwright-core").Browser} browser
 * @param {{ url: string, origin: string }} demo
 * @param {{ path: string, sha256: string }} file
 * @returns {Promise<string>} the key of the stored object
 */
export async function travel(browser, demo, file) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(STEP_TIMEOUT_MS);
  const seen = await watch(page);
  const text = (selector) => page.locator(selector).textContent();

  await page.goto(demo.url);
  await finished(page, "key");
  check(
    "the page has the key and its fingerprint is pinned",
    /^Pinned/.test(await text("#key-pin")),
  );
  check("the token is not left in the address bar", page.url() === `${demo.origin}/`);

  await page.setInputFiles("#file-input", file.path);
  await finished(page, "file");

  await context.setOffline(true);
  check("the network is cut", (await text("#seal-network")) === "Network is off");
  const before = seen.requests.length;
  await page.click("#seal-start");
  await finished(page, "seal");
  await finished(page, "bytes");
  const meanwhile = seen.requests.slice(before);
  await context.setOffline(false);
  const figures = `${await text("#seal-speed")}, ${await text("#seal-time")}`;
  check(`while it seals (${figures}), the browser sees no request`, meanwhile.length === 0);
  check("and the page counted none", (await text("#seal-requests")) === "none");
  check(
    `the map shows ${await text("#map-frame-number")} frames and every byte of the header`,
    (await text("#map-frame-number")) === "1 of 256" &&
      (await text("#map-header-title")).startsWith(
        `Header: ${await page.locator("#map-header i").count()} bytes`,
      ),
  );

  await page.click("#store-start");
  await finished(page, "store");
  const object = await text("#store-object");
  check(
    `S3 has the object: ${object}`,
    (await text("#store-facts")).includes("The same as in this tab."),
  );

  await page.click("#open-start");
  await finished(page, "open");
  check(
    "the page opens it through KMS and finds it the same",
    (await text("#open-verdict")).startsWith("The same"),
  );
  check(
    "the SHA-256 it shows is the file's",
    (await text("#open-after")).replace(/\s/g, "") === file.sha256,
  );
  const download = page.waitForEvent("download");
  await page.click("#open-save");
  check(
    "the saved file is the file",
    (await sha256(await (await download).path())) === file.sha256,
  );

  await page.click("#tamper-start");
  const refusal = await text("#tamper-refusals li");
  check(
    "with one bit changed it is refused, and nothing comes out",
    /ERR_[\s\S]* 0 bytes released/.test(refusal),
  );

  check(
    `the content security policy stopped nothing${list(seen.violations)}`,
    seen.violations.length === 0,
  );
  check(`the console has no errors${list(seen.errors)}`, seen.errors.length === 0);
  await context.close();
  return object.slice(object.indexOf("sealed/"));
}

async function watch(page) {
  const seen = { requests: [], errors: [], violations: [] };
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      seen.errors.push(message.text());
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  await page.exposeFunction("reportViolation", (text) => seen.violations.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      globalThis.reportViolation(`${violatedDirective} ${blockedURI}`),
    );
  });
  return seen;
}

/** Waits for a step to be done; what it says instead is the error. */
async function finished(page, step) {
  const state = `#${step}[data-state="done"], #${step}[data-state="failed"]`;
  await page.waitForSelector(state);
  const failure = page.locator(`#${step} .failure`);
  if (await failure.isVisible())
    throw new Error(`step "${step}" failed: ${await failure.textContent()}`);
}

const list = (items) => (items.length === 0 ? "" : `, but: ${items.join("; ")}`);
