// AWS's own clients, which never saw bongtu, open through KMS what the page has stored.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

import { toolsFolder } from "../../tests/interop/emulator.mjs";
import { pythonJudge } from "../../tests/interop/judges.mjs";
import { sha256 } from "./file.mjs";

const RECIPE = fileURLToPath(new URL("../../examples/opening/open_object.py", import.meta.url));

/**
 * The AWS Encryption SDK for Python.
 *
 * @param {import("../server/demo.mjs").Demo} demo
 * @param {string} key of the object
 * @param {string} directory for the files
 * @returns {Promise<string>} SHA-256 of the plaintext
 */
export async function openMessageWithSdk({ cloud, emulator }, key, directory) {
  const sealed = join(directory, "sealed");
  const opened = join(directory, "opened");
  const { Body } = await cloud.get(key);
  await pipeline(Body, createWriteStream(sealed));
  const judge = pythonJudge(emulator);
  try {
    await judge.open({
      arn: cloud.publicKey.KeyId,
      algorithm: "RSAES_OAEP_SHA_256",
      context: { purpose: "demo" },
      in: sealed,
      out: opened,
    });
  } finally {
    await judge.close();
  }
  return sha256(opened);
}

/**
 * The Amazon S3 Encryption Client for Python, with the keyring that examples/opening gives to whoever has one.
 *
 * @param {import("../server/demo.mjs").Demo} demo
 * @param {string} key of the object
 * @returns {Promise<string>} SHA-256 of the plaintext
 */
export async function openObjectWithClient({ cloud, emulator }, key) {
  const python = join(toolsFolder, "venv-s3ec/bin/python");
  const client = spawn(python, [RECIPE, cloud.publicKey.KeyId, cloud.bucket, key], {
    env: emulator.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(client, "close");
  const hash = createHash("sha256");
  await pipeline(client.stdout, hash);
  const [status] = await closed;
  if (status !== 0) throw new Error(`the S3 Encryption Client ended with status ${status}`);
  return hash.digest("hex");
}
