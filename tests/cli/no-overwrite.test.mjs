// --no-overwrite: whatever has the name of an output keeps it, whether it was there before or came meanwhile.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { before, describe, test } from "node:test";
import {
  ARN,
  bongtu,
  boxes,
  keyFiles,
  running,
  scratch,
  temporaryFiles,
  untilTemporaryFiles,
} from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const box = boxes(directory);
const SEALING = ["-k", key.pub, "--key-arn", ARN];
const OPENING = ["--private-key", key.pem];
const PLACE = ["--bucket", "b", "--key", "k"];
const KEEP = "--no-overwrite";
const metadata = directory.path("metadata");
const onWindows = process.platform === "win32";
const WITHOUT_LINKS = {
  env: { NODE_OPTIONS: `--import=${new URL("no-hard-links.mjs", import.meta.url)}` },
};

/** Arguments of each command that writes a file, and what it reads on standard input. */
const WRITING = [
  [["seal", ...SEALING], () => "x"],
  [["open", ...OPENING], () => sealed.message],
  [["object", "seal", ...SEALING, "--metadata", directory.path("unused")], () => "x"],
  [["object", "open", ...OPENING, "--metadata", metadata], () => sealed.body],
  [["secret", "seal", ...SEALING], () => "x"],
  [["secret", "open", ...OPENING], () => sealed.secret],
  [["sse", "key", ...SEALING, ...PLACE], () => ""],
  [["sse", "headers", ...OPENING, ...PLACE, "-"], () => sealed.customerKey],
  [["sse", "headers", "--mode", "s3"], () => ""],
];
const sealed = {};
before(async () => {
  const of = async (args, stdin) => (await bongtu(args, { stdin })).stdout;
  sealed.message = await of(["seal", ...SEALING], "x");
  sealed.body = await of(["object", "seal", ...SEALING, "--metadata", metadata], "x");
  sealed.secret = await of(["secret", "seal", ...SEALING], "x");
  sealed.customerKey = await of(["sse", "key", ...SEALING, ...PLACE], "");
});

function kept({ status, stderr, stdout }, name) {
  const told = new RegExp(`^bongtu: ERR_FILE: '[^\\n]*${name}' exists already, and --no-overw`);
  assert.match(stderr, told);
  assert.deepEqual([status, stdout.length], [1, 0]);
}

for (const [args, stdin] of WRITING) {
  describe(`bongtu ${args.slice(0, 3).join(" ")}`, () => {
    test("writes a new file, and not a second time", async () => {
      const place = box();
      const given = [...args, KEEP, "-o", place.path("new")];
      if (args[1] === "seal" && args[0] === "object") {
        given.splice(given.indexOf(directory.path("unused")), 1, place.path("new.json"));
      }
      const first = await bongtu(given, { stdin: stdin() });
      assert.deepEqual([first.status, first.stderr], [0, ""]);
      assert.deepEqual(temporaryFiles(place.path(".")), []);
      const content = readFileSync(place.path("new"));
      assert.ok(content.length > 0);
      assert.equal(statSync(place.path("new")).mode & 0o777, onWindows ? 0o666 : 0o600);
      kept(await bongtu(given, { stdin: stdin() }), "new(.json)?");
      assert.deepEqual(readFileSync(place.path("new")), content);
    });

    test("keeps what is there, and does not begin", async () => {
      const place = box(["there"]);
      symlinkSync("nowhere", place.path("dangling"));
      symlinkSync("there", place.path("link"));
      for (const name of ["there", "link", "dangling"]) {
        // It would wait for the end of its input if it had begun.
        const { child, ended } = running([...args, KEEP, "-o", place.path(name)]);
        if (["secret", "sse"].includes(args[0])) {
          child.stdin.end(stdin());
        }
        kept({ ...(await ended), stdout: "" }, name);
      }
      assert.deepEqual(readdirSync(place.path(".")).sort(), ["dangling", "link", "there"]);
      assert.equal(readFileSync(place.path("there"), "utf8"), "as it was");
    });

    if (args[0] === "object" && args[1] === "seal") {
      return; // whose metadata are an output of its own
    }
    test("means an output of its own, not standard output", async () => {
      for (const out of [[], ["-o", "-"]]) {
        const { status, stderr, stdout } = await bongtu([...args, KEEP, ...out], {
          stdin: stdin(),
        });
        assert.match(stderr, /^bongtu: ERR_USAGE: --no-overwrite goes with -o OUT/);
        assert.deepEqual([status, stdout.length], [2, 0]);
      }
    });
  });
}

for (const [where, options] of [
  ["hard links", {}],
  ["no hard links", WITHOUT_LINKS],
]) {
  describe(`where there are ${where}`, () => {
    test("a new file appears complete", async () => {
      const place = box();
      const args = ["seal", ...SEALING, KEEP, "-o", place.path("new")];
      const { stderr } = await bongtu(args, { stdin: "x", ...options });
      assert.equal(stderr, "");
      assert.deepEqual(readdirSync(place.path(".")), ["new"]);
      const opened = await bongtu(["open", ...OPENING, place.path("new")]);
      assert.equal(`${opened.stdout}`, "x");
    });

    for (const [what, come] of [
      ["a file", (path) => writeFileSync(path, "as it was")],
      ["a link", (path) => symlinkSync("as it was", path)],
      ["a folder", (path) => mkdirSync(path)],
    ]) {
      test(`${what} that comes meanwhile stays`, async () => {
        const place = box();
        const out = place.path("new");
        const { child, ended } = running(["seal", ...SEALING, KEEP, "-o", out], options);
        child.stdin.write("x");
        await untilTemporaryFiles(place.path("."));
        come(out);
        child.stdin.end();
        kept({ ...(await ended), stdout: "" }, "new");
        assert.deepEqual(readdirSync(place.path(".")), ["new"]);
        if (what === "a file") {
          assert.equal(readFileSync(out, "utf8"), "as it was");
        }
      });
    }
  });
}

describe("several outputs", () => {
  const names = ["instruction", "meta", "body"];
  const outputs = (place) => [
    ...["-o", place.path("body"), "--metadata", place.path("meta")],
    ...["--instruction-file", place.path("instruction")],
  ];
  for (const there of names) {
    test(`${there} is there`, async () => {
      const place = box([there]);
      const args = ["object", "seal", ...SEALING, KEEP, ...outputs(place)];
      kept(await bongtu(args, { stdin: "x" }), there);
      place.unchanged();
    });

    test(`${there} comes meanwhile`, async () => {
      const place = box();
      const args = ["object", "seal", ...SEALING, KEEP, ...outputs(place)];
      const { child, ended } = running(args);
      child.stdin.write("x");
      await untilTemporaryFiles(place.path("."), 3);
      writeFileSync(place.path(there), "as it was");
      child.stdin.end();
      kept({ ...(await ended), stdout: "" }, there);
      assert.deepEqual(readdirSync(place.path(".")), [there]);
      assert.equal(readFileSync(place.path(there), "utf8"), "as it was");
    });
  }

  test("the body to standard output, metadata that are there", async () => {
    const place = box(["meta"]);
    const args = ["object", "seal", ...SEALING, KEEP, "--metadata", place.path("meta")];
    kept(await bongtu(args, { stdin: "x" }), "meta");
    place.unchanged();
  });
});

test("a pipe or a terminal keeps nothing that could be lost", { skip: onWindows }, async () => {
  const fifo = directory.path("fifo");
  execFileSync("mkfifo", [fifo]);
  const reading = readFile(fifo);
  for (const out of [fifo, "/dev/null"]) {
    const { stderr } = await bongtu(["seal", ...SEALING, KEEP, "-o", out], { stdin: "x" });
    assert.equal(stderr, "");
  }
  assert.ok((await reading).length > 440);
});
