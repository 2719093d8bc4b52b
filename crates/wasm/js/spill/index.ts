// Ciphertext that is needed twice and comes once. It is no secret.

import { type Bytes, checkThere, concat } from "../bytes.js";
import { BongtuError } from "../errors.js";
import { type Reader, readerOf } from "../source.js";
import { originPrivateFile } from "./opfs.js";

/** A file to be written once, read, and deleted. */
export interface SpillFile {
  write(bytes: Bytes): Promise<void>;
  /** Called when all is written. */
  read(): Promise<Reader>;
  /** Also when it was not read to its end, or not even written. */
  delete(): Promise<void>;
}

/** Creates a file; `undefined` where the platform has none. */
export type SpillMaker = () => Promise<SpillFile | undefined>;

/** Bytes that are held in memory before a file is made: most objects are small. */
const SMALL = 1024 * 1024;

/** Bytes that are held in memory where no file can be made. */
const LIMIT = 64 * 1024 * 1024;

let makers: readonly SpillMaker[] = [originPrivateFile];

/** Puts a way to make files before all others. */
export function registerSpill(maker: SpillMaker): void {
  makers = [maker, ...makers];
}

/** Replaces the list and returns the one before: for tests. */
export function useSpills(list: readonly SpillMaker[]): readonly SpillMaker[] {
  const before = makers;
  makers = list;
  return before;
}

/** What was appended, to be read once it is complete. */
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
  for (const make of makers) {
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
