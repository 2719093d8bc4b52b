// Spools in the origin private file system, which browsers show to nobody else, excluded by Web
// Locks, which end with the tab that has them.

import { wordsOf } from "../../base/errors.js";
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
  const sealedOf = (id: string) => directory.getFileHandle(`${PREFIX}${id}${SEALED}`);
  const create = (name: string) => directory.getFileHandle(`${PREFIX}${name}`, { create: true });
  const remove = (name: string) => ifThere(directory.removeEntry(`${PREFIX}${name}`));
  const textOf = async (name: string) => {
    const file = await ifThere(directory.getFileHandle(`${PREFIX}${name}`));
    return await (await file?.getFile())?.text();
  };
  const writeText = async (name: string, text: string) => {
    const writer = await writerOf(await create(name));
    try {
      await writer.write(new TextEncoder().encode(text));
    } catch (error) {
      await writer.abort().catch(() => undefined);
      throw error;
    }
    await writer.close();
  };
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
      const writer = await writerOf(await create(`${id}${SEALED}`)).catch(async (error) => {
        await remove(`${id}${SEALED}`);
        throw error;
      });
      return {
        write: (bytes) => writer.write(bytes),
        close: () => writer.close(),
        async abort() {
          await writer.abort().catch(() => undefined);
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
        const text = await textOf(`${id}${RECORD}`);
        const next = isWhole(text) ? undefined : await textOf(`${id}${NEW_RECORD}`);
        // An empty file was created but never closed.
        return (isWhole(next) ? next : text) || undefined;
      }),

    writeRecord: (id, text) =>
      whileNobodyReads(id, async () => {
        if (isReplacedAtOnce(await create(`${id}${RECORD}`))) {
          await writeText(`${id}${RECORD}`, text);
          return;
        }
        // One of the two is whole, whenever the page is closed.
        await writeText(`${id}${NEW_RECORD}`, text);
        await writeText(`${id}${RECORD}`, text);
        await remove(`${id}${NEW_RECORD}`);
      }),

    async delete(id) {
      await whileNobodyReads(id, async () => {
        await remove(`${id}${NEW_RECORD}`);
        await remove(`${id}${RECORD}`);
      });
      await remove(`${id}${SEALED}`);
    },
  };
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
