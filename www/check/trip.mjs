// Does all that a visitor does, from the address to the saved file, and watches from outside the page.

import { readFile } from "node:fs/promises";

import { sha256 } from "./file.mjs";
import { check } from "./report.mjs";
import { checkSent } from "./sent.mjs";

const STEP_TIMEOUT_MS = 120_000;

/** The differences between the targets: the pieces of the body, the fields to walk through, what was opened. */
const TARGETS = {
  message: {
    pieces: "1 of 128",
    fields: 17,
    form: "AWS Encryption SDK message, algorithm suite 0x0478",
  },
  object: { pieces: "1 of 64", fields: 6, form: "S3 Encryption Client object, V3" },
  customerKey: {
    pieces: "1 of 1",
    fields: 19,
    form: "object under SSE-C, AES256, with a key that was sealed as an AWS Encryption SDK message",
  },
};

/**
 * @param {import("playwright-core").Browser} browser
 * @param {{ url: string, origin: string }} demo
 * @param {{ path: string, sha256: string }} file
 * @param {keyof typeof TARGETS} target
 * @returns {Promise<string>} the key of the stored object
 */
export async function travel(browser, demo, file, target) {
  const { pieces, fields, form } = TARGETS[target];
  const context = await browser.newContext({
    locale: "en",
    permissions: ["clipboard-read", "clipboard-write"],
  });
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
  await page.check(`input[name="target"][value="${target}"]`);

  await context.setOffline(true);
  await page.waitForSelector('#seal-network[data-on="false"]');
  check("the network is cut", (await text("#seal-network")) === "Network is off");
  const before = seen.requests.length;
  await page.click("#seal-start");
  await finished(page, "seal");
  await finished(page, "bytes");
  const meanwhile = seen.requests.slice(before);
  await context.setOffline(false);
  const figures = await page.locator("#seal-result .figures dd:visible").allTextContents();
  check(
    `while it seals (${figures.slice(0, 2).join(", ")}), the browser sees no request`,
    meanwhile.length === 0,
  );
  check("and the page counted none", (await text("#seal-requests")) === "none");
  const head = await page.locator("#map-head i").count();
  check(
    `the anatomy shows ${await text("#map-piece-number")} pieces and ${head} bytes before them`,
    (await text("#map-piece-number")) === pieces &&
      (await text("#map-head-title")).includes(`: ${head} bytes`),
  );
  check("and says what every field is", (await explained(page)) === fields);

  await page.click("#store-start");
  await finished(page, "store");
  const object = await text("#store-object");
  await checkSent(page, seen.requests.slice(before));
  check(
    `S3 has the object: ${object}`,
    (await text("#store-facts")).includes("The same as in this tab."),
  );
  if (target === "object") {
    check(
      "and the five values that go with it",
      (await page.locator("#store-metadata dt").allTextContents()).sort().join() ===
        "x-amz-3,x-amz-c,x-amz-d,x-amz-i,x-amz-w",
    );
  }

  await page.click("#open-start");
  await finished(page, "open");
  check(
    `the page opens it through KMS as ${form} and finds it the same`,
    (await text("#open-form")) === form && (await text("#open-verdict")).startsWith("The same"),
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

  const refused = await refusals(page);
  if (target === "customerKey") {
    check(
      "with one bit changed in the file that S3 decrypts, nobody notices",
      /^OpenedThe file as S3 decrypts it/.test(refused.shift()),
    );
    await checkWithoutKey(page);
  }
  check(
    "with one bit changed anywhere in what is sealed it is refused, and nothing comes out",
    refused.every((refusal) => /ERR_[\s\S]* 0 bytes released/.test(refusal)),
  );
  check("each step shows lines that its sources have", await showsItsLines(page));

  check(
    `the content security policy stopped nothing${list(seen.violations)}`,
    seen.violations.length === 0,
  );
  check(`the console has no errors${list(seen.errors)}`, seen.errors.length === 0);
  await context.close();
  return object.slice(object.indexOf("sealed/"));
}

/** Points at every field by the keyboard; how many there were, or 0 where one said nothing. */
async function explained(page) {
  const fields = await page.locator("#bytes .field").all();
  for (const field of fields) {
    await field.locator("input").focus();
    await page.keyboard.press("Space");
    const [title, meaning] = await field.locator(".title, .meaning").allTextContents();
    await page.locator("#map-readout strong", { hasText: title }).waitFor();
    if (!meaning) return 0;
  }
  return fields.length;
}

/** Changes a bit in every field that is offered and checks the outcome. The last field may be of a file that is not sealed. */
async function refusals(page) {
  const refused = page.locator("#tamper-refusals li");
  const places = await page.locator("#tamper-where option").count();
  for (let place = 0; place < places; place++) {
    await page.selectOption("#tamper-where", { index: place });
    await page.click("#tamper-start");
    await refused.nth(place).waitFor();
  }
  return refused.allTextContents();
}

async function checkWithoutKey(page) {
  await page.click("#without-key-start");
  const answers = page.locator("#without-key-answers li");
  await answers.nth(1).waitFor();
  const [without, withOther] = await answers.allTextContents();
  check(
    "without the customer key or with another S3 refuses",
    without.startsWith("400 InvalidRequest") && withOther.startsWith("403 AccessDenied"),
  );
}

async function showsItsLines(page) {
  const figures = await page.locator(".code:visible").all();
  for (const figure of figures) {
    await figure.locator("summary").click();
    const code = await figure.locator("code").textContent();
    const file = await figure.locator("figcaption").textContent();
    const source = await readFile(new URL(`../../${file}`, import.meta.url), "utf8");
    if (!code.split("\n").every((line) => source.includes(line))) return false;
  }
  return figures.length === 10;
}

async function watch(page) {
  const seen = { requests: [], errors: [], violations: [] };
  page.on("request", (request) => seen.requests.push(request));
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
