import { chromium } from "playwright-core";

import { findChromium } from "../../tests/support/chromium.mjs";

const QUIET = [
  "--no-sandbox", // which a root user, as in most containers, cannot have
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A headless browser that leaves signals to the check, which has more than a browser to stop. */
export const openBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROME || findChromium(),
    args: QUIET,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
