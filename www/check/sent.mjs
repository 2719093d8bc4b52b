// The page says what it sends, exactly; the browser knows what was sent.

import { check } from "./report.mjs";

const SECRET = "x-amz-server-side-encryption-customer-key";
/** The headers that the page or a person could send; those that browsers add have other names. */
const OWN = /^(x-amz-|content-|if-|cache-control$|expires$|host$)/;

/**
 * @param {import("playwright-core").Page} page which may read the clipboard
 * @param {import("playwright-core").Request[]} requests that it has made
 */
export async function checkSent(page, requests) {
  const puts = requests.filter((request) => request.method() === "PUT");
  const shown = await page.locator("#store-requests .request").all();
  let isSame = puts.length === shown.length && puts.length > 0;
  for (const [index, place] of shown.entries()) {
    isSame &&= await isAsShown(page, place, puts[index]);
  }
  check(`the requests shown (${shown.length}) are those that were sent, and all is signed`, isSame);
}

async function isAsShown(page, place, request) {
  await place.locator("button").click();
  await place.locator("button", { hasText: "Copied" }).waitFor();
  const url = await page.evaluate(() => navigator.clipboard.readText());

  const sent = await request.allHeaders();
  const names = await place.locator("dt").allTextContents();
  const values = await place.locator("dd:not(.marks)").allTextContents();
  const marks = await place.locator(".marks").allTextContents();
  const isSent = ([index, name]) =>
    name === SECRET
      ? sent[name].length === 44 && !values[index].includes(sent[name])
      : sent[name] === values[index];
  return (
    url === request.url() &&
    names.join() ===
      Object.keys(sent)
        .filter((name) => OWN.test(name))
        .sort()
        .join() &&
    Array.from(names.entries()).every(isSent) &&
    marks.every((mark) => mark.startsWith("signed"))
  );
}
