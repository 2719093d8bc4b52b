// The types of arguments, checked here because what crosses into WebAssembly is converted without a
// word: null to nothing, "1" to 1.

import { BongtuError, type BongtuErrorCode, inputError } from "./errors.js";
import type { OperationOptions } from "./operation.js";
import { type Names, refuseUnknown } from "./option-names.js";

/**
 * Names and values that are authenticated with the data, stored with it in the clear, and bound to
 * its key.
 */
export type EncryptionContext = Readonly<Record<string, string>>;

/** AWS's own words for what may be written and read without key commitment. */
export type CommitmentPolicy =
  | "REQUIRE_ENCRYPT_REQUIRE_DECRYPT"
  | "REQUIRE_ENCRYPT_ALLOW_DECRYPT"
  | "FORBID_ENCRYPT_ALLOW_DECRYPT";

/** The most that a message may ask of its reader before it has proved anything. */
export interface Limits {
  readonly maxEncryptedDataKeys?: number | undefined;
  /** In bytes, like the frame length. */
  readonly maxHeaderLength?: number | undefined;
  readonly maxFrameLength?: number | undefined;
}

const UINT32_MAX = 0xffff_ffff;

/** `known` are all names that there are; `name` is that of options within an option. */
export function checkOptions<O extends object>(
  options: O,
  known: Names<NoInfer<O>>,
  name = "options",
): void {
  checkObject(options, name);
  const names = Object.keys(known);
  // A Map, an AbortSignal or a Promise has none of them: taken as options they would all be unset.
  // The members of a Map or a Blob would be misread too: their own `size` is not an option.
  const type = Object.prototype.toString.call(options).slice(8, -1);
  const has = !/^(?:Map|Set|Blob|File)$/.test(type) && names.some((known) => known in options);
  if (type !== "Object" && !isRecord(options) && !has) {
    throw inputError(`${name} must be a plain object, not of type ${type}`);
  }
  refuseUnknown(options, names, name === "options" ? "" : `${name}.`);
}

/** `known` are the names beside those that every operation has. */
export function checkOperationOptions<O extends OperationOptions>(
  options: O,
  known: Names<Omit<NoInfer<O>, keyof OperationOptions>>,
): void {
  checkOptions<object>(options, { ...known, signal: true, onProgress: true });
  const { signal, onProgress } = options;
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw inputError("signal must be an AbortSignal");
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw inputError("onProgress must be a function");
  }
}

export function checkObject(given: unknown, name: string): void {
  if (typeof given !== "object" || given === null) {
    throw inputError(`${name} must be an object`);
  }
}

export function contextPairs(context: EncryptionContext | undefined): string[] {
  return context === undefined ? [] : stringPairs(context, "encryptionContext", "ERR_CONTEXT");
}

/**
 * Pairs as they cross into WebAssembly: name, value, name, value, … `code` is for values that are not text.
 */
export function stringPairs(record: unknown, name: string, code: BongtuErrorCode): string[] {
  // A Map has no properties: taken as a record it would be an empty one.
  if (typeof record !== "object" || record === null || !isRecord(record)) {
    throw inputError(`${name} must be a plain object of strings`);
  }
  const pairs = Object.entries(record).flat();
  for (const text of pairs) {
    if (typeof text !== "string") {
      throw inputError(`${name} must have strings only as its values`);
    }
    if (/\p{Surrogate}/u.test(text)) {
      throw new BongtuError(code, `${name}: a lone surrogate is not text`);
    }
  }
  return pairs;
}

/** WebAssembly checks that it is a whole number and in range. */
export function checkNumber(value: unknown, name: string): number | undefined {
  if (value !== undefined && typeof value !== "number") {
    throw inputError(`${name} must be a number`);
  }
  return value;
}

const LIMITS = { maxEncryptedDataKeys: true, maxHeaderLength: true, maxFrameLength: true } as const;

export function checkLimits(limits: Limits | undefined): Limits {
  if (limits === undefined) {
    return {};
  }
  checkOptions(limits, LIMITS, "limits");
  for (const name of Object.keys(LIMITS) as (keyof Limits)[]) {
    const limit = limits[name];
    if (limit !== undefined && !(Number.isInteger(limit) && limit >= 0 && limit <= UINT32_MAX)) {
      throw inputError(`limits.${name} must be a whole number below 2^32`);
    }
  }
  return limits;
}

export function checkText(value: unknown, name: string): string | undefined {
  if (value !== undefined && typeof value !== "string") {
    throw inputError(`${name} must be a string`);
  }
  return value;
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

/** An object literal, of this realm or another's, or one without a prototype. */
function isRecord(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
