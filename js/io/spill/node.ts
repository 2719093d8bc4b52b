import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomName } from "../../base/bytes.js";
import { readerOf } from "../source.js";
import type { SpillFile } from "./file.js";

const READ_LENGTH = 512 * 1024;

/** A temporary file of the user's own. */
export async function temporaryFile(): Promise<SpillFile> {
  const path = join(tmpdir(), `bongtu-${randomName()}`);
  const handle = await open(path, "wx+", 0o600);
  // Its name goes at once, so that nothing stays behind even if the process is killed. Windows
  // keeps it until it is closed.
  const unlinked = await unlink(path).then(
    () => true,
    () => false,
  );
  let length = 0;
  return {
    async write(bytes) {
      await handle.writeFile(bytes);
      length += bytes.length;
    },
    read: async () => readerOf(chunksOf(handle, length)),
    async delete() {
      await handle.close();
      if (!unlinked) {
        await unlink(path);
      }
    },
  };
}

/** As many bytes as were written. */
async function* chunksOf(handle: FileHandle, length: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(READ_LENGTH);
  for (let position = 0; position < length; ) {
    const { bytesRead } = await handle.read(buffer, 0, READ_LENGTH, position);
    if (bytesRead === 0) {
      throw new Error("the temporary file was cut short");
    }
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
