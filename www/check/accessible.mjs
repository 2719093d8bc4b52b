// What axe finds wrong for people who do not see the page, see it in other colours, or have no mouse: nothing, before the
// first step and after the last, in each language, theme and target.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { check } from "./report.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const WIDE = { width: 1280, height: 720 };
const NARROW = { width: 360, height: 640 };

const VISITS = [
  { name: "light and wide", target: "message", viewport: WIDE },
  { name: "dark and narrow", target: "customerKey", viewport: NARROW, colorScheme: "dark" },
  {
    name: "Korean on a touch screen",
    target: "message",
    viewport: NARROW,
    hasTouch: true,
    isKorean: true,
  },
  { name: "forced colours", target: "object", viewport: WIDE, forcedColors: "active" },
];

export async function checkAccessible(browser, demo) {
  const axe = await readFile(AXE, "utf8");
  for (const visit of VISITS) await checkVisit(browser, demo, visit, axe);
}

async function checkVisit(browser, demo, { name, target, isKorean, ...options }, axe) {
  // The page's own policy lets no tool in.
  const context = await browser.newContext({ ...options, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(demo.url);
  await done(page, "key");
  if (isKorean) await page.click("#language");
  await page.evaluate(axe);
  const found = await violations(page);

  await page.click("#file-sample");
  await done(page, "file");
  await page.locator(`input[value=${target}]`).check({ force: true });
  await page.click("#seal-start");
  await done(page, "bytes");
  if (options.hasTouch) await checkTap(page);
  await page.click("#store-start");
  await done(page, "store");
  await checkFocus(page, "#open-start", "#open[data-state=done]");
  await checkFocus(page, "#tamper-start", "#tamper-refusals li");
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  found.push(...(await violations(page)));
  check(`axe finds nothing, ${name}${found.map((one) => `; ${one}`).join("")}`, found.length === 0);
  await context.close();
}

const done = (page, step) => page.locator(`#${step}[data-state=done]`).waitFor();

async function violations(page) {
  const found = await page.evaluate(async () => (await globalThis.axe.run()).violations);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`);
}

async function checkTap(page) {
  await page.locator("#map-head i").first().tap();
  const title = await page.locator("#map-fields .title").first().textContent();
  check(
    "a tap on a byte says which field it is of",
    (await page.locator("#map-readout strong").textContent()) === title,
  );
}

async function checkFocus(page, button, result) {
  await page.focus(button);
  await page.keyboard.press("Enter");
  await page.locator(result).first().waitFor();
  check(
    `the focus stays at ${button}`,
    await page.locator(button).evaluate((element) => element === document.activeElement),
  );
}
