// The modules of Rust's crates need each other one way: of those that lie in one folder none comes back to
// itself, whatever its own folder holds. (biome says the same of TypeScript. cargo-modules would of Rust,
// but there is no binary of it to install, and it takes minutes to compile.)

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const CRATES = fileURLToPath(new URL("../../crates", import.meta.url));

const crates = readdirSync(CRATES).filter((name) => existsSync(join(CRATES, name, "src")));
for (const crate of crates) {
  test(`the modules of crates/${crate} need each other one way`, () => {
    assert.deepEqual(circles(modulesOf(join(CRATES, crate, "src"))), []);
  });
}

test("a circle is found: in a use, in braces, in a path, and through a folder", () => {
  const found = (modules) => circles(new Map(Object.entries(modules))).map(String);
  assert.deepEqual(
    found({ "": "mod a; mod b;", a: "use crate::b::B;", b: "use crate::c::C;" }),
    [],
  );
  const back = ["use super::a::A;", "use super::{c, a::{A, D}};", "fn b() -> crate::a::A {}"];
  for (const b of back) {
    assert.deepEqual(found({ a: "use crate::b::B;", b, c: "" }), ["a,b"]);
  }
  assert.deepEqual(found({ "a::x": "use crate::b::B;", b: "use crate::a::A;" }), ["a,b"]);
  assert.deepEqual(found({ "a::x": "use super::y::Y;", "a::y": "use super::x::X;" }), [
    "a::x,a::y",
  ]);
  // What a module's own parts, tests and comments say of it is no arrow between two.
  const within = [
    "use super::A;",
    "// crate::a",
    "#[cfg(test)]\nmod tests {\n    use crate::a;\n}\n",
  ];
  for (const b of within) {
    assert.deepEqual(found({ a: "use crate::b::B;", b }), []);
  }
});

/** By path (`s3::policy`, and "" for the crate itself): the text of each, without comments and tests. */
function modulesOf(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".rs"));
  const modules = new Map(
    files.map((file) => [pathOf(file), readFileSync(join(folder, file), "utf8")]),
  );
  for (const [path, text] of modules) {
    for (const [, name] of text.matchAll(/#\[cfg\(test\)\]\nmod (\w+);/g)) {
      modules.delete(joined(path, name));
    }
  }
  return modules;
}

function pathOf(file) {
  return relative(".", file)
    .replace(/\.rs$/, "")
    .split(sep)
    .filter((name) => name !== "lib" && name !== "mod")
    .join("::");
}

function joined(...names) {
  return names.filter((name) => name !== "").join("::");
}

/** Each as the modules that it goes through. */
function circles(modules) {
  const arrows = new Map();
  for (const [from, text] of modules) {
    for (const to of pathsIn(text, from)) {
      // An arrow is between the two of one folder in which both lie.
      const [one, other] = [from.split("::"), to];
      const shared = one.findIndex((name, at) => name !== other[at]);
      if (shared >= 0 && shared < other.length && hasModule(modules, other.slice(0, shared + 1))) {
        const [start, end] = [one, other].map((names) => names.slice(0, shared + 1).join("::"));
        arrows.set(start, (arrows.get(start) ?? new Set()).add(end));
      }
    }
  }
  return Array.from(arrows.keys()).flatMap((start) => circleFrom(start, arrows));
}

function hasModule(modules, names) {
  const path = names.join("::");
  return Array.from(modules.keys()).some((found) => `${found}::`.startsWith(`${path}::`));
}

/** The way back to `start`, told once: by the first of its modules. */
function circleFrom(start, arrows) {
  const ways = [[start]];
  const seen = new Set();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of arrows.get(way.at(-1)) ?? []) {
      if (next === start) {
        return way.every((name) => name >= start) ? [way] : [];
      }
      if (!seen.has(next)) {
        seen.add(next);
        ways.push([...way, next]);
      }
    }
  }
  return [];
}

/** All that a text names in its crate, as names from the crate's root on. */
function pathsIn(text, module) {
  const code = text
    .replace(/#\[cfg\(test\)\]\nmod \w+ \{\n.*?\n\}\n/gs, "")
    .replace(/\/\/.*/g, "")
    .replace(/\s+/g, " ");
  const paths = code.matchAll(/\b(?:crate|super)(?:::\w+)*(?:::(\{))?/g);
  return Array.from(paths).flatMap((found) => {
    const start = found[0].replace(/::\{$/, "").split("::");
    const ends = found[1] === undefined ? [[]] : listed(code.slice(found.index + found[0].length));
    return ends.map((end) => fromRoot([...start, ...end], module));
  });
}

/** What stands in braces, of which `text` begins behind the first one: `a, b::{c, d}}` */
function listed(text) {
  const paths = [];
  const outer = [];
  let names = [];
  for (const [sign] of text.matchAll(/\w+|::\{|[,}]/g)) {
    if (sign === "::{") {
      outer.push(names);
    } else if (/\w/.test(sign)) {
      names = [...names, sign];
      continue;
    } else {
      paths.push(names);
    }
    if (sign === "}" && outer.pop() === undefined) {
      break;
    }
    names = outer.at(-1) ?? [];
  }
  return paths;
}

function fromRoot(names, module) {
  const base = names[0] === "crate" ? [] : module.split("::");
  for (const name of names) {
    if (name === "super") {
      base.pop();
    }
  }
  return [...base, ...names.filter((name) => name !== "crate" && name !== "super")];
}
