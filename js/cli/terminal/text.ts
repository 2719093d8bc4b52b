// Text that people are shown. A message's encryption context, a key file's names, S3's and KMS's words, the names of files: whoever wrote
// them must not move the cursor, reorder or hide what stands around them, or begin a line that looks like one of ours.

/**
 * Characters that a terminal obeys or does not show: controls, format characters, blanks, what is not assigned. One space is shown; enough of
 * them would fill a line of the terminal, so that the next one began as whoever wrote them likes.
 */
const INVISIBLE =
  /(?!(?<! ) )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u{16fe4}\u{1d159}]/gu;

type Insert = string | number | Text | readonly Text[];

let shown: (written: string) => Text;

/** Made by this module only, so that whatever is printed was escaped. */
export class Text {
  readonly #written: string;

  private constructor(written: string) {
    this.#written = written;
  }

  toString(): string {
    return this.#written;
  }

  static {
    shown = (written) => new Text(written);
  }
}

/** Our own words as they stand, with what is put between them escaped. */
export function text(words: TemplateStringsArray, ...inserts: readonly Insert[]): Text {
  return shown(
    words.map((word, index) => (index === 0 ? "" : escaped(inserts[index - 1])) + word).join(""),
  );
}

/** JSON, of which parsing gives every character back. */
export function json(value: unknown): Text {
  const lines = JSON.stringify(value, undefined, 2).split("\n");
  return shown(lines.map((line) => line.replace(/[^ ].*/s, escaped).concat("\n")).join(""));
}

/** Names that are longer are not filled up to, nor shortened: whoever made a message chose them, and how many there are. */
const WIDEST = 40;

/** `names` and `values` in two columns. */
export function table(
  rows: readonly (readonly [name: string, value: string | Text])[],
  indent = text``,
): Text {
  const lengths = rows.map(([name]) => Math.min(escaped(name).length, WIDEST));
  const width = lengths.reduce((most, length) => Math.max(most, length), 0);
  return text`${rows.map(([name, value]) => text`${indent}${padded(name, width)}  ${value}\n`)}`;
}

/** An encryption context or the like, a line for each of its pairs. */
export function pairs(given: Readonly<Record<string, string>>): Text {
  const lines = Object.entries(given).map(([name, value]) => text`  ${name} = ${value}\n`);
  return lines.length === 0 ? text`  empty\n` : text`${lines}`;
}

/** At least `width` characters wide. */
export function padded(value: string, width: number): Text {
  return shown(escaped(value).padEnd(width));
}

/** Breaks text into lines of up to 100 characters, each after `indent`. */
export function wrapped(value: string, indent = text`  `): Text {
  const room = 100 - `${indent}`.length;
  const lines = [""];
  for (const word of escaped(value).split(" ")) {
    const line = lines[lines.length - 1] ?? "";
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
    }
  }
  return text`${lines.map((line) => text`${indent}${line}\n`)}`;
}

export function formatBytes(count: number): string {
  const exact = `${count.toLocaleString("en-US")} ${count === 1 ? "byte" : "bytes"}`;
  return count < 10_000 ? exact : `${exact} (${approximately(count)})`;
}

/** A byte count in three or four characters and its binary unit. */
export function approximately(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

function escaped(insert: Insert | undefined): string {
  if (insert instanceof Text) {
    return insert.toString();
  }
  return Array.isArray(insert)
    ? insert.map(escaped).join("")
    : String(insert).replace(INVISIBLE, escapeUnits);
}

/** Escapes as JSON does: a character beyond U+FFFF has two units. */
function escapeUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
