// A secret that is given as an argument, where the name of a file or an option belongs, is not repeated.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { ARN, bongtu, keyFiles, scratch } from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const SEALING = ["-k", key.pub, "--key-arn", ARN];
const OPENING = ["--private-key", key.pem];
const PLACE = ["--bucket", "b", "--key", "k"];

const SECRETS = [
  "--hunter2",
  "hunter2",
  "it's",
  "correct horse",
  "'hunter2'",
  "hunter. 2",
  "pass\nword",
  "a=b=c",
  "--hunter. 2",
  "--hunter2=3",
  "-xq7",
  "päss",
  "\x1b[8mhunter",
  "x".repeat(5000),
];

/** The places where somebody may put a secret. */
const PLACES = [
  ["secret seal", (secret) => ["secret", "seal", ...SEALING, secret]],
  ["secret seal, after --", (secret) => ["secret", "seal", ...SEALING, "--", secret]],
  ["secret seal, before all else", (secret) => ["secret", "seal", secret, ...SEALING]],
  ["secret seal, beside -", (secret) => ["secret", "seal", ...SEALING, "-", "--", secret]],
  ["secret seal, without a key", (secret) => ["secret", "seal", secret]],
  ["secret seal -k", (secret) => ["secret", "seal", "-k", secret]],
  ["secret seal -k, attached", (secret) => ["secret", "seal", `-k${secret}`]],
  ["secret seal --form", (secret) => ["secret", "seal", ...SEALING, `--form=${secret}`]],
  ["secret seal --target", (secret) => ["secret", "seal", ...SEALING, "--target", secret]],
  ["secret seal -c", (secret) => ["secret", "seal", ...SEALING, "-c", secret]],
  ["secret seal -a", (secret) => ["secret", "seal", ...SEALING, "-a", secret]],
  [
    "secret seal --spki-sha256",
    (secret) => ["secret", "seal", "-k", "x", `--spki-sha256=${secret}`],
  ],
  ["secret seal --trim-newline", (secret) => ["secret", "seal", `--trim-newline=${secret}`]],
  [
    "secret seal --form direct",
    (secret) => ["secret", "seal", ...SEALING, "--form", "direct", secret],
  ],
  ["secret open", (secret) => ["secret", "open", ...OPENING, secret]],
  ["secret open --kms", (secret) => ["secret", "open", "--kms", ARN, secret]],
  ["secret open --private-key", (secret) => ["secret", "open", "--private-key", secret]],
  ["secret", (secret) => ["secret", secret]],
  ["secret, before seal", (secret) => ["secret", secret, "seal", ...SEALING]],
  ["sse key", (secret) => ["sse", "key", ...SEALING, ...PLACE, secret]],
  ["sse headers", (secret) => ["sse", "headers", ...OPENING, ...PLACE, secret]],
  ["open --private-key", (secret) => ["open", "--private-key", secret]],
  [
    "object open --private-key",
    (secret) => ["object", "open", `--private-key=${secret}`, "--metadata", "m"],
  ],
  [
    "sse headers --private-key",
    (secret) => ["sse", "headers", ...PLACE, "--private-key", secret, "x"],
  ],
];

/** More places, for cases where the first few are not enough. */
const EVERY = ["secret seal", "secret seal --form", "secret open", "secret"];

for (const [where, args] of PLACES) {
  test(where, async () => {
    for (const secret of SECRETS.slice(0, EVERY.includes(where) ? undefined : 3)) {
      const { status, stdout, stderr } = await bongtu(args(secret), { stdin: "x" });
      const shown = `${stdout}${stderr}`;
      // Neither two dashes, nor an escape, nor the text after them is a word of ours.
      const parts = [secret, secret.slice(2), secret.slice(-4)].filter((part) => part.length > 2);
      assert.ok(!parts.some((part) => shown.includes(part)), shown);
      if (status !== 0) {
        assert.match(stderr, /^bongtu: ERR_[A-Z_]+: [^\n]+\n/);
      }
    }
  });
}

describe("a sealed secret or a private key", () => {
  let sealed;
  before(async () => {
    sealed = `${(await bongtu(["secret", "seal", ...SEALING], { stdin: "x" })).stdout}`;
  });

  test("the sealed text in place of its file", async () => {
    const { stderr } = await bongtu(["secret", "open", ...OPENING, sealed]);
    assert.ok(!stderr.includes(sealed.slice(0, 20)));
    assert.match(stderr, /^bongtu: ERR_FILE: cannot read '…'\n {2}cause: [^\n]+\n {2}hint: /);
  });

  test("a private key in place of its file, in one word or in many", async () => {
    const pem = readFileSync(key.pem, "utf8");
    const inner = pem.split("\n").slice(1, -2);
    for (const words of [[pem], pem.split(/\s+/), pem.split("\n"), [`"${pem}"`], inner]) {
      for (const args of [
        ["open", "--private-key"],
        ["object", "open", "--metadata", "m", "--private-key"],
        ["secret", "open", "--private-key"],
      ]) {
        for (const given of [
          [...args, ...words],
          [...args.slice(0, -1), `--private-key=${words[0]}`, ...words.slice(1)],
        ]) {
          const { status, stderr } = await bongtu(given, { stdin: "x" });
          assert.notEqual(status, 0);
          assert.ok(!inner.some((line) => stderr.includes(line)), stderr);
        }
      }
    }
    for (const args of [["seal", "-k"], ["key"], ["inspect"]]) {
      const { stderr } = await bongtu([...args, `\n${pem}`]);
      assert.ok(!inner.some((line) => stderr.includes(line)), stderr);
    }
  });
});

test("what is a file is called by its name, and so is an output", async () => {
  const file = directory.write("long", Buffer.alloc(100_000));
  const long = await bongtu(["secret", "seal", ...SEALING, file]);
  assert.match(long.stderr, /long' is not a secret: it is longer than 64 KiB\n$/);
  const { stderr } = await bongtu(["secret", "open", ...OPENING, directory.path()]);
  assert.match(stderr, /^bongtu: ERR_FILE: '.*' is a directory\n$/);
  const out = directory.path("nowhere", "out");
  const written = await bongtu(["secret", "seal", ...SEALING, "-o", out], { stdin: "x" });
  assert.match(written.stderr, /cannot write '.*out'\n {2}cause: no such file or directory/);
});
