// Spools in a folder.

import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
} from "node:fs/promises";
import { join } from "node:path";
import { lockFile } from "./lock-file.js";
import type { SpoolStore } from "./store.js";

const SEALED = ".sealed";
const RECORD = ".json";
const NEW_RECORD = ".json.new";
const LOCK = ".lock";

/** In a folder of this machine, which is made if it is not there. */
export async function folderStore(folder: string): Promise<SpoolStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = (id: string, suffix: string) => join(folder, `${id}${suffix}`);

  return {
    async ids() {
      const names = await readdir(folder);
      const ids = names.map((name) => /^([0-9a-f]{64})\.(?:sealed|json|lock)\b/.exec(name)?.[1]);
      return Array.from(new Set(ids)).filter((id) => id !== undefined);
    },

    lock: (id) => lockFile(path(id, LOCK)),

    async room() {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },

    async create(id) {
      const handle = await open(path(id, SEALED), "w", 0o600);
      return {
        write: (bytes) => handle.writeFile(bytes),
        close: () => synced(handle),
        async abort() {
          await handle.close().catch(() => undefined);
          await rm(path(id, SEALED), { force: true });
        },
      };
    },

    async size(id) {
      return (await ifThere(stat(path(id, SEALED))))?.size;
    },

    async read(id, start, end) {
      const handle = await open(path(id, SEALED), "r");
      try {
        return await readAll(handle, start, end);
      } finally {
        await handle.close();
      }
    },

    readRecord: (id) => ifThere(readFile(path(id, RECORD), "utf8")),

    async writeRecord(id, text) {
      const handle = await open(path(id, NEW_RECORD), "w", 0o600);
      await handle.writeFile(text).then(
        () => synced(handle),
        async (error) => {
          await handle.close();
          throw error;
        },
      );
      await rename(path(id, NEW_RECORD), path(id, RECORD));
      // Names are on the disk once their folder is; not every system opens one.
      await open(folder, "r")
        .then(synced)
        .catch(() => undefined);
    },

    async delete(id) {
      const names = await readdir(folder);
      const all = names.filter((name) => name.startsWith(`${id}.`) && name !== `${id}${LOCK}`);
      for (const name of [`${id}${RECORD}`, ...all]) {
        await rm(join(folder, name), { force: true });
      }
    },
  };
}

/** What lies behind `end` of the file, if it was cut, is missing from the bytes too. */
async function readAll(handle: FileHandle, start: number, end: number) {
  const bytes = new Uint8Array(end - start);
  let length = 0;
  while (length < bytes.length) {
    const rest = bytes.length - length;
    const { bytesRead } = await handle.read(bytes, length, rest, start + length);
    if (bytesRead === 0) {
      break;
    }
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

/** On the disk itself: a record must not outlive, in a power cut, what it describes. */
async function synced(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
