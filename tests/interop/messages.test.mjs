// Official software opens what we seal, we open what it seals, and all of ours open each other's: see README.md.

import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  DEFAULT_FRAME_LENGTH,
  everyCase,
  fewCases,
  pairwiseCases,
  plaintextFile,
} from "./cases.mjs";
import { setUp } from "./setup.mjs";

const { folder, kms, ours, judges, close } = await setUp();
after(close);

const keys = new Map();
for (const spec of ["RSA_2048", "RSA_3072", "RSA_4096"]) keys.set(spec, await kms.createKey(spec));

const [node, , commandLine] = ours;
const [python] = judges;
const programs = [...ours, ...judges];

for (const writer of programs) {
  test(`${writer.name} seals`, { skip: writer.unavailable }, async (t) => {
    await tryAll(t, writtenBy(writer), async (message) => {
      await writer.seal({
        ...jobOf(message),
        ...sealing(writer, message),
        ...(await files(writer, message)),
      });
    });
  });
}

for (const reader of programs) {
  for (const writer of programs.filter((writer) => [reader, writer].some(isOurs))) {
    const skip =
      reader.unavailable ?? (writer.unavailable && `${writer.name}: ${writer.unavailable}`);
    test(`${reader.name} opens what ${writer.name} sealed`, { skip }, async (t) => {
      await tryAll(t, readBy(reader, writer), async (message) => {
        const { in: plaintext, out: sealed } = await files(writer, message);
        const out = join(folder, "opened");
        await rm(out, { force: true });
        const { context } = await reader.open({ ...jobOf(message), in: sealed, out });
        assert.ok((await readFile(plaintext)).equals(await readFile(out)), "another plaintext");
        if (context !== undefined) assert.deepEqual({ ...context }, message.context);
      });
    });
  }
}

function isOurs(program) {
  return ours.includes(program);
}

function writtenBy(writer) {
  return writer === node || writer === python ? everyCase : pairwiseCases;
}

function readBy(reader, writer) {
  const ofBoth = [reader, writer].every((program) => program === node || program === python);
  if (ofBoth && reader !== writer) return everyCase;
  // A process for every message takes its time.
  return reader === commandLine && writer !== python ? fewCases : pairwiseCases;
}

function jobOf({ spec, algorithm, context }) {
  return { arn: keys.get(spec).arn, algorithm, context };
}

function sealing(writer, { spec, frameLength }) {
  const unsaid = isOurs(writer) && frameLength === DEFAULT_FRAME_LENGTH;
  return { publicKey: keys.get(spec).publicKey, frameLength: unsaid ? undefined : frameLength };
}

async function files(writer, message) {
  const out = join(folder, `${programs.indexOf(writer)}-${everyCase.indexOf(message)}.sealed`);
  return { in: await plaintextFile(folder, message.length), out };
}

/** Goes through all of them before it fails, since which ones fail tells why. */
async function tryAll(t, messages, attempt) {
  assert.notEqual(messages.length, 0);
  const problems = [];
  for (const message of messages) {
    await attempt(message).catch((error) => problems.push(`${message.name}: ${error.message}`));
  }
  const shown = problems.slice(0, 20).join("\n");
  assert.ok(problems.length === 0, `${problems.length} of ${messages.length}:\n${shown}`);
  t.diagnostic(`${messages.length} messages`);
}
