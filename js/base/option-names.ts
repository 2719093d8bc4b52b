// The names of options. One that nobody reads is refused, since an option that is misspelt is one
// that is off: a context that is not bound, an upload that may replace what is there.

import { type BongtuError, inputError } from "./errors.js";

/** All options of `O`, by name: a list that lacks one, or has another, does not compile. */
export type Names<O> = Readonly<Record<keyof O, unknown>>;

/** `prefix` is for options within an option, such as `limits.`. */
export function refuseUnknown(options: object, known: readonly string[], prefix = ""): void {
  for (const name of namesOf(options)) {
    if (!known.includes(name)) {
      throw unknownError(name, known, prefix);
    }
  }
}

/**
 * For objects that may well have other members too, such as a whole response of S3: refuses only names that
 * can be taken for a known one which is missing.
 */
export function refuseMisspelt(given: object, known: readonly string[], prefix: string): void {
  for (const name of namesOf(given)) {
    const meant = known.includes(name) ? undefined : meantBy(name, known);
    if (meant !== undefined && (given as Record<string, unknown>)[meant] === undefined) {
      throw unknownError(name, known, prefix);
    }
  }
}

/**
 * Inherited names count as well, but not what a class brings along (`abort` of an
 * AbortController, what a page may have put on `Object.prototype`).
 */
function* namesOf(options: object): Generator<string> {
  for (let at = options; at !== null; at = Object.getPrototypeOf(at)) {
    if (at === options || !Object.hasOwn(at, "constructor")) {
      yield* Object.keys(at);
    }
  }
}

function unknownError(name: string, known: readonly string[], prefix: string): BongtuError {
  const meant = meantBy(name, known);
  const hint = meant === undefined ? "; there" : `: did you mean ${prefix}${meant}? There`;
  const others = known.length === 0 ? " are none here" : ` are ${known.join(", ")}`;
  return inputError(`there is no option ${prefix}${visible(name)}${hint}${others}`);
}

/** Shows invisible characters, since a name that contains one looks like the right name. */
function visible(name: string): string {
  const escaped = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;
  return name.slice(0, 64).replace(/[^!-~]/gu, escaped);
}

/** Other people's words for the same thing, as they are compared. */
const SAME = [
  ["encryptioncontext", "materialdescription", "context", "aad"],
  ["keyid", "keyarn", "kmskeyid", "kmskeyarn", "arn"],
  ["spkisha256", "fingerprint", "pin"],
  ["signal", "abortcontroller"],
  ["framelength", "framesize", "chunksize"],
  ["partsize", "chunksize"],
  ["mode", "sse", "encryption", "serversideencryption"],
  ["createonly", "nooverwrite", "ifnonematch"],
  ["endpoint", "url", "host"],
  ["concurrency", "queuesize", "parallelism"],
  ["retries", "maxattempts"],
  ["folder", "directory", "path"],
];

/** The known name that is close to this one. */
function meantBy(name: string, known: readonly string[]): string | undefined {
  const given = compared(name);
  const closest = (close: (word: string) => boolean) => known.find((it) => close(compared(it)));
  return (
    closest((word) => word === given) ??
    closest((word) => SAME.some((words) => words.includes(word) && words.includes(given))) ??
    closest((word) => isWithin(1, word, given)) ??
    closest((word) => word.length > 5 && isWithin(2, word, given)) ??
    closest((word) => contains(word, given) || contains(given, word))
  );
}

function compared(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function contains(whole: string, part: string): boolean {
  return part.length >= 4 && whole.includes(part);
}

/** Whether at most so many slips turn one name into the other. A slip adds, drops or changes a letter, or swaps two. */
function isWithin(slips: number, one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > slips) {
    return false;
  }
  if (one === "" || other === "") {
    return true;
  }
  if (one[0] === other[0]) {
    return isWithin(slips, one.slice(1), other.slice(1));
  }
  const swapped = one[0] === other[1] && one[1] === other[0];
  return (
    isWithin(slips - 1, one.slice(1), other) ||
    isWithin(slips - 1, one, other.slice(1)) ||
    isWithin(slips - 1, one.slice(1), other.slice(1)) ||
    (swapped && isWithin(slips - 1, one.slice(2), other.slice(2)))
  );
}
