// A failed `bongtu object seal` leaves none of its files behind and keeps those that were there.
import assert from "node:assert/strict";
import { appendFileSync, rmSync } from "node:fs";
import { test } from "node:test";
import {
  ARN,
  bongtu,
  boxes,
  keyFiles,
  running,
  sample,
  scratch,
  UNTIL_CHANGED,
  untilTemporaryFiles,
} from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const SEAL = ["object", "seal", "-k", key.pub, "--key-arn", ARN];
const box = boxes(directory);
const NAMES = ["body", "instruction", "meta"];
const outputs = (place) => [
  ...["-o", place.path("body"), "--metadata", place.path("meta")],
  ...["--instruction-file", place.path("instruction")],
];

for (const kept of [[], NAMES]) {
  const state = kept.length === 0 ? "new" : "replaced";
  test(`an input that is not there, outputs ${state}`, async () => {
    const place = box(kept);
    const { stderr } = await bongtu([...SEAL, ...outputs(place), directory.path("nowhere")]);
    assert.match(stderr, /^bongtu: ERR_FILE: cannot read /);
    place.unchanged();
  });

  test(`an input that grows, outputs ${state}`, async () => {
    const place = box(kept);
    const file = directory.write("growing", sample(3 * 1024 * 1024));
    const { child, ended } = running([...SEAL, ...outputs(place), file], UNTIL_CHANGED);
    await untilTemporaryFiles(place.path("."), 3);
    appendFileSync(file, "more");
    const { status, stderr } = await ended;
    assert.match(stderr, /^bongtu: ERR_FILE: '.*growing' changed while it was read\n$/);
    assert.equal(status, 1);
    assert.equal(child.killed, false);
    place.unchanged();
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    test(`${signal}, outputs ${state}`, { skip: process.platform === "win32" }, async () => {
      const place = box(kept);
      const { child, ended } = running([...SEAL, ...outputs(place)]);
      child.stdin.write(sample(1_000_000));
      await untilTemporaryFiles(place.path("."), 3);
      child.kill(signal);
      assert.equal((await ended).signal, signal);
      place.unchanged();
    });
  }
}

for (const [option, missing] of [
  ["-o", "body"],
  ["--metadata", "meta"],
  ["--instruction-file", "instruction"],
]) {
  test(`${option} where nothing can be written`, async () => {
    const place = box();
    const args = outputs(place).map((arg) =>
      arg === place.path(missing) ? directory.path("nowhere", missing) : arg,
    );
    const { status, stderr } = await bongtu([...SEAL, ...args], { stdin: "x" });
    assert.match(stderr, /^bongtu: ERR_FILE: cannot write '.*nowhere.*'\n {2}cause: no such file/);
    assert.equal(status, 1);
    place.unchanged();
  });
}

test("the last output's directory vanishes meanwhile", async () => {
  const place = box();
  const other = box();
  const args = outputs(place).map((arg) => (arg === place.path("body") ? other.path("body") : arg));
  const { child, ended } = running([...SEAL, ...args]);
  child.stdin.write("x");
  await untilTemporaryFiles(other.path("."));
  rmSync(other.path("."), { recursive: true });
  child.stdin.end();
  const { status, stderr } = await ended;
  assert.match(stderr, /^bongtu: ERR_FILE: cannot write '.*body'\n {2}cause: no such file/);
  assert.equal(status, 1);
  place.unchanged();
});

test("a reader of the body that goes away", async () => {
  const place = box(["meta"]);
  const file = directory.write("long", sample(8_000_000));
  const { child, ended } = running([...SEAL, "--metadata", place.path("meta"), file]);
  child.stdout.destroy();
  const { status, stderr } = await ended;
  assert.notEqual(status, 0);
  assert.equal(stderr, "");
  place.unchanged();
});

test("a description that is larger than S3's metadata", async () => {
  const place = box();
  const args = ["-o", place.path("body"), "--metadata", place.path("meta")];
  const pair = `long=${"x".repeat(3000)}`;
  const { status, stderr } = await bongtu([...SEAL, ...args, "-m", pair], { stdin: "x" });
  assert.match(stderr, /^bongtu: ERR_LIMIT: [^\n]*metadata: 3[0-9]{3}, at most 2048\n$/);
  assert.equal(status, 1);
  place.unchanged();
});

test("a GetPublicKey response without SHA-1", async () => {
  const response = directory.write(
    "sha256-only.json",
    JSON.stringify({
      KeyId: ARN,
      PublicKey: key.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
      KeySpec: "RSA_2048",
      KeyUsage: "ENCRYPT_DECRYPT",
      EncryptionAlgorithms: ["RSAES_OAEP_SHA_256"],
    }),
  );
  const place = box();
  const args = ["object", "seal", "-k", response, ...outputs(place)];
  const { status, stderr } = await bongtu(args, { stdin: "x" });
  assert.match(stderr, /^bongtu: ERR_KEY_ALGORITHM: RSAES_OAEP_SHA_1 /);
  assert.equal(status, 1);
  place.unchanged();
});
