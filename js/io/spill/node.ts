import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomName } from "../../base/bytes.js";
import { ignore } from "../../base/operation.js";
import { type Reader, readerOf } from "../source.js";
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
  return new TemporaryFile(handle, unlinked ? undefined : path);
}

/**
 * Closes the files of plaintext that nobody read. Node would do that too when it collects the handle,
 * but warns of it, and will throw.
 */
const forgotten = new FinalizationRegistry<FileHandle>((handle) => {
  handle.close().catch(ignore);
});

class TemporaryFile implements SpillFile {
  readonly #handle: FileHandle;
  /** Where it still has a name. */
  readonly #path: string | undefined;
  #length = 0;

  constructor(handle: FileHandle, path: string | undefined) {
    this.#handle = handle;
    this.#path = path;
    forgotten.register(this, handle, this);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#handle.writeFile(bytes);
    this.#length += bytes.length;
  }

  async read(): Promise<Reader> {
    return readerOf(this.#chunks());
  }

  async delete(): Promise<void> {
    forgotten.unregister(this);
    await this.#handle.close();
    if (this.#path !== undefined) {
      await unlink(this.#path);
    }
  }

  /** As many bytes as were written. */
  async *#chunks(): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(READ_LENGTH);
    for (let position = 0; position < this.#length; ) {
      const { bytesRead } = await this.#handle.read(buffer, 0, READ_LENGTH, position);
      if (bytesRead === 0) {
        throw new Error("the temporary file was cut short");
      }
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}
