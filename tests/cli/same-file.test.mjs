// No run destroys what it reads, or one of its outputs with another, by whatever names they go.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { before, describe, test } from "node:test";
import { ARN, BONGTU, bongtu, keyFiles, scratch } from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const SEALING = ["-k", "pub", "--key-arn", ARN];
const OPENING = ["--private-key", "pem"];
const PLACE = ["--bucket", "b", "--key", "k"];

/** Every input that a command can have, under the name that it has in a box. */
const files = {};
before(async () => {
  Object.assign(files, { pub: readFileSync(key.pub), pem: readFileSync(key.pem), file: "a file" });
  files.raw = Buffer.alloc(32, 7);
  const seal = ["-k", key.pub, "--key-arn", ARN];
  const object = ["object", "seal", ...seal, "--metadata", directory.path("metadata")];
  const instruction = ["--instruction-file", directory.path("instruction")];
  files.sealed = (await bongtu(["seal", ...seal], { stdin: "x" })).stdout;
  files.secret = (await bongtu(["secret", "seal", ...seal], { stdin: "x" })).stdout;
  files.customer = (await bongtu(["sse", "key", ...seal, ...PLACE])).stdout;
  files.body = (await bongtu([...object, ...instruction], { stdin: "x" })).stdout;
  files.metadata = readFileSync(directory.path("metadata"));
  files.instruction = readFileSync(directory.path("instruction"));
});

/** A new directory with all of them. */
function box() {
  const path = directory.path(`box-${box.count++}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(`${path}/${name}`, content);
  }
  return path;
}
box.count = 0;

/** All are as they were, and nothing came beside them but what the test made itself. */
function unchanged(cwd, made = []) {
  assert.deepEqual(readdirSync(cwd).sort(), [...Object.keys(files), ...made].sort());
  for (const [name, content] of Object.entries(files)) {
    assert.ok(readFileSync(`${cwd}/${name}`).equals(Buffer.from(content)), name);
  }
}

function refused({ status, stderr, stdout }, reason) {
  assert.match(stderr, /^bongtu: ERR_USAGE: [^\n]+\n {2}see: bongtu [a-z ]+ --help\n$/);
  assert.match(stderr, reason);
  assert.deepEqual([status, stdout.length], [2, 0]);
}

const ENVELOPE = ["--metadata", "metadata", "--instruction-file", "instruction"];
/** The inputs of each command that writes, by the option that names the output. */
const WRITING = [
  [["seal", ...SEALING], "-o", "file", ["pub"]],
  [["open", ...OPENING], "-o", "sealed", ["pem"]],
  [["object", "seal", ...SEALING, "--metadata", "new"], "-o", "file", ["pub"]],
  [["object", "seal", ...SEALING], "--metadata", "file", ["pub"]],
  [["object", "seal", ...SEALING, "--metadata", "new"], "--instruction-file", "file", ["pub"]],
  [["object", "open", ...OPENING, ...ENVELOPE], "-o", "body", ["pem", "metadata", "instruction"]],
  [["secret", "seal", ...SEALING], "-o", "file", ["pub"]],
  [["secret", "open", ...OPENING], "-o", "secret", ["pem"]],
  [["sse", "key", ...SEALING, ...PLACE], "-o", "raw", ["pub"]],
  [["sse", "headers", ...OPENING, ...PLACE], "-o", "customer", ["pem"]],
];

for (const [args, option, operand, others] of WRITING) {
  describe(`bongtu ${args.slice(0, 2).join(" ")} ${option}`, () => {
    for (const input of [operand, ...others]) {
      test(`onto its ${input}`, async () => {
        const cwd = box();
        const run = () => bongtu([...args, option, input, operand], { cwd });
        refused(await run(), new RegExp(`'${input}' is both input and output: writing it would`));
        unchanged(cwd);
      });
    }

    for (const [how, link] of [
      ["a symbolic link", (cwd) => symlinkSync(operand, `${cwd}/other`)],
      ["a hard link", (cwd) => linkSync(`${cwd}/${operand}`, `${cwd}/other`)],
    ]) {
      test(`onto its ${operand} through ${how}`, async () => {
        const cwd = box();
        link(cwd);
        for (const names of [
          ["other", operand],
          [operand, "other"],
          [`./${operand}`, `../${cwd.split("/").pop()}/other`],
        ]) {
          const result = await bongtu([...args, option, names[0], names[1]], { cwd });
          refused(result, /are the same file: writing it would destroy what is read/);
          unchanged(cwd, ["other"]);
        }
      });
    }

    test("standard input redirected from it", { skip: process.platform === "win32" }, () => {
      const cwd = box();
      const result = redirected([...args, option, operand, "-"], cwd, { from: operand });
      refused(result, new RegExp(`'${operand}' and standard input are the same file`));
      unchanged(cwd);
    });
  });
}

/** Runs with standard input from a file, or standard output to one, which is opened with `flags`. */
function redirected(args, cwd, { from, to, flags = "a" }) {
  const stdin = openSync(from === undefined ? "/dev/null" : `${cwd}/${from}`, "r");
  const stdout = to === undefined ? "pipe" : openSync(`${cwd}/${to}`, flags);
  const result = spawnSync(process.execPath, [BONGTU, ...args], {
    cwd,
    stdio: [stdin, stdout, "pipe"],
    encoding: "utf8",
  });
  for (const stream of [stdin, stdout]) {
    typeof stream === "number" && closeSync(stream);
  }
  return { ...result, stdout: result.stdout ?? "" };
}

describe("standard output redirected to an input", { skip: process.platform === "win32" }, () => {
  for (const [args, to] of [
    [["seal", ...SEALING, "file"], "file"],
    [["seal", ...SEALING, "-o", "-", "file"], "pub"],
    [["open", ...OPENING, "sealed"], "sealed"],
    [["object", "open", ...OPENING, ...ENVELOPE, "body"], "metadata"],
    [["secret", "seal", ...SEALING, "file"], "file"],
    // A command that only shows may append to the file that it shows.
    [["key", "pub"], "pub"],
    [["inspect", "sealed"], "sealed"],
    [["object", "inspect", ...ENVELOPE.slice(2), "metadata"], "instruction"],
  ]) {
    test(`bongtu ${args.join(" ")} >> ${to}`, () => {
      const cwd = box();
      const result = redirected(args, cwd, { to });
      refused(result, new RegExp(`standard output and '${to}' are the same file`));
      unchanged(cwd);
    });
  }

  test("bongtu seal < file >> file", () => {
    const cwd = box();
    const result = redirected(["seal", ...SEALING], cwd, { from: "file", to: "file" });
    refused(result, /standard output and standard input are the same file/);
    unchanged(cwd);
  });

  test("bongtu seal < file > file, which the shell has emptied, is told", () => {
    const cwd = box();
    const how = { from: "file", to: "file", flags: "w" };
    refused(redirected(["seal", ...SEALING], cwd, how), /are the same file/);
    assert.equal(readFileSync(`${cwd}/file`).length, 0);
  });

  test("an input that is read from the terminal's or null device is none", () => {
    const cwd = box();
    const result = spawnSync(process.execPath, [BONGTU, "seal", ...SEALING, "-o", "/dev/null"], {
      cwd,
      stdio: [openSync("/dev/null", "r"), openSync("/dev/null", "w"), "pipe"],
      encoding: "utf8",
    });
    assert.deepEqual([result.status, result.stderr], [0, ""]);
  });
});

describe("outputs of object seal that are one file", () => {
  const args = ["object", "seal", ...SEALING];
  for (const [what, names, prepare = () => {}] of [
    ["of one name", ["new", "new"]],
    ["spelt otherwise", ["new", "./new"]],
    ["spelt otherwise", ["new", "folder/../new"], (cwd) => mkdirSync(`${cwd}/folder`)],
    ["in a folder that has two names", ["folder/new", "alias/new"], withAlias],
    ["but for case", ["folder/new", "alias/NEW"], withAlias],
    ["but for the form of an accent", ["\u00e9", "e\u0301"]],
    ["of which one is a symbolic link", ["there", "link"], withLinks],
    ["of which one is a hard link", ["there", "hard"], withLinks],
  ]) {
    for (const [first, second] of [
      ["-o", "--metadata"],
      ["-o", "--instruction-file"],
      ["--instruction-file", "--metadata"],
    ]) {
      test(`${first} and ${second}, ${what}: ${names.join(", ")}`, async () => {
        const cwd = box();
        prepare(cwd);
        const made = readdirSync(cwd);
        const rest = ["-o", "--metadata"].flatMap((option) =>
          [first, second].includes(option) ? [] : [option, "another"],
        );
        const given = [...args, ...rest, first, names[0], second, names[1], "file"];
        refused(await bongtu(given, { cwd }), new RegExp(`${first} and ${second} name the same`));
        assert.deepEqual(readdirSync(cwd), made);
      });
    }
  }

  function withAlias(cwd) {
    mkdirSync(`${cwd}/folder`);
    symlinkSync("folder", `${cwd}/alias`);
  }

  function withLinks(cwd) {
    writeFileSync(`${cwd}/there`, "");
    symlinkSync("there", `${cwd}/link`);
    linkSync(`${cwd}/there`, `${cwd}/hard`);
  }

  test("the metadata onto what standard output goes to", {
    skip: process.platform === "win32",
  }, () => {
    for (const name of ["new", "/dev/stdout"]) {
      const cwd = box();
      const result = redirected([...args, "--metadata", name, "file"], cwd, { to: "new" });
      refused(result, /standard output and --metadata name the same file/);
      unchanged(cwd, ["new"]);
    }
  });

  test("files of one name in two folders are two", async () => {
    const cwd = box();
    cpSync(`${cwd}/pub`, `${cwd}/folder/pub`);
    const given = [...args, "-o", "new", "--metadata", "folder/new", "file"];
    assert.equal((await bongtu(given, { cwd })).stderr, "");
  });
});
