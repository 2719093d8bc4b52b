// `bongtu object`: what is sealed comes back, in every form, and what is shown of it without a key.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { before, describe, test } from "node:test";
import { ARN, bongtu, keyFiles, sample, scratch } from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const SEAL = ["object", "seal", "-k", key.pub, "--key-arn", ARN];
const OPEN = ["object", "open", "--private-key", key.pem];
const CHUNK = 512 * 1024;

async function succeed(args, options) {
  const result = await bongtu(args, options);
  assert.deepEqual({ status: result.status, stderr: result.stderr }, { status: 0, stderr: "" });
  return result.stdout;
}

const json = (path) => JSON.parse(readFileSync(path, "utf8"));

describe("from file to file", () => {
  for (const format of ["v3", "v2"]) {
    for (const size of [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5_000_000]) {
      test(`${size} bytes, ${format}`, async () => {
        const plaintext = sample(size);
        const file = directory.write(`plain-${format}-${size}`, plaintext);
        const [body, metadata, out] = [`${file}.body`, `${file}.json`, `${file}.opened`];
        await succeed([...SEAL, "--format", format, "--metadata", metadata, "-o", body, file]);
        assert.equal(statSync(body).size, size + 16);
        const open = [...OPEN, ...(format === "v2" ? ["--allow-v2"] : []), "--metadata", metadata];
        await succeed([...open, "-o", out, body]);
        assert.ok(readFileSync(out).equals(plaintext));
      });
    }
  }

  test("with -m and --instruction-file", async () => {
    for (const format of ["v3", "v2"]) {
      const [metadata, file, body, out] = ["meta", "instruction", "body", "out"].map((name) =>
        directory.path(`${format}-with-${name}`),
      );
      const where = ["--metadata", metadata, "--instruction-file", file];
      const pairs = ["-m", "purpose=backup", "-m", "이름=a=b"];
      await succeed([...SEAL, "--format", format, ...where, ...pairs, "-o", body], {
        stdin: "separate",
      });
      const wrappedKey = format === "v3" ? "x-amz-3" : "x-amz-key-v2";
      assert.ok(wrappedKey in json(file));
      assert.equal(wrappedKey in json(metadata), false);
      const shown = await succeed(["object", "inspect", "--json", ...where.slice(2), metadata]);
      assert.deepEqual(JSON.parse(shown).materialDescription, { purpose: "backup", 이름: "a=b" });
      await succeed([...OPEN, "--allow-v2", ...where, "-o", out, body]);
      assert.equal(readFileSync(out, "utf8"), "separate");
    }
  });

  for (const bits of [3072, 4096]) {
    test(`RSA_${bits}`, async () => {
      const { pub, pem } = keyFiles(directory, `rsa-${bits}`, bits);
      const metadata = directory.path(`rsa-${bits}.json`);
      const seal = ["object", "seal", "-k", pub, "--key-arn", ARN, "--metadata", metadata];
      const stdin = await succeed(seal, { stdin: "wrapped" });
      const open = ["object", "open", "--private-key", pem, "--metadata", metadata];
      assert.equal(`${await succeed(open, { stdin })}`, "wrapped");
    });
  }

  test("all files are new, their owner's only, and replaced together", async () => {
    const box = ["instruction", "meta", "body"].map((name) => directory.path(`twice-${name}`));
    const [file, metadata, body] = box;
    const seal = [...SEAL, "--instruction-file", file, "--metadata", metadata, "-o", body];
    await succeed(seal, { stdin: "first" });
    const first = box.map((path) => readFileSync(path, "utf8"));
    assert.ok(box.every((path) => (statSync(path).mode & 0o777) === 0o600));
    await succeed(seal, { stdin: "second" });
    for (const [index, path] of box.entries()) {
      assert.notEqual(readFileSync(path, "utf8"), first[index]);
    }
    const open = [...OPEN, "--instruction-file", file, "--metadata", metadata, body];
    assert.equal(`${await succeed(open)}`, "second");
  });
});

describe("through pipes", () => {
  const metadata = directory.path("piped.json");
  for (const dash of [[], ["-"], ["-o", "-", "-"]]) {
    for (const size of [0, CHUNK + 1, 4 * CHUNK]) {
      test(`${size} bytes, operand ${dash.at(-1) ?? "absent"}`, async () => {
        const plaintext = sample(size);
        const where = ["--metadata", metadata, ...dash];
        const body = await succeed([...SEAL, ...where], { stdin: plaintext });
        const opened = await succeed([...OPEN, ...where], { stdin: body });
        assert.ok(opened.equals(plaintext));
      });
    }
  }

  test("a body from a file, to standard output", async () => {
    const plaintext = sample(3 * CHUNK);
    const body = directory.path("file.body");
    await succeed([...SEAL, "--metadata", metadata, "-o", body], { stdin: plaintext });
    assert.ok((await succeed([...OPEN, "--metadata", metadata, body])).equals(plaintext));
  });

  test("the metadata from standard input, the body from a file", async () => {
    const body = directory.path("beside.body");
    await succeed([...SEAL, "--metadata", metadata, "-o", body], { stdin: "beside" });
    const stdin = readFileSync(metadata);
    assert.equal(`${await succeed([...OPEN, "--metadata", "-", body], { stdin })}`, "beside");
  });

  test("a file that the system makes up as it is read", {
    skip: !existsSync("/proc/version"),
  }, async () => {
    const body = await succeed([...SEAL, "--metadata", metadata, "/proc/version"]);
    const opened = await succeed([...OPEN, "--metadata", metadata], { stdin: body });
    assert.ok(opened.equals(readFileSync("/proc/version")));
  });

  test("the metadata to a named pipe", { skip: process.platform === "win32" }, async () => {
    const [fifo, body] = [directory.path("fifo"), directory.path("fifo.body")];
    execFileSync("mkfifo", [fifo]);
    const reading = readFile(fifo, "utf8");
    await succeed([...SEAL, "--metadata", fifo, "-o", body], { stdin: "x" });
    assert.equal(JSON.parse(await reading)["x-amz-c"], "115");
  });
});

describe("META.json", () => {
  let body;
  let metadata;
  const file = directory.path("forms.json");
  before(async () => {
    body = await succeed([...SEAL, "--metadata", file, "-m", "a=b"], { stdin: "any form" });
    metadata = json(file);
  });

  const prefixed = () =>
    Object.entries(metadata).map(([name, value]) => [`X-Amz-Meta-${name}`, value]);
  for (const [what, form] of [
    ["a response of HeadObject", () => ({ ContentLength: 24, ETag: '"x"', Metadata: metadata })],
    ["names with their prefix", () => Object.fromEntries(prefixed())],
    ["other metadata beside", () => ({ ...metadata, owner: "someone" })],
  ]) {
    test(`${what} will do`, async () => {
      writeFileSync(file, JSON.stringify(form()));
      const opened = await succeed([...OPEN, "--metadata", file], { stdin: body });
      assert.equal(`${opened}`, "any form");
      const shown = await succeed(["object", "inspect", "--json", file]);
      assert.deepEqual(JSON.parse(shown).materialDescription, { a: "b" });
    });
  }

  for (const [what, text, reason] of [
    ["no JSON", "x-amz-c: 115", /not user metadata: a JSON object of strings, or what/],
    ["an array", "[]", /not user metadata/],
    ["a number in it", '{"x-amz-c":115}', /not user metadata/],
    ["no UTF-8", Buffer.of(0x22, 0xff, 0x22), /is not user metadata: it is not UTF-8 text/],
    ["too long", Buffer.alloc(100_000, 0x20), /is not user metadata: it is longer than 64 KiB/],
  ]) {
    test(`${what} will not`, async () => {
      const path = directory.write("bad.json", text);
      for (const args of [
        [...OPEN, "--metadata", path],
        ["object", "inspect", path],
      ]) {
        const { status, stdout, stderr } = await bongtu(args, { stdin: body });
        assert.match(stderr, /^bongtu: ERR_FILE: '[^\n]+\n$/);
        assert.match(stderr, reason);
        assert.deepEqual({ status, stdout: `${stdout}` }, { status: 1, stdout: "" });
      }
    });
  }
});

describe("inspect", () => {
  test("shows a version 3 object", async () => {
    const metadata = directory.path("shown.json");
    const evil = "evil=\x1b[2Jgone\u202e";
    await succeed([...SEAL, "--metadata", metadata, "-m", evil], { stdin: "x" });
    const shown = await succeed(["object", "inspect", metadata]);
    assert.equal(
      shown.toString(),
      `S3 Encryption Client object, version 3

content    115 (AES-GCM, commits to its key)
data key   RSA-OAEP-SHA1, 256 bytes in the metadata
plaintext  16 bytes less than the body

material description (unverified: whoever can write the metadata can change it)
  evil = \\u001b[2Jgone\\u202e
`,
    );
    const stdin = readFileSync(metadata);
    assert.deepEqual(await succeed(["object", "inspect", "-"], { stdin }), shown);
  });

  test("shows a version 2 object", async () => {
    const metadata = directory.path("shown-v2.json");
    const file = directory.write("shown", sample(12_345));
    await succeed([...SEAL, "--format", "v2", "--metadata", metadata, file]);
    const shown = await succeed(["object", "inspect", metadata]);
    assert.match(`${shown}`, /version 2\n/);
    assert.match(`${shown}`, /AES\/GCM\/NoPadding \(AES-GCM, does NOT commit to its key\)\n/);
    assert.match(`${shown}`, /plaintext {2}12,345 bytes \(12 KiB\), as the metadata claim\n/);
    assert.match(`${shown}`, /\(unverified: [^\n]+\)\n {2}empty\n$/);
  });
});
