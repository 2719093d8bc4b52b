// AWS's own clients for Python, which say whether what was stored is right.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { pythonJudge } from "../interop/judges.mjs";
import { pythonClient } from "../interop/objects/judges.mjs";
import { plaintextOf } from "./plaintext.mjs";

export function createReaders({ emulator, folder, keys, store }) {
  const { bucket: Bucket, client: s3 } = store;
  const messages = pythonJudge(emulator);
  const objects = pythonClient(emulator, Bucket);

  return {
    /** Opens what is stored under `key`, through KMS, and compares it with `plaintextOf(length)`. */
    async opens(format, key, length) {
      const job = { arn: keys.keyArn, context: {}, out: join(folder, "opened") };
      if (format === "message") {
        const sealed = join(folder, "sealed");
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
        await writeFile(sealed, await Body.transformToByteArray());
        await messages.open({ ...job, algorithm: "RSAES_OAEP_SHA_256", in: sealed });
      } else {
        await objects.get({ ...job, key, format });
      }
      assert.ok((await readFile(job.out)).equals(plaintextOf(length)), "another plaintext");
    },

    /** Opens a message in a file with the AWS Encryption SDK. */
    openMessage: (job) => messages.open(job),

    async close() {
      await messages.close();
      await objects.close();
    },
  };
}
