// Text files as editors and shells save them: with a byte order mark, or in UTF-16 as Windows PowerShell's `>` writes it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { ARN, bongtu, keyFiles, scratch } from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const SEALING = ["-k", key.pub, "--key-arn", ARN];
const OPENING = ["--private-key", key.pem];
const read = (name) => readFileSync(directory.path(name), "utf8");
const made = {};

const utf16 = (text) => Buffer.from(text, "utf16le");
const ENCODINGS = {
  "UTF-8": (text) => Buffer.from(text),
  "UTF-8 with a byte order mark": (text) => Buffer.from(`\ufeff${text}`),
  "UTF-16LE with one": (text) => utf16(`\ufeff${text}`),
  "UTF-16BE with one": (text) => utf16(`\ufeff${text}`).swap16(),
  "UTF-16LE without": utf16,
  "UTF-16BE without": (text) => utf16(text).swap16(),
  "UTF-16LE and Windows newlines": (text) =>
    utf16(`\ufeff${text.trimEnd()}\n`.replace(/\n/g, "\r\n")),
};

before(async () => {
  const files = ["metadata", "instruction"].map((name) => directory.path(name));
  const object = ["--metadata", files[0], "--instruction-file", files[1], "-m", "이름=봉투"];
  made.body = (await bongtu(["object", "seal", ...SEALING, ...object], { stdin: "x" })).stdout;
  for (const form of ["armoured", "direct"]) {
    made[form] = await bongtu(["secret", "seal", ...SEALING, "--form", form], { stdin: "x" });
  }
  made.policy = await bongtu(["policy", "bucket", "--bucket", "inbox", "--tls-only"]);
});

for (const [encoding, encode] of Object.entries(ENCODINGS)) {
  describe(encoding, () => {
    const write = (name, text) => directory.write(`encoded-${name}`, encode(text));

    async function shows(expected, args, stdin) {
      const { status, stdout, stderr } = await bongtu(args, { stdin });
      assert.deepEqual([status, stderr], [0, ""]);
      assert.ok(`${stdout}`.includes(expected), `${stdout}`);
    }

    test("metadata and instruction files", async () => {
      const metadata = write("metadata", read("metadata"));
      const files = ["--instruction-file", write("instruction", read("instruction"))];
      const open = ["object", "open", ...OPENING, "--metadata", metadata, ...files];
      await shows("x", open, made.body);
      await shows("이름 = 봉투", ["object", "inspect", ...files, metadata]);
      await shows("이름 = 봉투", ["object", "inspect", ...files, "-"], encode(read("metadata")));
    });

    test("sealed secrets", async () => {
      for (const form of ["armoured", "direct"]) {
        const sealed = write("secret", `${made[form].stdout}\n`);
        await shows("x", ["secret", "open", ...OPENING, sealed]);
      }
    });

    test("policies", async () => {
      await shows("enforced\n  tls-only", [
        "policy",
        "explain",
        write("policy", `${made.policy.stdout}`),
      ]);
    });

    test("private keys", async () => {
      for (const type of ["pkcs8", "pkcs1"]) {
        const pem = key.privateKey.export({ type, format: "pem" });
        for (const text of [pem, `Bag Attributes: 봉투\n${pem}`]) {
          const args = ["secret", "open", "--private-key", write("key", text)];
          await shows("x", args, `${made.direct.stdout}`);
        }
      }
      const args = ["open", "--private-key"];
      const pub = key.publicKey.export({ type: "spki", format: "pem" });
      const refused = await bongtu([...args, write("key", pub)], { stdin: "x" });
      assert.match(refused.stderr, /is a public key; opening takes the private half/);
      const none = await bongtu([...args, write("key", "no key")], { stdin: "x" });
      assert.match(none.stderr, /is not a private key in PEM/);
    });

    test("a newline at the end of a secret, which is sealed as its bytes are", async () => {
      for (const newline of ["\n", "\r\n"]) {
        const file = write("password", `hunter2${newline}`);
        const seal = ["secret", "seal", ...SEALING, "--trim-newline", file];
        const { stdout } = await bongtu(seal);
        const opened = await bongtu(["secret", "open", ...OPENING], { stdin: stdout });
        const expected = encoding.endsWith("newlines") ? utf16("\ufeffhunter2") : encode("hunter2");
        assert.ok(opened.stdout.equals(expected));
      }
    });
  });
}

describe("what is no text", () => {
  for (const [what, bytes] of [
    ["Latin-1", Buffer.from('{"a": "\xe9"}', "latin1")],
    ["half a character of UTF-16", utf16('\ufeff{"a": 1}').subarray(0, -1)],
    ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0, 0x7d, 0, 0, 0])],
  ]) {
    test(what, async () => {
      const file = directory.write("no-text", bytes);
      for (const [args, reads] of [
        [["object", "inspect", file], "user metadata"],
        [
          ["object", "inspect", "--instruction-file", file, directory.path("metadata")],
          "an instruction file",
        ],
        [["policy", "explain", file], "a bucket policy"],
      ]) {
        const { status, stderr } = await bongtu(args);
        if (what === "UTF-32") {
          assert.match(stderr, /^bongtu: ERR_(FILE|POLICY|METADATA): /);
        } else {
          const reason = `is not ${reads}: it is not UTF-8 text, nor UTF-16\n$`;
          assert.match(stderr, new RegExp(`^bongtu: ERR_FILE: '.*no-text' ${reason}`));
        }
        assert.equal(status, 1);
      }
    });
  }
});
