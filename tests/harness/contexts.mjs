// Pages in which the platform gives less than usual: no SubtleCrypto, no WebAssembly, no import(), no file where one was.

import assert from "node:assert/strict";
import { rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Keyring, open } from "bongtu";
import { build } from "esbuild";
import { launchChromium } from "../support/chromium.mjs";
import { STRICT_CSP, serveFolders } from "../support/static-server.mjs";
import { createKms, KEY_ARN } from "./kms.mjs";

/** Browsers trust loopback, and no other plain HTTP. */
const INSECURE_HOST = "insecure.test";

const CHECKS = {
  "an insecure context: Rust stands in for SubtleCrypto": insecureContext,
  "a policy without 'wasm-unsafe-eval': ERR_WASM names it": withoutWebAssembly,
  "a service worker, which may not import(): ERR_WASM says so": serviceWorker,
  "a file that is gone, or was changed, is not sealed as an empty one": vanishedFile,
};

/** Runs the checks in pages made in `folder`; `report(name, failure)` as in browser.mjs. */
export async function checkContexts(folder, report) {
  await build({
    entryPoints: [new URL("contexts.page.mjs", import.meta.url).pathname],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    // A module that is imported when it is first needed is a file of its own.
    splitting: true,
    outdir: folder,
    entryNames: "contexts",
    logLevel: "warning",
  });
  const html =
    '<!doctype html><title>bongtu</title><input type="file"><script type="module" src="/contexts.js"></script>';
  await writeFile(join(folder, "contexts.html"), html);
  const key = await createKms();
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      await check(folder, key);
      report(name, undefined);
    } catch (error) {
      report(name, error.stack);
    }
  }
}

async function insecureContext(folder, { publicKey, kms }) {
  const args = [`--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`];
  await withPage({ folder, args, host: INSECURE_HOST }, async (page) => {
    await page.exposeFunction("decrypt", async ({ KeyId, ciphertext, EncryptionAlgorithm }) => {
      const CiphertextBlob = new Uint8Array(ciphertext);
      return Array.from(
        (await kms.decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm })).Plaintext,
      );
    });
    const length = 300_000;
    const { message, ...rest } = await page.evaluate(
      ([spki, arn, size]) => globalThis.roundTrip(spki, arn, size),
      [Array.from(publicKey), KEY_ARN, length],
    );
    assert.deepEqual(rest, { secure: false, subtle: false, same: true });
    // The platform opens here what Rust sealed there.
    const keyring = Keyring.kmsRsa({ keyArn: KEY_ARN, kms });
    const { plaintext } = await open(keyring, new Uint8Array(message));
    assert.equal(plaintext.length, length);
    assert.ok(plaintext.every((byte, i) => byte === ((i * 7) & 255)));
  });
}

async function withoutWebAssembly(folder, { publicKey }) {
  const csp = STRICT_CSP.replace(" 'wasm-unsafe-eval'", "");
  assert.notEqual(csp, STRICT_CSP);
  await withPage({ folder, csp }, async (page) => {
    const failure = await page.evaluate(
      (spki) => globalThis.firstCall(spki),
      Array.from(publicKey),
    );
    assert.equal(failure?.name, "BongtuError");
    assert.equal(failure.code, "ERR_WASM");
    assert.equal(failure.cause, "CompileError");
    assert.match(failure.message, /'wasm-unsafe-eval'/);
  });
}

async function serviceWorker(folder) {
  await withPage({ folder }, async (page) => {
    const failure = await page.evaluate(() => globalThis.inServiceWorker());
    assert.equal(failure.code, "ERR_WASM");
    assert.match(failure.message, /import\(\) is disallowed/);
    assert.doesNotMatch(failure.message, /wasm-unsafe-eval/);
  });
}

async function vanishedFile(folder, { publicKey }) {
  const path = join(folder, "file.bin");
  const spki = Array.from(publicKey);
  await withPage({ folder }, async (page) => {
    const changes = {
      "gone before its size was read": () => rm(path),
      "gone afterwards": { seen: true, change: () => rm(path) },
      "longer than it was": { seen: true, change: () => writeFile(path, new Uint8Array(1000)) },
      "shorter than it was": { seen: true, change: () => truncate(path, 10) },
    };
    for (const [what, how] of Object.entries(changes)) {
      const { seen = false, change = how } = how;
      await writeFile(path, new Uint8Array(500).fill(7));
      await page.setInputFiles("input", path);
      if (seen) {
        assert.equal(await page.evaluate(() => document.querySelector("input").files[0].size), 500);
      }
      await change();
      const failures = await page.evaluate((key) => globalThis.sealFile(key), spki);
      assert.deepEqual(new Set(failures.map(({ code }) => code)), new Set(["ERR_SOURCE"]), what);
      assert.ok(
        failures.every(({ cause }) => cause !== undefined),
        `${what}: no cause`,
      );
    }
    // An empty one that is there is sealed.
    await writeFile(path, "");
    await page.setInputFiles("input", path);
    const outcomes = await page.evaluate((key) => globalThis.sealFile(key), spki);
    assert.deepEqual(new Set(outcomes.map(({ code }) => code)), new Set([undefined]));
  });
}

async function withPage({ folder, csp = STRICT_CSP, args = [], host }, run) {
  const server = await serveFolders({ "/": folder }, { "Content-Security-Policy": csp });
  const browser = await launchChromium({ args });
  try {
    const page = await browser.newPage();
    const url = new URL("/contexts.html", server.origin);
    url.hostname = host ?? url.hostname;
    await page.goto(url.href);
    await page.waitForFunction(() => globalThis.firstCall !== undefined);
    await run(page);
  } finally {
    await browser.close();
    await server.close();
  }
}
