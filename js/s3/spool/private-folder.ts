// Files in a folder, which may lie in one that others share: nobody else may write to it, nothing is written to what is there
// already, and no link is followed.

import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { randomName } from "../../base/bytes.js";
import { spoolError } from "./store.js";

const BY_OTHERS = 0o022;

/** Throws `ERR_SPOOL` for a folder that others can write to: they could change what is uploaded from it. */
export async function checkPrivate(folder: string): Promise<void> {
  const own = process.getuid?.();
  if (own === undefined) {
    return; // Windows has rights of another kind
  }
  const name = JSON.stringify(folder);
  const link = await lstat(folder);
  const status = await stat(folder);
  // Links of the administrator's are fine.
  const linkedByAnother = link.isSymbolicLink() && link.uid !== own && link.uid !== 0;
  if (status.uid !== own || linkedByAnother) {
    throw spoolError(`the folder ${name} belongs to somebody else: use one of your own`);
  }
  if ((status.mode & BY_OTHERS) !== 0) {
    const mode = (status.mode & 0o7777).toString(8);
    throw spoolError(`others may write to the folder ${name} (mode ${mode}): chmod 700 ${name}`);
  }
}

/** Windows has neither of these flags. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** Opens a file for reading. Anything else is refused: opening a pipe would wait. */
export async function openOwn(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    checkFile(path, await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export async function readOwn(path: string): Promise<string> {
  const handle = await openOwn(path);
  try {
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/** In bytes. */
export async function sizeOfOwn(path: string): Promise<number> {
  const status = await lstat(path);
  checkFile(path, status);
  return status.size;
}

/** A file that is written under a name of its own and appears under `path` when all of it is there. */
export interface NewFile {
  readonly handle: FileHandle;
  /** Puts it on the disk, and in the place of what was there. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

export async function createAside(path: string): Promise<NewFile> {
  const aside = `${path}.${randomName()}`;
  const handle = await open(aside, "wx", 0o600);
  return {
    handle,
    async commit() {
      await synced(handle);
      await rename(aside, path);
      // Names are on the disk once their folder is; not every system opens one.
      await open(dirname(path), "r")
        .then(synced)
        .catch(() => undefined);
    },
    async discard() {
      await handle.close().catch(() => undefined);
      await rm(aside, { force: true });
    },
  };
}

/** Writes through to the disk: after a power cut, no record may be left of data that was lost. */
async function synced(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function checkFile(path: string, status: Stats): void {
  if (!status.isFile()) {
    throw spoolError(`${JSON.stringify(path)} is not a file, so bongtu did not make it`);
  }
}

/** `undefined` of a file that is not there. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

/** The system's, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
