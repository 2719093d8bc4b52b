// Spools in the origin private file system, which browsers show to nobody else, excluded by Web
// Locks, which end with the tab that has them.

import { wordsOf } from "../../base/errors.js";
import { ignore } from "../../base/operation.js";
import { isReplacedAtOnce, writerOf } from "../../io/origin-file.js";
import { takeWebLock } from "../../io/web-lock.js";
import { type SpoolStore, spoolError } from "./store.js";

const PREFIX = "bongtu-spool-";
const SEALED = ".sealed";
const RECORD = ".json";
/** A record that is being written where files cannot be replaced at once. */
const NEW_RECORD = ".json.new";

/** Throws `ERR_SPOOL` where there is none, with the reason. */
export async function originPrivateStore(): Promise<SpoolStore> {
  const { storage, locks } = (globalThis.navigator ?? {}) as Partial<Navigator>;
  if (typeof storage?.getDirectory !== "function") {
    throw noStore(
      globalThis.isSecureContext === false
        ? "this page is not a secure context; serve it over HTTPS"
        : "this browser has no origin private file system",
    );
  }
  if (typeof locks?.request !== "function") {
    throw noStore("this browser has no Web Locks");
  }
  const directory = await storage.getDirectory().catch((cause) => {
    throw noStore(`as in some private windows: ${wordsOf(cause)}`, { cause });
  });
  return storeIn(directory, storage, locks);
}

function storeIn(
  directory: FileSystemDirectoryHandle,
  storage: StorageManager,
  locks: LockManager,
): SpoolStore {
  const { find, create, remove } = filesIn(directory);
  const records = recordsIn(directory, locks);
  return {
    async ids() {
      const ids = new Set<string>();
      const names = directory.keys();
      for (let next = await names.next(); !next.done; next = await names.next()) {
        const [, id] = /^bongtu-spool-([0-9a-f]{64})\./.exec(next.value) ?? [];
        if (id !== undefined) {
          ids.add(id);
        }
      }
      return Array.from(ids);
    },

    lock: (id) => takeWebLock(`${PREFIX}${id}`),

    async room() {
      const { quota, usage } = await storage.estimate();
      return quota === undefined || usage === undefined ? undefined : quota - usage;
    },

    async create(id) {
      const writer = await writerOf(await create(`${id}${SEALED}`)).catch(async (error) => {
        await remove(`${id}${SEALED}`);
        throw error;
      });
      return {
        ...writer,
        async abort() {
          await writer.abort().catch(ignore);
          await remove(`${id}${SEALED}`);
        },
      };
    },

    size: async (id) => (await ifThere(find(`${id}${SEALED}`)))?.size,

    async read(id, start, end) {
      const file = await find(`${id}${SEALED}`);
      return new Uint8Array(await file.slice(start, end).arrayBuffer());
    },

    readRecord: records.read,
    writeRecord: records.write,

    async delete(id) {
      await records.remove(id);
      await remove(`${id}${SEALED}`);
    },
  };
}

/** Files by their names without the prefix. */
function filesIn(directory: FileSystemDirectoryHandle) {
  return {
    find: async (name: string) => (await directory.getFileHandle(`${PREFIX}${name}`)).getFile(),
    create: (name: string) => directory.getFileHandle(`${PREFIX}${name}`, { create: true }),
    remove: (name: string) => ifThere(directory.removeEntry(`${PREFIX}${name}`)),
  };
}

/** Files that are replaced while they are read fail to be read, also for those who only list. */
function recordsIn(directory: FileSystemDirectoryHandle, locks: LockManager) {
  const { find, create, remove } = filesIn(directory);
  const whileStays = <T>(id: string, work: () => Promise<T>) =>
    locks.request(`${PREFIX}${id}${RECORD}`, { mode: "shared" }, work);
  const whileNobodyReads = <T>(id: string, work: () => Promise<T>) =>
    locks.request(`${PREFIX}${id}${RECORD}`, work);
  const textOf = async (name: string) => (await ifThere(find(name)))?.text();

  return {
    read: (id: string) =>
      whileStays(id, async () => {
        const text = await textOf(`${id}${RECORD}`);
        const next = isWhole(text) ? undefined : await textOf(`${id}${NEW_RECORD}`);
        // An empty file was created but never closed.
        return (isWhole(next) ? next : text) || undefined;
      }),

    write: (id: string, text: string) =>
      whileNobodyReads(id, async () => {
        const record = await create(`${id}${RECORD}`);
        if (isReplacedAtOnce(record)) {
          await writeText(record, text);
          return;
        }
        // One of the two is whole, whenever the page is closed.
        await writeText(await create(`${id}${NEW_RECORD}`), text);
        await writeText(record, text);
        await remove(`${id}${NEW_RECORD}`);
      }),

    remove: (id: string) =>
      whileNobodyReads(id, async () => {
        await remove(`${id}${NEW_RECORD}`);
        await remove(`${id}${RECORD}`);
      }),
  };
}

async function writeText(file: FileSystemFileHandle, text: string): Promise<void> {
  const writer = await writerOf(file);
  try {
    await writer.write(new TextEncoder().encode(text));
  } catch (error) {
    await writer.abort().catch(ignore);
    throw error;
  }
  await writer.close();
}

function noStore(reason: string, options?: ErrorOptions) {
  return spoolError(`no spool can be kept here: ${reason}`, options);
}

/** A record that was cut while it was written is not JSON. */
function isWhole(text: string | undefined): boolean {
  try {
    return JSON.parse(text ?? "") !== null;
  } catch {
    return false;
  }
}

async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as DOMException | undefined)?.name === "NotFoundError") {
      return undefined;
    }
    throw error;
  }
}
