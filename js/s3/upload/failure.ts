// Makes the error of an upload that failed.

import { BongtuError, inputError } from "../../base/errors.js";
import { wordsOf } from "../http/network.js";
import { Refusal } from "../http/response.js";

/** The error that the caller gets. */
export function failureOf(thrown: unknown, missing: readonly number[], count: number): unknown {
  if (!(thrown instanceof Refusal)) {
    return thrown;
  }
  const { failure, transient } = thrown;
  const list =
    missing.length === 0
      ? "all parts were uploaded, but the upload was not completed"
      : `of ${count} parts these are missing: ${ranges(missing)}`;
  if (transient) {
    const message = `the upload failed: ${wordsOf(failure)}; ${list}`;
    return new BongtuError("ERR_UPLOAD", message, { cause: failure });
  }
  if (!(failure instanceof BongtuError)) {
    const message = `one of the upload's functions threw: ${wordsOf(failure)}`;
    return inputError(message, { cause: failure });
  }
  return failure.code === "ERR_S3" ? appended(failure, list) : failure;
}

/** Numbers in order, as "1, 3..5". */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === number - 1) {
      run[1] = number;
    } else {
      runs.push([number, number]);
    }
  }
  return runs.map(([first, last]) => (first === last ? first : `${first}..${last}`)).join(", ");
}

/** The failure with more to its message. */
export function appended(failure: unknown, text: string): unknown {
  if (!(failure instanceof BongtuError)) {
    return failure;
  }
  const { code, message, cause } = failure;
  return new BongtuError(code, `${message}; ${text}`, cause === undefined ? {} : { cause });
}
