// Spools in the origin private file system, which browsers show to nobody else, excluded by Web
// Locks, which end with the tab that has them.

import { takeWebLock } from "../../web-lock.js";
import type { SpoolStore } from "./store.js";

const PREFIX = "bongtu-spool-";
const SEALED = ".sealed";
const RECORD = ".json";

/** `undefined` where the platform has none. */
export async function originPrivateStore(): Promise<SpoolStore | undefined> {
  const { storage, locks } = (globalThis.navigator ?? {}) as Partial<Navigator>;
  if (typeof storage?.getDirectory !== "function" || locks === undefined) {
    return undefined;
  }
  const directory = await storage.getDirectory();
  const sealedOf = (id: string) => directory.getFileHandle(`${PREFIX}${id}${SEALED}`);
  const recordOf = (id: string) => directory.getFileHandle(`${PREFIX}${id}${RECORD}`);
  const create = (name: string) => directory.getFileHandle(`${PREFIX}${name}`, { create: true });
  const remove = (name: string) => ifThere(directory.removeEntry(`${PREFIX}${name}`));
  // A file that is replaced while it is read fails to be read, also for those who only list.
  const whileRecordStays = <T>(id: string, work: () => Promise<T>) =>
    locks.request(`${PREFIX}${id}${RECORD}`, { mode: "shared" }, work);
  const whileNobodyReads = <T>(id: string, work: () => Promise<T>) =>
    locks.request(`${PREFIX}${id}${RECORD}`, work);

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
      const file = await create(`${id}${SEALED}`);
      // Not everywhere outside of workers.
      if (typeof file.createWritable !== "function") {
        await remove(`${id}${SEALED}`);
        throw new TypeError("this platform writes such files in workers only");
      }
      // Bytes go elsewhere until it is closed.
      const writable = await file.createWritable();
      return {
        write: (bytes) => writable.write(bytes),
        close: () => writable.close(),
        async abort() {
          await writable.abort().catch(() => undefined);
          await remove(`${id}${SEALED}`);
        },
      };
    },

    async size(id) {
      const file = sealedOf(id).then((handle) => handle.getFile());
      return (await ifThere(file))?.size;
    },

    async read(id, start, end) {
      const file = await (await sealedOf(id)).getFile();
      return new Uint8Array(await file.slice(start, end).arrayBuffer());
    },

    readRecord: (id) =>
      whileRecordStays(id, async () => {
        const file = await ifThere(recordOf(id));
        const text = await (await file?.getFile())?.text();
        return text === "" ? undefined : text; // it was made, but never closed
      }),

    writeRecord: (id, text) =>
      whileNobodyReads(id, async () => {
        const writable = await (await create(`${id}${RECORD}`)).createWritable();
        try {
          await writable.write(text);
          await writable.close();
        } catch (error) {
          await writable.abort().catch(() => undefined);
          throw error;
        }
      }),

    async delete(id) {
      await whileNobodyReads(id, () => remove(`${id}${RECORD}`));
      await remove(`${id}${SEALED}`);
    },
  };
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
