import { randomBytes } from "node:crypto";
import { constants, rmSync } from "node:fs";
import { access, type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BrokenPipe, CliError, fileError, usageError } from "./failure.js";

/** Where a command's bytes go. What was written counts only after `commit`. */
export interface Output {
  readonly stream: WritableStream<Uint8Array>;
  /** Nobody sees a byte of it before `commit`. */
  readonly atomic: boolean;
  /** The bytes are complete and verified: does all that may fail. */
  settle(): Promise<void>;
  /** Once settled, puts the bytes where they belong. */
  commit(): Promise<void>;
  /** They are not: leaves no trace of them. */
  discard(): Promise<void>;
}

/** Opens OUT: `-` is standard output, and so is no `-o` unless that is a terminal. */
export async function openOutput(out: string | undefined): Promise<Output> {
  if (out === undefined && process.stdout.isTTY) {
    throw usageError(
      "standard output is a terminal: name a file with -o OUT, or write there with -o -",
    );
  }
  if (out === undefined || out === "-") {
    return passThrough(writeStandardOutput);
  }
  try {
    const present = await stat(out).catch(absent);
    if (present?.isDirectory()) {
      throw fileError(`'${out}' is a directory`);
    }
    if (present && !present.isFile()) {
      // A pipe or a device cannot be replaced by a file: that would remove it.
      const file = await open(out, "w");
      return passThrough(writerOf(file, out), () => file.close());
    }
    if (present) {
      await access(out, constants.W_OK);
    }
    return await openReplacement(out, present ? await realpath(out) : out, present?.mode);
  } catch (error) {
    throw error instanceof CliError ? error : fileError(`cannot write '${out}'`, error);
  }
}

export async function print(text: string): Promise<void> {
  await writeStandardOutput(new TextEncoder().encode(text));
}

/** A temporary file beside the target, which is not touched before the rename. */
async function openReplacement(
  out: string,
  target: string,
  mode: number | undefined,
): Promise<Output> {
  const temporary = join(dirname(target), `.bongtu-${randomBytes(8).toString("hex")}.tmp`);
  const keep = removeOnSignal(temporary);
  const file = await open(temporary, "wx", 0o600).catch((error) => {
    keep();
    throw error;
  });

  async function orFail(work: () => Promise<void>) {
    try {
      await work();
    } catch (error) {
      await discard();
      throw fileError(`cannot write '${out}'`, error);
    }
  }

  async function discard() {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    keep();
  }

  return {
    stream: new WritableStream({ write: writerOf(file, out) }),
    atomic: true,
    async settle() {
      await orFail(async () => {
        if (mode !== undefined) {
          await file.chmod(mode & 0o777);
        }
        await file.sync();
        await file.close();
        // Its directory may be gone.
        await access(temporary);
      });
    },
    async commit() {
      await orFail(() => rename(temporary, target));
      keep();
    },
    discard,
  };
}

/** Bytes that cannot be taken back: whoever reads them has to look at the exit status. */
function passThrough(write: (chunk: Uint8Array) => Promise<void>, close = async () => {}): Output {
  const stream = new WritableStream({ write });
  return { stream, atomic: false, settle: async () => {}, commit: close, discard: close };
}

function writerOf(file: FileHandle, out: string) {
  return async (chunk: Uint8Array) => {
    try {
      // Writes on from the current position, and all of the chunk where `write` may stop short.
      await file.writeFile(chunk);
    } catch (error) {
      throw fileError(`cannot write '${out}'`, error);
    }
  };
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

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Removes the file when a signal ends the process, which then ends as it would have. Call the result to let the file be. */
function removeOnSignal(path: string): () => void {
  function onSignal(signal: NodeJS.Signals) {
    try {
      rmSync(path, { force: true });
    } finally {
      keep();
      process.kill(process.pid, signal);
    }
  }
  function keep() {
    for (const signal of SIGNALS) {
      process.off(signal, onSignal);
    }
  }
  for (const signal of SIGNALS) {
    process.on(signal, onSignal);
  }
  return keep;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") {
    throw error;
  }
}
