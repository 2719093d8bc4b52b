// Either language says everything, follows the browser at first and the visitor from then on.

import { check } from "./report.mjs";

/** The project's and the other language's, which are Korean on either page. */
const NAMES = /봉투|한국어/g;
const SENTENCE = /[a-z] [a-z]+/;

/**
 * @param {import("playwright-core").Browser} browser
 * @param {{ url: string, origin: string }} demo
 */
export async function checkLanguages(browser, demo) {
  const context = await browser.newContext({ locale: "ko-KR" });
  const page = await context.newPage();
  await page.goto(demo.url);
  await page.waitForSelector('#key[data-state="done"]');
  const language = () => page.locator("html").getAttribute("lang");
  const texts = () => page.evaluate(textsOf);

  check("a Korean browser is spoken to in Korean", (await language()) === "ko");
  const korean = await texts();
  await page.click("#language");
  check("the switch changes to English", (await language()) === "en");
  const english = await texts();
  const left = english.filter((text) => /[가-힣]/.test(text.replaceAll(NAMES, "")));
  check(`and leaves no Korean text${list(left)}`, left.length === 0);
  const lacking = korean.filter((text) => SENTENCE.test(text) && english.includes(text));
  check(`nor did the Korean page have an English one${list(lacking)}`, lacking.length === 0);

  await page.reload();
  await page.waitForSelector('#key[data-state="done"]');
  check("the choice outlives a reload", (await language()) === "en");
  await context.close();
}

/** All that the page says or will, but for code and values. */
function textsOf() {
  const texts = [];
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const { data, parentElement } = nodes.currentNode;
    if (data.trim() && !parentElement.closest("pre, .mono")) texts.push(data.trim());
  }
  return texts;
}

const list = (items) => (items.length === 0 ? "" : `, but: ${items.join("; ")}`);
