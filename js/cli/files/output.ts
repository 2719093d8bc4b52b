import { type BigIntStats, constants, fstatSync } from "node:fs";
import { access, lstat, open, realpath, stat } from "node:fs/promises";
import { BrokenPipe, CliError, fileError, usageError } from "../terminal/failure.js";
import type { Text } from "../terminal/text.js";
import { absent, keptError, type Output, openReplacement, writerOf } from "./replacement.js";
import { refuseInput } from "./same-file.js";

/** The options that say where to write. */
export const OUTPUT = {
  output: { type: "string", short: "o" },
  "no-overwrite": { type: "boolean" },
} as const;

export interface OutputValues {
  readonly output?: string | undefined;
  readonly "no-overwrite"?: boolean | undefined;
}

/** Opens the one output of a command. */
export async function openOutput(values: OutputValues): Promise<Output> {
  checkNoOverwrite(values);
  return openAt(values.output, values["no-overwrite"]);
}

export function checkNoOverwrite({ output, "no-overwrite": keep = false }: OutputValues): void {
  if (keep && (output === undefined || output === "-")) {
    throw usageError("--no-overwrite goes with -o OUT: standard output is never replaced");
  }
}

/** Opens OUT: `-` is standard output, and so is no `-o` unless that is a terminal. `keep`: not if it is there already. */
export async function openAt(out: string | undefined, keep = false): Promise<Output> {
  if (out === undefined && process.stdout.isTTY) {
    throw usageError(
      "standard output is a terminal: name a file with -o OUT, or write there with -o -",
    );
  }
  if (out === undefined || out === "-") {
    refuseInput(fstatSync(1, { bigint: true }), "standard output");
    return passThrough(writeStandardOutput);
  }
  try {
    const present = await stat(out, { bigint: true }).catch(absent);
    if (present?.isDirectory()) {
      throw fileError(`'${out}' is a directory`);
    }
    if (present) {
      refuseInput(present, `'${out}'`);
    }
    // A link that leads nowhere would be replaced as well.
    if (keep && (present ? keepsBytes(present) : await lstat(out).catch(absent))) {
      throw keptError(out);
    }
    if (present && !present.isFile()) {
      // A pipe or a device cannot be replaced by a file: that would remove it.
      const file = await open(out, "w");
      return passThrough(writerOf(file, out), () => file.close());
    }
    if (present) {
      await access(out, constants.W_OK);
    }
    const target = present ? await realpath(out) : out;
    return await openReplacement({ out, target, mode: present && Number(present.mode), keep });
  } catch (error) {
    throw error instanceof CliError ? error : fileError(`cannot write '${out}'`, error);
  }
}

/** Text for people, or JSON. */
export async function print(text: Text): Promise<void> {
  refuseInput(fstatSync(1, { bigint: true }), "standard output");
  await writeStandardOutput(new TextEncoder().encode(`${text}`));
}

/** Writes to standard error. */
export async function printStatus(text: Text): Promise<void> {
  await new Promise((resolve) => process.stderr.write(`${text}`, resolve));
}

/** Unlike a pipe or a terminal. */
function keepsBytes(status: BigIntStats): boolean {
  return status.isFile() || status.isBlockDevice();
}

/** Bytes that cannot be taken back: whoever reads them has to look at the exit status. */
function passThrough(write: (chunk: Uint8Array) => Promise<void>, close = async () => {}): Output {
  const stream = new WritableStream({ write });
  return { stream, settle: async () => {}, commit: close, discard: close };
}

function writeStandardOutput(chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(chunk, (error) => {
      if (!error) {
        resolve();
      } else if ("code" in error && error.code === "EPIPE") {
        reject(new BrokenPipe());
      } else {
        reject(fileError("cannot write standard output", error));
      }
    });
  });
}
