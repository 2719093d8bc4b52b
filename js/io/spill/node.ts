import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomName } from "../../base/bytes.js";
import { BongtuError } from "../../base/errors.js";
import type { Reader } from "../source.js";
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
    read: async () => new FileReader(handle, length),
    async delete() {
      await handle.close();
      if (!unlinked) {
        await unlink(path);
      }
    },
  };
}

class FileReader implements Reader {
  readonly size: number;
  readonly #handle: FileHandle;
  readonly #buffer = new Uint8Array(READ_LENGTH);
  #position = 0;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  get exhausted(): boolean {
    return this.#position === this.size;
  }

  async next() {
    if (this.exhausted) {
      return undefined;
    }
    const { bytesRead } = await this.#read();
    if (bytesRead === 0) {
      throw new BongtuError("ERR_SOURCE", "the temporary file was cut short");
    }
    this.#position += bytesRead;
    return this.#buffer.subarray(0, bytesRead);
  }

  /** Whoever made the file closes it. */
  cancel(): void {}

  async #read() {
    try {
      return await this.#handle.read(this.#buffer, 0, READ_LENGTH, this.#position);
    } catch (cause) {
      throw new BongtuError("ERR_SOURCE", "reading the temporary file failed", { cause });
    }
  }
}
