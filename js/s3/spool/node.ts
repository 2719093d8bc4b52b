// Spools in a folder.

import { type FileHandle, mkdir, readdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { lockFile } from "./lock-file.js";
import {
  checkPrivate,
  createAside,
  ifThere,
  openOwn,
  readOwn,
  sizeOfOwn,
} from "./private-folder.js";
import type { SpoolStore } from "./store.js";

const SEALED = ".sealed";
const RECORD = ".json";
const LOCK = ".lock";

/** Keeps spools in a folder of this machine, which is made if it is not there. `ERR_SPOOL` if others may write to it. */
export async function folderStore(folder: string): Promise<SpoolStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await checkPrivate(folder);
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
      const { handle, commit, discard } = await createAside(path(id, SEALED));
      return {
        write: (bytes) => handle.writeFile(bytes),
        close: commit,
        abort: discard,
      };
    },

    async size(id) {
      return await ifThere(sizeOfOwn(path(id, SEALED)));
    },

    async read(id, start, end) {
      const handle = await openOwn(path(id, SEALED));
      try {
        return await readAll(handle, start, end);
      } finally {
        await handle.close();
      }
    },

    readRecord: (id) => ifThere(readOwn(path(id, RECORD))),

    async writeRecord(id, text) {
      const { handle, commit, discard } = await createAside(path(id, RECORD));
      try {
        await handle.writeFile(text);
        await commit();
      } catch (error) {
        await discard();
        throw error;
      }
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

/** If the file was cut before `end`, the bytes are shorter too. */
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
