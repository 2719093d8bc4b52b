// Arguments of requests as they cross into WebAssembly.

import { BongtuError, inputError } from "../../base/errors.js";
import type { Names } from "../../base/option-names.js";
import { checkOptions, stringPairs } from "../../base/options.js";

/** Headers of a request or response: of fetch, or a record whose names may have any case. */
export type HeadersLike =
  | { forEach(callback: (value: string, name: string) => void): void }
  | Readonly<Record<string, string>>;

/** Lower-case name, value, name, value, …; of more headers than `most` only the number matters. */
export function headerPairs(headers: HeadersLike, name: string, most = Infinity): string[] {
  let given: unknown = headers;
  if (typeof headers?.forEach === "function" && !Array.isArray(headers)) {
    const found: Record<string, string> = Object.create(null);
    let count = 0;
    try {
      (headers as Headers).forEach((value, header) => {
        if (count++ <= most) {
          found[header] = value;
        }
      });
    } catch (cause) {
      throw inputError(`${name} cannot be read`, { cause });
    }
    given = found;
  }
  if (Object.keys(Object(given)).length > most) {
    throw new BongtuError("ERR_UPLOAD_HEADERS", `there are more than ${most} headers`);
  }
  const pairs = stringPairs(given, name, "ERR_INPUT");
  return pairs.map((text, i) => (i % 2 === 0 ? asciiLowerCase(text) : text));
}

/** Header names are ASCII: nothing else may turn into one of them. */
function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function record(pairs: unknown): Record<string, string> {
  return Object.fromEntries(pairs as [string, string][]);
}

/** An endpoint as its URL is written out. */
export function endpointText(endpoint: unknown): string | undefined {
  if (endpoint === undefined) {
    return undefined;
  }
  try {
    return new URL(String(endpoint)).href;
  } catch {
    throw inputError("endpoint must be a URL, https://…");
  }
}

type Texts = Readonly<Record<string, string | number | boolean | undefined>>;

/** By each option what checks it, or `true` where that is done elsewhere. */
export type Readers<O> = Readonly<
  Record<keyof O, true | ((value: unknown, name: string) => Texts[string])>
>;

/** Checks options, of which none may be unknown, and gives those that have a reader as text. */
export function readOptions<O extends object>(options: O, readers: Readers<NoInfer<O>>): string[] {
  checkOptions<O>(options, readers as Names<NoInfer<O>>);
  const texts: Record<string, Texts[string]> = {};
  for (const name of Object.keys(readers) as (keyof O & string)[]) {
    const read = readers[name];
    if (read !== true) {
      texts[name] = read(options[name], name);
    }
  }
  return textOptions(texts);
}

/** The options that are set, as name, value, name, value, … */
export function textOptions(options: Texts): string[] {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [name, String(value)]);
}
