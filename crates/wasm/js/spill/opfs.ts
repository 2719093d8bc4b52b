import { readerOf } from "../source.js";
import type { SpillFile } from "./index.js";

/** A file in the origin private file system, which browsers show to nobody else. */
export async function originPrivateFile(): Promise<SpillFile | undefined> {
  const storage = globalThis.navigator?.storage as StorageManager | undefined;
  if (typeof storage?.getDirectory !== "function") {
    return undefined;
  }
  const directory = await storage.getDirectory();
  const name = `bongtu-${crypto.randomUUID()}`;
  const file = await directory.getFileHandle(name, { create: true });
  // Not everywhere outside of workers.
  const writable = await file.createWritable?.().catch(() => undefined);
  if (writable === undefined) {
    await directory.removeEntry(name);
    return undefined;
  }
  let closed = false;
  return {
    write: (bytes) => writable.write(bytes),
    async read() {
      await writable.close();
      closed = true;
      return readerOf(await file.getFile());
    },
    async delete() {
      if (!closed) {
        await writable.abort();
      }
      await directory.removeEntry(name);
    },
  };
}
