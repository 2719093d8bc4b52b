// Requests that KMS refuses, and keys in several Regions: all of ours against the emulator, and the official software beside them,
// which must refuse and accept the same.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { DisableKeyCommand, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import { plaintextFile } from "./cases.mjs";
import { setUp } from "./setup.mjs";

const { folder, kms, ours, judges, close } = await setUp();
after(close);

const [python] = judges;
const plaintext = await plaintextFile(folder, 100);
const key = await kms.createKey("RSA_2048");
const otherKey = await kms.createKey("RSA_2048");
const multiRegionKey = await kms.createKey("RSA_2048", { multiRegion: true });
const replica = await kms.replicate(multiRegionKey, "eu-central-1");
const swapped = { arn: key.arn, publicKey: otherKey.publicKey };
const message = await sealed(key);

const inRegion = (arn, region) => arn.replace(/^(arn:aws:kms:)[^:]+/, `$1${region}`);

const refused = {
  "a key that the message was not sealed to": {
    code: "ERR_NO_MATCHING_KEY",
    job: { ...message, arn: otherKey.arn },
  },
  "a single-Region key's ARN with another Region": {
    code: "ERR_NO_MATCHING_KEY",
    job: { ...message, arn: inRegion(key.arn, "eu-central-1") },
  },
  "another multi-Region key": {
    code: "ERR_NO_MATCHING_KEY",
    job: {
      ...(await sealed(await kms.createKey("RSA_2048", { multiRegion: true }))),
      arn: replica.arn,
    },
  },
  "the other algorithm": {
    code: "ERR_UNWRAP",
    job: { ...message, algorithm: "RSAES_OAEP_SHA_1" },
  },
  "a public key that was not the ARN's": {
    code: "ERR_UNWRAP",
    job: await sealed(swapped),
  },
  "an encryption context that was changed, though KMS unwraps": {
    code: "ERR_UNWRAP",
    job: { ...(await changed(message, "invoice", "invoicf")), context: {} },
  },
  "a required context that the message does not have": {
    code: "ERR_CONTEXT_MISMATCH",
    job: { ...message, context: { purpose: "receipt" } },
  },
  "a disabled key": {
    code: "ERR_KMS",
    cause: "DisabledException",
    job: await sealed(await sentTo(DisableKeyCommand)),
  },
  "a key that waits for its deletion": {
    code: "ERR_KMS",
    cause: "KMSInvalidStateException",
    job: await sealed(await sentTo(ScheduleKeyDeletionCommand)),
  },
  "a key that KMS does not know": {
    code: "ERR_KMS",
    cause: "NotFoundException",
    job: await sealed({
      ...key,
      arn: key.arn.replace(/[^/]+$/, "00000000-0000-4000-8000-000000000000"),
    }),
  },
};

const accepted = {
  "a message to a key in one Region": message,
  "a multi-Region key in the message's Region": await sealed(multiRegionKey),
  "a message to the primary key, with the replica": {
    ...(await sealed(multiRegionKey)),
    arn: replica.arn,
  },
  "a message to the replica, with the primary key": {
    ...(await sealed(replica)),
    arn: multiRegionKey.arn,
  },
  "a message to two keys, with the second": { ...(await sealed(otherKey, key)), arn: key.arn },
  "a message whose first data key for the key does not unwrap": await sealed(swapped, key),
};

for (const program of [...ours, ...judges]) {
  test(`${program.name} refuses`, { skip: program.unavailable }, async (t) => {
    for (const [what, { code, cause = "", job }] of Object.entries(refused)) {
      await t.test(what, async () => {
        const out = join(folder, "refused");
        const error = await program.open({ ...job, out }).then(
          () => undefined,
          (error) => error,
        );
        assert.ok(error, "it was opened");
        assert.equal(existsSync(out), false, "something was written");
        if (ours.includes(program)) {
          assert.equal(error.code, code, error.message);
          assert.ok(
            `${error.message} ${error.cause}`.includes(cause),
            `${cause} is not told: ${error.message}`,
          );
        }
      });
    }
  });

  test(`${program.name} opens`, { skip: program.unavailable }, async (t) => {
    for (const [what, job] of Object.entries(accepted)) {
      await t.test(what, async () => {
        const out = join(folder, "opened");
        await rm(out, { force: true });
        await program.open({ ...job, out });
        assert.deepEqual(await readFile(out), await readFile(plaintext));
      });
    }
  });
}

/** A message by the official software, and what it takes to open it with the first key. */
async function sealed({ arn, publicKey }, ...others) {
  const algorithm = "RSAES_OAEP_SHA_256";
  const context = { purpose: "invoice" };
  const file = join(folder, randomUUID());
  await python.seal({
    arn,
    algorithm,
    publicKey,
    others,
    context,
    frameLength: 4096,
    in: plaintext,
    out: file,
  });
  return { arn, algorithm, context, in: file };
}

/** The message with these bytes of its header exchanged. */
async function changed(job, from, to) {
  const text = (await readFile(job.in)).toString("latin1");
  assert.equal(text.split(from).length, 2);
  const file = `${job.in}-changed`;
  await writeFile(file, text.replace(from, to), "latin1");
  return { ...job, in: file };
}

/** A new key, and what KMS was told about it. */
async function sentTo(Command) {
  const key = await kms.createKey("RSA_2048");
  await kms.client(key.arn).send(new Command({ KeyId: key.arn }));
  return key;
}
