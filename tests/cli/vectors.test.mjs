// The scenarios of tests/vectors through the command line: what must open, and what must be refused with which code.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { readVectors } from "../support/vectors.mjs";
import { CREDENTIALS, loopbackKms } from "./loopback-kms.mjs";
import { bongtu, ROOT, scratch, temporaryFiles } from "./support.mjs";

const { messages, objects } = readVectors();
const directory = scratch();

describe("messages", { concurrency: 4 }, () => {
  for (const [name, scenario] of Object.entries(messages)) {
    test(name, async () => {
      const { opens, asked_context: asked, commitment_policy: policy, fails } = scenario;
      // A private key stands for KMS under any ARN.
      const key =
        fails?.code === "ERR_NO_MATCHING_KEY" ? await kms(scenario) : privateKey(scenario);
      const pairs = Object.entries({ ...asked, ...opens?.encryption_context });
      const context = pairs.flatMap(([name, value]) => ["-c", `${name}=${value}`]);
      const args = ["open", ...key.options, "-a", scenario.algorithm, ...context];
      // There is no option that allows suites without commitment.
      const expected =
        policy === undefined ? scenario : { fails: { code: "ERR_COMMITMENT_POLICY", released: 0 } };
      await check(name, args, Buffer.from(scenario.message, "base64"), expected);
      assert.equal(key.asked(), 0);
    });
  }
});

describe("objects", { concurrency: 4 }, () => {
  for (const [name, scenario] of Object.entries(objects)) {
    test(name, async () => {
      const { metadata, instruction_file: file, data_key: dataKey } = scenario;
      const key = dataKey === undefined ? privateKey(scenario) : await kms(scenario);
      const args = ["object", "open", ...key.options];
      args.push("--metadata", directory.write(`${name}.json`, JSON.stringify(metadata)));
      if (file !== undefined) {
        args.push("--instruction-file", directory.write(`${name}.instruction`, file));
      }
      if (scenario.commitment_policy !== undefined) {
        args.push("--allow-v2");
      }
      await check(name, args, Buffer.from(scenario.body, "base64"), scenario);
      // Both runs do this.
      assert.equal(key.asked(), dataKey === undefined ? 0 : 2);
    });
  }
});

/** Opens to a file and, through a pipe, to standard output. */
async function check(name, args, sealed, { opens, fails }) {
  const out = directory.path(`${name}.plaintext`);
  const input = directory.write(`${name}.sealed`, sealed);
  const toFile = await bongtu([...args, "-o", out, input], { env: CREDENTIALS });
  const toPipe = await bongtu(args, { stdin: sealed, env: CREDENTIALS });
  for (const { status, stderr } of [toFile, toPipe]) {
    if (opens !== undefined) {
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    } else {
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`^bongtu: ${fails.code}: `));
    }
  }
  if (opens === undefined) {
    assert.equal(existsSync(out), false);
    const { stdout } = toPipe;
    assert.ok(stdout.length <= fails.released, `${stdout.length} bytes were released`);
    assert.deepEqual(
      stdout,
      stdout.map((_, i) => (i * 7) % 251),
    );
  } else {
    for (const plaintext of [readFileSync(out), toPipe.stdout]) {
      assert.equal(plaintext.length, opens.size);
      assert.equal(createHash("sha256").update(plaintext).digest("hex"), opens.sha256);
    }
  }
}

function privateKey({ private_key: name }) {
  return { options: ["--private-key", `${ROOT}tests/vectors/keys/${name}.pem`], asked: () => 0 };
}

/** A KMS that has the reader's key and, for objects, answers with their data key. */
async function kms({ key_arn: arn, data_key: dataKey }) {
  const kms = await loopbackKms();
  kms.unref();
  kms.respond = ({ KeyId }) => {
    assert.equal(KeyId, arn);
    return { KeyId, Plaintext: Buffer.from(dataKey, "hex").toString("base64") };
  };
  return {
    options: ["--kms", arn, "--endpoint-url", kms.endpoint],
    asked: () => kms.requests.length,
  };
}

test("nothing is left beside the outputs", () => {
  assert.deepEqual(temporaryFiles(directory.path()), []);
});
