// Names that stand for one file: through links, other spellings and redirections. Sealing a file onto itself would leave nobody who can
// read it, and of two outputs that are one file one would be left.

import { type BigIntStats, fstatSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { usageError } from "../terminal/failure.js";

/** The inputs of this run and their names for messages. Each input is noted where it is opened, so that no command can forget one. */
const inputs = new Map<string, string>();

export function noteInput(status: BigIntStats, name: string): void {
  const identity = identityOf(status);
  if (identity !== undefined) {
    inputs.set(identity, name);
  }
}

/** `name` is an output's, as messages show it. */
export function refuseInput(status: BigIntStats, name: string): void {
  const input = inputs.get(identityOf(status) ?? "");
  if (input !== undefined) {
    const both =
      input === name
        ? `${name} is both input and output`
        : `${name} and ${input} are the same file`;
    throw usageError(`${both}: writing it would destroy what is read`);
  }
}

/** Each output, by its option, is to be a file of its own. Not given or `-` is standard output. */
export async function refuseSameOutputs(
  outputs: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const taken = new Map<string, string>();
  for (const [option, out] of Object.entries(outputs)) {
    const standard = out === undefined || out === "-";
    const places = standard ? [standardOutput()] : await placesOf(out);
    for (const place of places) {
      const other = taken.get(place ?? "");
      if (other !== undefined) {
        throw usageError(`${other} and ${option} name the same file, '${out}'`);
      }
    }
    for (const place of places) {
      if (place !== undefined) {
        taken.set(place, standard ? "standard output" : option);
      }
    }
  }
}

/** An identity that all names of one file share. Only files that keep what is written, or hand it to one reader, have one. */
function identityOf(status: BigIntStats): string | undefined {
  if (status.isBlockDevice()) {
    return `device ${status.rdev}`;
  }
  return status.isFile() || status.isFIFO() ? `file ${status.dev} ${status.ino}` : undefined;
}

function standardOutput(): string | undefined {
  return identityOf(fstatSync(1, { bigint: true }));
}

/** Identifies an output by the file itself, if it exists, and by the place where it will be. */
async function placesOf(out: string): Promise<(string | undefined)[]> {
  const present = await stat(out, { bigint: true }).catch(nothing);
  const path = present === undefined ? out : await realpath(out);
  const directory = await stat(dirname(path), { bigint: true }).catch(nothing);
  // There are file systems, and one cannot ask which, where neither case nor the form of accents tells names apart.
  const name = basename(path).normalize("NFC").toLowerCase();
  return [
    present && identityOf(present),
    directory && `name ${directory.dev} ${directory.ino} ${name}`,
    `path ${resolve(path)}`,
  ];
}

/** Why it cannot be looked at is told when it is opened. */
function nothing(): undefined {}
