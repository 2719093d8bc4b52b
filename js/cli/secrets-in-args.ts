// Secrets that people give as an argument where the name of a file belongs. Other processes saw them; what is written to standard
// error is kept in logs besides.

import { lstatSync } from "node:fs";
import type { ParseArgsConfig } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** The words that no message may repeat: of a command that reads a secret all but its options and the names of files. */
export function unspoken(
  args: readonly string[],
  options: Options,
  readsSecret: boolean,
): string[] {
  // A key that was put on the command line is cut into words where nobody put quotes around it.
  const isKey = (word: string) => word.includes("-----BEGIN");
  const noFile = (word: string) => !isFile(word);
  const all = readsSecret || args.some(isKey) || valuesOf(args, "--private-key").some(noFile);
  const words = all ? args.flatMap(partsOf) : [];
  const known = [
    ...Object.entries(options).flatMap(([name, { short }]) => [`--${name}`, `-${short}`]),
    // It will be a file.
    ...valuesOf(args, "-o", "--output"),
  ];
  return words.filter(
    (word) => word !== "" && word !== "-" && !known.includes(word) && !isFile(word),
  );
}

function valuesOf(args: readonly string[], ...names: readonly string[]): string[] {
  return names.flatMap((name) => [
    ...args.filter((_, index) => args[index - 1] === name),
    ...args.flatMap((word) => (word.startsWith(`${name}=`) ? [word.slice(name.length + 1)] : [])),
  ]);
}

/** A message may name an option, its value, or one letter of several. */
function partsOf(word: string): string[] {
  const equals = word.indexOf("=");
  const sides = equals < 0 ? [] : [word.slice(0, equals), word.slice(equals + 1)];
  const letters = /^-[^-]/.test(word)
    ? [word.slice(2), ...Array.from(word.slice(1), (letter) => `-${letter}`)]
    : [];
  return [word, ...sides, ...letters];
}

/** Or a link that leads nowhere. */
function isFile(name: string): boolean {
  try {
    lstatSync(name);
    return true;
  } catch {
    return false;
  }
}
