import { findChromium, launchChromium } from "../../tests/support/chromium.mjs";

/** A headless browser that leaves signals to the check, which has more than a browser to stop. */
export const openBrowser = () =>
  launchChromium({
    executablePath: process.env.CHROME || findChromium(),
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
