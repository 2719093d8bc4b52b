// Control characters, and the format characters that reorder what surrounds them. A message's encryption context and key names
// were written by whoever sealed it: on a terminal they must not move the cursor or hide one another.
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Text from outside as a terminal may show it. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeCharacter);
}

/** JSON that a terminal may show; parsing it gives the characters back. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
    .split("\n")
    .map((line) => line.replace(UNPRINTABLE, escapeCharacter))
    .join("\n");
}

/** Names that are longer are not filled up to, nor shortened: whoever made a message chose them, and how many there are. */
const WIDEST = 40;

/** `names` and `values` in two columns. */
export function table(
  rows: readonly (readonly [name: string, value: string])[],
  indent = "",
): string {
  const width = rows.reduce((most, [name]) => Math.max(most, Math.min(name.length, WIDEST)), 0);
  return rows.map(([name, value]) => `${indent}${name.padEnd(width)}  ${value}\n`).join("");
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

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
