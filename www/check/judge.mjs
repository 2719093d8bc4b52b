// The official AWS Encryption SDK for Python, which never saw bongtu.

import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { pythonJudge } from "../../tests/interop/judges.mjs";
import { sha256 } from "./file.mjs";

/**
 * Fetches the stored object and has it opened through KMS.
 *
 * @param {import("../server/demo.mjs").Demo} demo
 * @param {string} key of the object
 * @param {string} directory for the files
 * @returns {Promise<string>} SHA-256 of the plaintext
 */
export async function openWithOfficialSdk({ cloud, emulator }, key, directory) {
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
