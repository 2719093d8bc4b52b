// The page comes from files, answered inside the browser: even loopback is down.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../support/chromium.mjs";

const [keyArn, publicKeyFile, input, output] = process.argv.slice(2);
const PACKAGE = new URL("../../pkg/", import.meta.url);
const ORIGIN = "https://bongtu.example";

const browser = await launchChromium();
try {
  const page = await browser.newPage();
  await page.route(`${ORIGIN}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname.slice(1);
    await (path === ""
      ? route.fulfill({ contentType: "text/html", body: '<!doctype html><input type="file">' })
      : route.fulfill({ path: fileURLToPath(new URL(path, PACKAGE)) }));
  });
  await page.goto(`${ORIGIN}/`);
  await page.locator("input").setInputFiles(input);
  const sealed = await page.evaluate(sealChosenFile, [
    `${ORIGIN}/js/index.js`,
    await readFile(publicKeyFile, "utf8"),
    keyArn,
  ]);
  await writeFile(output, Buffer.from(sealed.slice(sealed.indexOf(",") + 1), "base64"));
} finally {
  await browser.close();
}

// Runs in the page; what it returns has to be JSON, so the bytes travel as a data URL.
async function sealChosenFile([module, publicKey, keyArn]) {
  const { Keyring, seal } = await import(module);
  const keyring = Keyring.kmsRsa({ publicKey, keyArn });
  const message = await seal(keyring, document.querySelector("input").files[0]);
  const reader = new FileReader();
  reader.readAsDataURL(new Blob([message]));
  return new Promise((resolve) => {
    reader.onload = () => resolve(reader.result);
  });
}
