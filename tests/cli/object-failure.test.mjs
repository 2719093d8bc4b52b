// A failed `bongtu object open` says why in one line, leaves nothing behind and keeps what was there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { ARN, bongtu, boxes, keyFiles, sample, scratch } from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const SEAL = ["object", "seal", "-k", key.pub, "--key-arn", ARN];
const OPEN = ["object", "open", "--private-key", key.pem];
const CHUNK = 512 * 1024;
const box = boxes(directory);
/** Fails with `-o` to a new file, to one that exists, and to standard output. */
async function refuseOpening(code, args, stdin) {
  for (const kept of [[], ["out"], undefined]) {
    const place = box(kept);
    const out = kept === undefined ? [] : ["-o", place.path("out")];
    const { status, stdout, stderr } = await bongtu([...args, ...out], { stdin });
    assert.match(stderr, new RegExp(`^bongtu: ${code}: [^\\n]+\\n( {2}hint: [^\\n]+\\n)?$`));
    assert.deepEqual({ status, length: stdout.length }, { status: 1, length: 0 });
    place.unchanged();
  }
}

describe("opening", () => {
  const metadata = directory.path("meta.json");
  const WITH = [...OPEN, "--metadata", metadata];
  let body;
  before(async () => {
    body = (await bongtu([...SEAL, "--metadata", metadata], { stdin: sample(3 * CHUNK) })).stdout;
    assert.equal(body.length, 3 * CHUNK + 16);
  });

  for (const [what, length, code = "ERR_AUTHENTICATION"] of [
    ["nothing", 0, "ERR_TRUNCATED"],
    ["less than a tag", 15, "ERR_TRUNCATED"],
    ["a tag", 16],
    ["a chunk", CHUNK],
    ["a chunk and a tag", CHUNK + 16],
    ["all but a byte", 3 * CHUNK + 15],
  ]) {
    test(`a body cut to ${what}`, () => refuseOpening(code, WITH, body.subarray(0, length)));
  }

  test("a body that goes on", () =>
    refuseOpening("ERR_AUTHENTICATION", WITH, Buffer.concat([body, Buffer.of(0)])));

  for (const position of [0, CHUNK, 3 * CHUNK, 3 * CHUNK + 15]) {
    test(`a bit flipped at ${position}`, () => {
      const changed = Buffer.from(body);
      changed[position] ^= 1;
      return refuseOpening("ERR_AUTHENTICATION", WITH, changed);
    });
  }

  test("another key", async () => {
    const { pem } = keyFiles(directory, "other");
    const args = ["object", "open", "--private-key", pem, "--metadata", metadata];
    await refuseOpening("ERR_UNWRAP", args, body);
    const { stderr } = await bongtu(args, { stdin: body });
    assert.match(stderr, /hint: the key must be the one that the object was sealed to/);
  });

  for (const [what, change, code] of [
    ["the wrapped key", { "x-amz-3": Buffer.alloc(256, 1).toString("base64") }, "ERR_UNWRAP"],
    ["the commitment", { "x-amz-d": Buffer.alloc(28, 1).toString("base64") }, "ERR_COMMITMENT"],
    ["the message id", { "x-amz-i": Buffer.alloc(28, 1).toString("base64") }, "ERR_COMMITMENT"],
    ["base64", { "x-amz-3": "!" }, "ERR_METADATA"],
    ["a missing name", { "x-amz-d": undefined }, "ERR_METADATA"],
    ["versions mixed", { "x-amz-key-v2": "AAAA" }, "ERR_METADATA"],
    ["version 1", { "x-amz-key": "AAAA" }, "ERR_(METADATA|UNSUPPORTED)"],
    [
      "another wrap",
      { "x-amz-w": "12", "x-amz-t": '{"aws:x-amz-cek-alg":"115"}' },
      "ERR_NO_MATCHING_KEY",
    ],
  ]) {
    test(`metadata changed: ${what}`, async () => {
      const changed = { ...JSON.parse(readFileSync(metadata, "utf8")), ...change };
      const file = directory.write("changed.json", JSON.stringify(changed));
      await refuseOpening(code, [...OPEN, "--metadata", file], body);
    });
  }

  test("a part of an object", async () => {
    const Metadata = JSON.parse(readFileSync(metadata, "utf8"));
    const response = { ContentRange: `bytes 0-99/${body.length}`, Metadata };
    const file = directory.write("part.json", JSON.stringify(response));
    await refuseOpening("ERR_UNSUPPORTED", [...OPEN, "--metadata", file], body.subarray(0, 100));
  });

  test("version 2 unless it is allowed", async () => {
    const file = directory.path("v2.json");
    const seal = [...SEAL, "--format", "v2", "--metadata", file];
    const { stdout } = await bongtu(seal, { stdin: "version 2" });
    const args = [...OPEN, "--metadata", file];
    await refuseOpening("ERR_COMMITMENT_POLICY", args, stdout);
    const { stderr } = await bongtu(args, { stdin: stdout });
    assert.match(stderr, /\n {2}hint: --allow-v2 opens it/);
    const allowed = await bongtu([...args, "--allow-v2"], { stdin: stdout });
    assert.equal(`${allowed.stdout}`, "version 2");
  });

  test("without its instruction file, or with another object's", async () => {
    const paths = ["a", "b"].map((name) => ({
      metadata: directory.path(`${name}.json`),
      file: directory.path(`${name}.instruction`),
    }));
    const bodies = [];
    for (const { metadata, file } of paths) {
      const args = [...SEAL, "--metadata", metadata, "--instruction-file", file];
      bodies.push((await bongtu(args, { stdin: "x" })).stdout);
    }
    const without = [...OPEN, "--metadata", paths[0].metadata];
    await refuseOpening("ERR_METADATA", without, bodies[0]);
    const swapped = [...without, "--instruction-file", paths[1].file];
    await refuseOpening("ERR_COMMITMENT", swapped, bodies[0]);
    const { status } = await bongtu([...without, "--instruction-file", paths[0].file], {
      stdin: bodies[0],
    });
    assert.equal(status, 0);
  });

  test("a plain object, and one whose metadata were lost", async () => {
    const plain = directory.write("plain.json", JSON.stringify({ Metadata: { author: "x" } }));
    await refuseOpening("ERR_NOT_SEALED", [...OPEN, "--metadata", plain], body);
    const { stderr } = await bongtu(["object", "inspect", plain]);
    assert.match(
      stderr,
      /^bongtu: ERR_NOT_SEALED: .*lost.*\n {2}hint: copies in parts lose metadata/,
    );
  });

  test("a description that cannot be read is shown, and keeps nobody from the object", async () => {
    const names = { ...JSON.parse(readFileSync(metadata)), "x-amz-m": "[\u001b" };
    const file = directory.write("described.json", JSON.stringify(names));
    const { stdout } = await bongtu(["object", "inspect", file]);
    assert.match(`${stdout}`, /\n {2}unreadable, taken for empty: \[\\u001b\n$/);
    const opened = await bongtu([...OPEN, "--metadata", file], { stdin: body });
    assert.deepEqual([opened.status, opened.stdout.length], [0, 3 * CHUNK]);
  });

  test("files that are not there", async () => {
    const nowhere = directory.path("nowhere");
    await bongtu([...WITH, nowhere]).then(noSuchFile);
    await bongtu([...OPEN, "--metadata", nowhere], { stdin: body }).then(noSuchFile);
    await bongtu([...WITH, "--instruction-file", nowhere], { stdin: body }).then(noSuchFile);
  });

  function noSuchFile({ status, stderr }) {
    assert.match(stderr, /^bongtu: ERR_FILE: cannot read '.*nowhere'\n {2}cause: no such file/);
    assert.equal(status, 1);
  }
});
