// Arguments of requests as they cross into WebAssembly.

import { BongtuError, inputError } from "../../base/errors.js";
import { checkText, stringPairs } from "../../base/options.js";

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
export function endpointText(endpoint: string | URL | undefined): string | undefined {
  if (endpoint === undefined) {
    return undefined;
  }
  try {
    return new URL(endpoint).href;
  } catch {
    throw inputError("endpoint must be a URL, https://…");
  }
}

export function requiredText(value: unknown, name: string): string {
  const text = checkText(value, name);
  if (text === undefined) {
    throw inputError(`${name} is missing`);
  }
  return text;
}

export function checkFlag(value: unknown, name: string): boolean {
  if (value !== undefined && typeof value !== "boolean") {
    throw inputError(`${name} must be true or false`);
  }
  return value === true;
}

/** Those that are set, as name, value, name, value, … */
export function textOptions(
  options: Readonly<Record<string, string | number | boolean | undefined>>,
): string[] {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [name, String(value)]);
}
