// The scenarios of tests/vectors, by name.

import { readdirSync, readFileSync } from "node:fs";
import { basename, extname } from "node:path";

const FOLDER = new URL("../vectors/", import.meta.url);

/** `messages` and `objects` are what their files hold, `keys` private keys in PEM. */
export function readVectors() {
  return {
    messages: read("messages", JSON.parse),
    objects: read("objects", JSON.parse),
    keys: read("keys", (text) => text),
  };
}

/** Never none, since each is a test. */
function read(kind, parse) {
  const folder = new URL(`${kind}/`, FOLDER);
  const files = readdirSync(folder).sort();
  if (files.length === 0) {
    throw new Error(`no vectors of ${kind}`);
  }
  const named = (file) => [basename(file, extname(file)), readFileSync(new URL(file, folder))];
  return Object.fromEntries(
    files.map(named).map(([name, content]) => [name, parse(content.toString())]),
  );
}
