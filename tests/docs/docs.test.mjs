// Everything that code and documents refer to exists: sections of docs/formats.md, headings, files.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["crates", "docs", "examples", "js", "pkg-scripts", "tests", "www"];
const NOT_OURS = new Set(["node_modules", "target", "wasm"]);

/** Names from the root on. */
const files = [
  ...readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name),
  ...FOLDERS.flatMap((folder) => filesIn(folder)),
];
const documents = files.filter((file) => file.endsWith(".md"));
const code = files.filter((file) => /\.(rs|ts|mjs|html|css|java|py|rb|go)$/.test(file));

const sections = new Set(
  headingsOf("docs/formats.md").flatMap(
    (heading) => /^\d+(\.\d+)?(?=\.? )/.exec(heading)?.[0] ?? [],
  ),
);

test("sections of formats.md that code and documents cite", () => {
  const number = String.raw`\d+(?:\.\d+)?`;
  const citation = new RegExp(
    String.raw`docs/formats\.md\x60? (${number}(?:(?:, | and | to |, and )${number})*)`,
    "g",
  );
  let count = 0;
  for (const file of [...code, ...documents]) {
    for (const [text, numbers] of oneLine(file).matchAll(citation)) {
      for (const cited of numbers.split(/[^\d.]+/)) {
        assert.ok(sections.has(cited), `${file} cites ${text}: there is no section ${cited}`);
        count += 1;
      }
    }
  }
  assert.ok(count > 40, `${count} citations were found`);
});

test("sections that formats.md refers to in itself", () => {
  const text = withoutCode("docs/formats.md");
  const cited = [
    ...text.matchAll(/(?:\(|[Ss]ection |\bof )(\d+\.\d+|(?<=ection )\d+)(?=[\s).,|\]])/g),
  ];
  assert.ok(cited.length > 10, `${cited.length} references were found`);
  for (const [around, number] of cited) {
    assert.ok(sections.has(number) || isStandard(text, number), `there is no section ${around}`);
  }
});

test("headings that code cites by their words", () => {
  let count = 0;
  for (const file of code) {
    for (const [, document, heading] of oneLine(file).matchAll(/(docs\/\w+\.md), "([^"]+)"/g)) {
      assert.ok(
        headingsOf(document).includes(heading),
        `${file} cites ${document}: no heading "${heading}"`,
      );
      count += 1;
    }
  }
  assert.ok(count > 0, "no such citation was found");
});

test("documents that code names", () => {
  for (const file of code) {
    for (const [name] of commentsOf(file).matchAll(/[\w./-]*\w\.md\b/g)) {
      const places = [ROOT, join(ROOT, dirname(file)), join(ROOT, "docs")];
      assert.ok(
        places.some((place) => existsSync(join(place, name))),
        `${file} names ${name}, which is nowhere`,
      );
    }
  }
});

test("files that documents name by their path", () => {
  let count = 0;
  for (const document of documents) {
    const path = new RegExp(String.raw`\x60((?:${FOLDERS.join("|")})/[\w./-]+)\x60`, "g");
    for (const [, name] of read(document).matchAll(path)) {
      assert.ok(existsSync(join(ROOT, name)), `${document} names ${name}, which is not there`);
      count += 1;
    }
  }
  assert.ok(count > 20, `${count} names were found`);
});

for (const document of documents) {
  test(`links of ${document}`, () => {
    for (const [, target] of withoutCode(document).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path, anchor] = target.split("#");
      const file = path === "" ? document : relative(ROOT, join(ROOT, dirname(document), path));
      assert.ok(existsSync(join(ROOT, file)), `${target}: there is no ${file}`);
      if (anchor !== undefined) {
        const anchors = headingsOf(file).map(anchorOf);
        assert.ok(anchors.includes(anchor), `${target}: there is no such heading`);
      }
    }
  });
}

/** All files in a folder and below it. */
function filesIn(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesIn(name);
    return entry.isFile() ? [name] : [];
  });
}

function read(file) {
  return readFileSync(join(ROOT, file), "utf8");
}

/** A file whose comments go on where a line ends. */
function oneLine(file) {
  return read(file).replaceAll(/\n[ \t]*(?:\/\/[/!]?|\*|#)?[ \t]*/g, " ");
}

function commentsOf(file) {
  const comments = read(file).match(/^\s*(?:\/\/|\*|\/\*|#).*$/gm) ?? [];
  return comments.join("\n").replaceAll(/\w+:\/\/\S+/g, "");
}

/** The text without fenced blocks and without anything between backticks. */
function withoutCode(document) {
  return read(document)
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .replaceAll(/`[^`\n]*`/g, "``");
}

/** The headings of a document, as they are read. */
function headingsOf(document) {
  const text = read(document).replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => heading.trim());
}

/** Makes anchors as GitHub does. */
function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

/** A section of an RFC, which is named before it. */
function isStandard(text, number) {
  return new RegExp(String.raw`RFC \d+, section ${number}\b`).test(text);
}
