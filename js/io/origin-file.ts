// Writing to a file of the origin private file system. Safari before 26 has no streams for that, and synchronous handles only,
// in dedicated workers; most of their methods gave promises at first (Chromium before 108, and Safari).

import type { Bytes } from "../base/bytes.js";

export interface OriginFileWriter {
  write(bytes: Bytes): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

/** TypeScript's library for pages lacks this type. */
interface AccessHandle {
  write(bytes: Bytes, options: { at: number }): number | Promise<number>;
  truncate(size: number): void | Promise<void>;
  flush(): void | Promise<void>;
  getSize(): number | Promise<number>;
  close(): void | Promise<void>;
}

interface WorkersFileHandle extends Omit<FileSystemFileHandle, "createWritable"> {
  createWritable?(): Promise<FileSystemWritableFileStream>;
  createSyncAccessHandle?(): Promise<AccessHandle>;
}

/** Whether the old contents stay until a writer is closed. */
export function isReplacedAtOnce(file: FileSystemFileHandle): boolean {
  return typeof file.createWritable === "function";
}

/** Writes a file anew, from its beginning. */
export async function writerOf(given: FileSystemFileHandle): Promise<OriginFileWriter> {
  const file: WorkersFileHandle = given;
  if (typeof file.createWritable === "function") {
    const writable = await file.createWritable();
    return {
      write: (bytes) => writable.write(bytes),
      close: () => writable.close(),
      abort: () => writable.abort(),
    };
  }
  if (typeof file.createSyncAccessHandle !== "function") {
    throw new Error("this browser writes such files in dedicated workers only");
  }
  const handle = await file.createSyncAccessHandle();
  try {
    await handle.truncate(0);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return synchronousWriter(handle);
}

function synchronousWriter(handle: AccessHandle): OriginFileWriter {
  let position = 0;
  return {
    async write(bytes) {
      let rest = bytes;
      while (rest.length > 0) {
        const written = await handle.write(rest, { at: position });
        if (!(written > 0)) {
          throw new DOMException("nothing more was written", "QuotaExceededError");
        }
        position += written;
        rest = rest.subarray(written);
      }
    },
    async close() {
      try {
        await handle.flush();
        if ((await handle.getSize()) !== position) {
          throw new Error("the file does not have the size that was written");
        }
      } finally {
        await handle.close();
      }
    },
    abort: async () => handle.close(),
  };
}
