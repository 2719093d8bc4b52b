import { randomName } from "../../base/bytes.js";
import { ignore } from "../../base/operation.js";
import { writerOf } from "../origin-file.js";
import { readerOf } from "../source.js";
import { takeWebLock } from "../web-lock.js";
import type { SpillFile } from "./file.js";

const PREFIX = "bongtu-spill-";

/** A file in the origin private file system, which browsers show to nobody else. */
export async function originPrivateFile(): Promise<SpillFile | undefined> {
  const { storage, locks } = (globalThis.navigator ?? {}) as Partial<Navigator>;
  if (typeof storage?.getDirectory !== "function" || locks === undefined) {
    return undefined;
  }
  const directory = await storage.getDirectory();
  await deleteLeftBehind(directory).catch(ignore);
  const name = `${PREFIX}${randomName()}`;
  // The lock tells others that the file was not left behind.
  const release = await takeWebLock(name);
  const created = await create(directory, name).catch(ignore);
  if (created === undefined) {
    await release?.();
    return undefined;
  }
  const { file, writer } = created;
  let closed = false;
  return {
    write: (bytes) => writer.write(bytes),
    async read() {
      await writer.close();
      closed = true;
      return readerOf(await file.getFile());
    },
    async delete() {
      if (!closed) {
        await writer.abort().catch(ignore);
      }
      await directory.removeEntry(name).finally(release);
    },
  };
}

async function create(directory: FileSystemDirectoryHandle, name: string) {
  const file = await directory.getFileHandle(name, { create: true });
  // Some browsers have no writer outside of workers.
  const writer = await writerOf(file).catch(ignore);
  if (writer === undefined) {
    await directory.removeEntry(name);
    return undefined;
  }
  return { file, writer };
}

/** Deletes files of pages that were closed meanwhile. */
async function deleteLeftBehind(directory: FileSystemDirectoryHandle): Promise<void> {
  const names = directory.keys();
  for (let next = await names.next(); !next.done; next = await names.next()) {
    const name = next.value;
    const release = name.startsWith(PREFIX) ? await takeWebLock(name) : undefined;
    if (release !== undefined) {
      await directory.removeEntry(name).finally(release);
    }
  }
}
