// The files that a run leaves behind if it is killed outright and can clean nothing up.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createWriteStream, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { before, describe, test } from "node:test";
import { ARN, bongtu, keyFiles, running, sample, scratch, temporaryFiles } from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const SEALING = ["-k", key.pub, "--key-arn", ARN];
const OPENING = ["--private-key", key.pem];
const LENGTH = 8 * 1024 * 1024;
const plaintext = sample(LENGTH);
const metadata = directory.path("metadata");

describe("object open", { skip: process.platform === "win32" }, () => {
  let body;
  before(async () => {
    const seal = ["object", "seal", ...SEALING, "--metadata", metadata];
    body = (await bongtu(seal, { stdin: plaintext })).stdout;
  });

  for (const [where, args, fifo] of [
    ["from a pipe to a file", ["-o", "out"]],
    ["from a pipe, called -, to a file", ["-o", "out", "-"]],
    ["from a named pipe to a file", ["-o", "out", "../fifo"], directory.path("fifo")],
  ]) {
    test(`${where}: nothing of what is not verified`, async () => {
      const cwd = directory.path(where);
      const TMPDIR = `${cwd}-tmp`;
      mkdirSync(cwd);
      mkdirSync(TMPDIR);
      const open = ["object", "open", ...OPENING, "--metadata", metadata, ...args];
      fifo && execFileSync("mkfifo", [fifo]);
      const { child, ended } = running(open, { cwd, env: { TMPDIR } });
      const input = fifo === undefined ? child.stdin : createWriteStream(fifo);
      input.on("error", () => {});
      // All but the last byte of the tag: what is not read yet is what a pipe holds, which is little.
      await new Promise((resolve) => input.write(body.subarray(0, -1), resolve));
      child.kill("SIGKILL");
      assert.equal((await ended).signal, "SIGKILL");
      assert.deepEqual(temporaryFiles(cwd), readdirSync(cwd));
      for (const name of readdirSync(cwd)) {
        assert.equal(statSync(`${cwd}/${name}`).size, 0);
      }
      for (const name of readdirSync(TMPDIR)) {
        assert.equal(plaintext.indexOf(readFileSync(`${TMPDIR}/${name}`).subarray(0, 64)), -1);
      }
    });
  }

  test("a pipe of more than memory is to hold", async () => {
    const cwd = directory.path("large");
    mkdirSync(cwd);
    const large = sample(80 * 1024 * 1024);
    const meta = `${cwd}/meta`;
    const sealed = await bongtu(["object", "seal", ...SEALING, "--metadata", meta], {
      stdin: large,
    });
    const open = ["object", "open", ...OPENING, "--metadata", meta, "-o", `${cwd}/out`];
    const { status, stderr } = await bongtu(open, { stdin: sealed.stdout });
    assert.deepEqual([status, stderr], [0, ""]);
    assert.ok(readFileSync(`${cwd}/out`).equals(large));

    const env = { TMPDIR: `${cwd}/nowhere` };
    const without = await bongtu(open, { stdin: sealed.stdout, env });
    assert.match(
      without.stderr,
      /^bongtu: ERR_LIMIT: [^\n]+\n {2}hint: [^\n]* TMPDIR names its folder/,
    );
    assert.equal(without.status, 1);
    assert.deepEqual(temporaryFiles(cwd), []);
  });
});

test("open: frames that are verified, and nothing else", {
  skip: process.platform === "win32",
}, async () => {
  const cwd = directory.path("message");
  mkdirSync(cwd);
  const sealed = (await bongtu(["seal", ...SEALING], { stdin: plaintext })).stdout;
  const { child, ended } = running(["open", ...OPENING, "-o", "out"], { cwd });
  await new Promise((resolve) => child.stdin.write(sealed.subarray(0, -1), resolve));
  child.kill("SIGKILL");
  assert.equal((await ended).signal, "SIGKILL");
  const [name, ...more] = readdirSync(cwd);
  assert.match(name, /^\.bongtu-[0-9a-f]{16}\.tmp$/);
  assert.deepEqual(more, []);
  const left = readFileSync(`${cwd}/${name}`);
  assert.ok(plaintext.subarray(0, left.length).equals(left));
  assert.equal(statSync(`${cwd}/${name}`).mode & 0o777, 0o600);
});
