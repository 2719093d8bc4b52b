// Ciphertext that is needed twice and comes once. It is no secret.

import { type Bytes, checkThere, concat } from "../../base/bytes.js";
import { BongtuError } from "../../base/errors.js";
import { spills } from "../../platform/platform.js";
import { type Reader, readerOf } from "../source.js";
import type { SpillFile } from "./file.js";

/** Bytes that are held in memory before a file is made: most objects are small. */
const SMALL = 1024 * 1024;

/** Bytes that are held in memory where no file can be made. */
const LIMIT = 64 * 1024 * 1024;

/** Keeps the bytes that are appended; they can be read once it is complete. */
export class Spill {
  #held: Bytes[] = [];
  #length = 0;
  /** Asked for once. */
  #file: Promise<SpillFile | undefined> | undefined;
  #deleted = false;

  async append(chunk: Bytes): Promise<void> {
    if (this.#deleted) {
      return; // it came after the end, and would make a file that nobody deletes
    }
    checkThere(chunk);
    this.#length += chunk.length;
    if (this.#length <= SMALL) {
      this.#held.push(chunk.slice());
      return;
    }
    this.#file ??= makeFile();
    const file = await this.#file;
    if (file !== undefined) {
      const before = this.#held;
      this.#held = [];
      await kept(async () => {
        for (const piece of [...before, chunk]) {
          checkThere(piece);
          await file.write(piece);
        }
      });
      return;
    }
    if (this.#length > LIMIT) {
      throw new BongtuError(
        "ERR_LIMIT",
        `a body that comes once and cannot be kept in a file here may have ${LIMIT} bytes; give a function that fetches it twice`,
      );
    }
    this.#held.push(chunk.slice());
  }

  async read(): Promise<Reader> {
    const file = await this.#file;
    return file === undefined ? readerOf(concat(this.#held)) : kept(() => file.read());
  }

  async delete(): Promise<void> {
    if (this.#deleted) {
      return;
    }
    this.#deleted = true;
    this.#held = [];
    const file = await this.#file;
    await file?.delete();
  }
}

/** The first that can be made. */
async function makeFile(): Promise<SpillFile | undefined> {
  for (const make of spills) {
    try {
      const file = await make();
      if (file !== undefined) {
        return file;
      }
    } catch {
      // No permission, or no room even for an empty file: the next one, or memory.
    }
  }
  return undefined;
}

async function kept<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new BongtuError("ERR_SOURCE", "the body could not be kept for a second reading", {
      cause,
    });
  }
}
