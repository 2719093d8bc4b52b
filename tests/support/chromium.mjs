// A headless Chromium on this machine.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

/** The time limit for everything in a browser: longer than it takes on any machine, however busy. */
export const LIMIT_MS = 120_000;

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The first Chrome on PATH; `undefined` where there is none. */
export function findChromium() {
  for (const name of NAMES) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // not here
      }
    }
  }
  return undefined;
}

/** Launches it so that it keeps quiet on the network; `args` are added to the command line, and other options as they are. */
export async function launchChromium({ args = [], ...options } = {}) {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    timeout: LIMIT_MS,
    ...options,
    args: [
      "--no-sandbox", // which a root user, as in most containers, cannot have
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...args,
    ],
  });
  browser.on("context", (context) => context.setDefaultTimeout(LIMIT_MS));
  return browser;
}

/** A page whose module, which must make `perform` global, has been loaded. `browser`: or a context of one. */
export async function openPage(browser, url) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(url);
  const loaded = page.waitForFunction(() => "perform" in globalThis);
  await loaded.catch((cause) => {
    throw new Error(`the page did not load: ${complaints.join("\n")}`, { cause });
  });
  return page;
}
