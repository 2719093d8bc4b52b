// S3 objects: official clients open what we seal, we open what they seal, and all of ours open each other's. See README.md.

import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { plaintextFile } from "./cases.mjs";
import {
  everyObject,
  everySymmetricObject,
  fewObjects,
  fewSymmetricObjects,
  isAscii,
  LARGE,
  largeObjects,
  pairwiseObjects,
  pairwiseSymmetricObjects,
  SPECS,
} from "./objects/cases.mjs";
import { throughStore } from "./objects/store.mjs";
import { setUpObjects } from "./setup.mjs";

const { folder, kms, store, close, ...programs } = await setUpObjects();
after(close);

const ours = programs.ours.map((program) => throughStore(program, store));
const [node, , commandLine] = ours;
const [python, java, javaThroughKms, ruby] = programs.judges;

const KEYS = fileURLToPath(new URL("../../crates/core/tests/data/", import.meta.url));
const keys = new Map();
for (const spec of SPECS) {
  const privateKey = join(KEYS, `${spec.replace("RSA_", "rsa")}-private.pem`);
  keys.set(spec, await kms.importKey(spec, privateKey));
}
const symmetricKey = { arn: await kms.createSymmetricKey(), symmetric: true };

matrix({
  title: (writer) => `${writer.name} seals objects`,
  writers: [...ours, java, ruby],
  readers: [...ours, python, java, javaThroughKms, ruby],
  written: (writer) =>
    (writer === node ? everyObject : pairwiseObjects).filter(
      // Java's client sends other characters as "?" in metadata.
      (object) => writer !== java || object.instructionFile || isAscii(object.description),
    ),
  read: (reader, writer) => {
    if (reader === python && writer === node) return everyObject;
    return reader === commandLine ? fewObjects : pairwiseObjects;
  },
});

matrix({
  title: (writer) => `${writer.name} seals ${LARGE / 2 ** 20} MiB`,
  writers: ours,
  readers: [node, python, java, ruby],
  written: (writer) => (writer === node ? largeObjects : largeObjects.slice(0, 1)),
  read: (reader, writer) => (reader === python || writer === node ? largeObjects : []),
});

matrix({
  title: (writer) => `${writer.name} seals under a symmetric KMS key`,
  writers: [...ours.filter((program) => program !== commandLine), python],
  readers: [...ours, python],
  written: (writer) =>
    writer === node || writer === python ? everySymmetricObject : pairwiseSymmetricObjects,
  read: (reader, writer) => {
    if (reader === commandLine) return fewSymmetricObjects;
    const ofBoth = [reader, writer].every((program) => program === node || program === python);
    return ofBoth ? everySymmetricObject : pairwiseSymmetricObjects;
  },
});

/**
 * Has every writer seal its objects, and every reader open some that every writer sealed: of two programs, one is ours.
 * Cases that a program cannot do for its format (`formats`) are left out.
 */
function matrix({ title, writers, readers, written, read }) {
  const writtenBy = (writer) => written(writer).filter((object) => knows(writer, object));

  for (const writer of writers) {
    test(title(writer), { skip: writer.unavailable }, async (t) => {
      await tryAll(t, writtenBy(writer), async (object) => {
        await writer.put({
          ...keyOf(object),
          key: keyInStore(writer, object),
          ...{ format: object.format, description: object.description },
          ...{ instructionFile: object.instructionFile, multipart: object.multipart },
          in: await plaintextFile(folder, object.length),
        });
      });
    });

    for (const reader of readers.filter((reader) => [reader, writer].some(isOurs))) {
      const objects = read(reader, writer).filter(
        (object) => knows(reader, object) && writtenBy(writer).includes(object),
      );
      if (objects.length === 0) continue;
      const skip =
        reader.unavailable ?? (writer.unavailable && `${writer.name}: ${writer.unavailable}`);
      test(`${title(writer)}: ${reader.name} opens them`, { skip }, async (t) => {
        await tryAll(t, objects, (object) => opened(reader, writer, object));
      });
    }
  }
}

async function opened(reader, writer, object) {
  const out = join(folder, "opened");
  await rm(out, { force: true });
  const { format, description } = await reader.get({
    ...keyOf(object),
    ...{ format: object.format, description: object.description },
    ...{ key: keyInStore(writer, object), out },
  });
  const plaintext = await readFile(await plaintextFile(folder, object.length));
  assert.ok(plaintext.equals(await readFile(out)), "another plaintext");
  if (format !== undefined) assert.equal(format, object.format);
  if (description !== undefined) {
    const { "aws:x-amz-cek-alg": _, ...rest } = description;
    assert.deepEqual(rest, object.description);
  }
}

function isOurs(program) {
  return ours.includes(program);
}

function knows(program, { format }) {
  return program.formats?.includes(format) ?? true;
}

function keyOf({ spec }) {
  return spec === undefined ? symmetricKey : { ...keys.get(spec), symmetric: false };
}

function keyInStore(writer, object) {
  return `${writer.name.replaceAll(" ", "-")}/${object.id}`;
}

/** Goes through all of them before it fails, since which ones fail tells why. */
async function tryAll(t, objects, attempt) {
  assert.notEqual(objects.length, 0);
  const problems = [];
  for (const object of objects) {
    await attempt(object).catch((error) => problems.push(`${object.id}: ${error.message}`));
  }
  const shown = problems.slice(0, 20).join("\n");
  assert.ok(problems.length === 0, `${problems.length} of ${objects.length}:\n${shown}`);
  t.diagnostic(`${objects.length} objects`);
}
