// A file that takes its name only once it is complete: until then it stands beside its place under another one.

import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { access, type FileHandle, link, lstat, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CliError, fileError } from "../terminal/failure.js";

/** Takes a command's bytes. They count only after `commit`. */
export interface Output {
  readonly stream: WritableStream<Uint8Array>;
  /** The bytes are complete and verified: does all that may fail. */
  settle(): Promise<void>;
  /** Once settled, puts the bytes where they belong. */
  commit(): Promise<void>;
  /** They are not: leaves no trace of them. */
  discard(): Promise<void>;
}

export interface Place {
  /** The name as it was given, for messages. */
  readonly out: string;
  /** The file that links lead to. */
  readonly target: string;
  /** The mode of the file that is replaced, if there is one. */
  readonly mode: number | undefined;
  /** No file is replaced, not even one that appears meanwhile. */
  readonly keep: boolean;
}

export async function openReplacement({ out, target, mode, keep }: Place): Promise<Output> {
  const temporary = join(dirname(target), `.bongtu-${randomBytes(8).toString("hex")}.tmp`);
  const letBe = removeAtEnd(temporary);
  const file = await open(temporary, "wx", 0o600).catch((error) => {
    letBe();
    throw error;
  });
  let placedAnew = false;

  async function orFail(work: () => Promise<void>) {
    try {
      await work();
    } catch (error) {
      await discard();
      throw error instanceof CliError ? error : fileError(`cannot write '${out}'`, error);
    }
  }

  async function discard() {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    if (placedAnew) {
      // It was, but not all that belongs to it.
      await rm(target, { force: true });
    }
    letBe();
  }

  async function placeAnew() {
    const linked = await link(temporary, target).then(
      () => true,
      () => false,
    );
    if (!linked) {
      // The name is taken, which this refuses too, or the file system has no hard links.
      const reserved = await open(target, "wx", 0o600).catch(refuseTaken);
      placedAnew = true;
      const letTargetBe = removeAtEnd(target);
      await reserved.close();
      await rename(temporary, target);
      letTargetBe();
      return;
    }
    placedAnew = true;
    await rm(temporary);
  }

  function refuseTaken(error: NodeJS.ErrnoException): never {
    throw error.code === "EEXIST" ? keptError(out) : error;
  }

  return {
    stream: new WritableStream({ write: writerOf(file, out) }),
    async settle() {
      await orFail(async () => {
        if (mode !== undefined) {
          await file.chmod(mode & 0o777);
        }
        await file.sync();
        await file.close();
        // Its directory may be gone.
        await access(temporary);
        if (keep && (await lstat(target).catch(absent))) {
          throw keptError(out);
        }
      });
    },
    async commit() {
      await orFail(() => (keep ? placeAnew() : rename(temporary, target)));
      letBe();
    },
    discard,
  };
}

export function keptError(out: string): CliError {
  return fileError(`'${out}' exists already, and --no-overwrite keeps it`);
}

export function writerOf(file: FileHandle, out: string) {
  return async (chunk: Uint8Array) => {
    try {
      // Writes on from the current position, and all of the chunk where `write` may stop short.
      await file.writeFile(chunk);
    } catch (error) {
      throw fileError(`cannot write '${out}'`, error);
    }
  };
}

/** Turns the error of a missing file into undefined. */
export function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") {
    throw error;
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Removes the file when a signal or a failure ends the process, which then ends as it would have. Call the result to let it be. */
function removeAtEnd(path: string): () => void {
  function remove() {
    rmSync(path, { force: true });
  }
  function onSignal(signal: NodeJS.Signals) {
    try {
      remove();
    } finally {
      letBe();
      process.kill(process.pid, signal);
    }
  }
  function letBe() {
    for (const signal of SIGNALS) {
      process.off(signal, onSignal);
    }
    process.off("exit", remove);
  }
  for (const signal of SIGNALS) {
    process.on(signal, onSignal);
  }
  process.on("exit", remove);
  return letBe;
}
