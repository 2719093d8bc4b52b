// 1 GiB from a process that is killed after a third of it and started again, while the source is long gone.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { GetObjectCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { pythonJudge } from "../interop/judges.mjs";
import { setUpAws } from "../interop/setup.mjs";
import {
  dataKeyOf,
  digestOf,
  MARKER,
  MIB,
  numbersTo,
  SIZE,
  secretsOf,
  writeSource,
} from "./large-upload.mjs";

const PROGRAM = fileURLToPath(new URL("killed-process.program.mjs", import.meta.url));
/** Parts that are sent at a time where no plan says otherwise. */
const CONCURRENCY = 4;

const { folder, kms, store, emulator, close } = await setUpAws("killed-process");
after(close);
const { bucket: Bucket, client: s3 } = store;
const Key = "large";
const { arn, publicKey } = await kms.createKey("RSA_2048");

test(`${SIZE / MIB} MiB: killed after a third, it goes on, and an official reader opens it`, async (t) => {
  const [source, spools] = [join(folder, "source"), join(folder, "spools")];
  const digest = await writeSource(source);
  const size = Number(await run(["seal", spools, source, publicKey, arn]));
  await rm(source);
  const total = Math.ceil(size / (8 * MIB));
  const third = Math.ceil(total / 3);

  // Whoever begins one part more than are sent at a time has that many recorded.
  const killed = await run(["upload", spools, Bucket, Key, third + CONCURRENCY]);
  assert.ok(!killed.includes("done"), "it was not killed");
  const secrets = await secretsOf(spools);
  assert.ok(secrets.bytes > SIZE, "the ciphertext was not looked at");
  assert.equal(secrets.found(Buffer.from('"bongtu":"spool"')), true, "the record was not");
  assert.equal(secrets.found(MARKER), false, "plaintext is in the folder");

  const [first, ...lines] = await run(["upload", spools, Bucket, Key]);
  const finished = numbersIn(first);
  t.diagnostic(`${finished.length} of ${total} parts were finished`);
  assert.ok(finished.length >= third && finished.length < total, `${finished.length} parts`);
  assert.equal(lines.pop(), "done");
  const sent = [...new Set(lines.flatMap(numbersIn))]; // a part that failed is sent again
  assert.deepEqual(
    sent.filter((part) => finished.includes(part)),
    [],
    "sent twice",
  );
  assert.deepEqual(
    [...finished, ...sent].sort((a, b) => a - b),
    numbersTo(total),
  );
  assert.deepEqual(await readdir(spools), []);
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  assert.deepEqual(Uploads, []);

  const message = join(folder, "message");
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  await pipeline(Body, createWriteStream(message));
  const key = await dataKeyOf(message, kms.client(arn), arn);
  for (const form of [key, key.toString("hex"), key.toString("base64")]) {
    assert.equal(secrets.found(Buffer.from(form)), false, "the data key is in the folder");
  }
  const judge = pythonJudge(emulator);
  t.after(() => judge.close());
  const out = join(folder, "opened");
  await judge.open({ arn, algorithm: "RSAES_OAEP_SHA_256", in: message, out, context: {} });
  assert.equal(await digestOf(out), digest);
});

/** Resolves to the lines it printed. */
async function run(args) {
  const child = spawn(process.execPath, [PROGRAM, ...args.map(String)], {
    env: { ...process.env, ...emulator.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  await once(child, "close");
  return lines;
}

/** The numbers in `sent 7` or `finished 1,2`. */
function numbersIn(line) {
  return line.split(" ")[1].split(",").filter(Boolean).map(Number);
}
