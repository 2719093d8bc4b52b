// What is sealed in slices: it is read again and again, and any part of it.

import { claimedSize, isBlob } from "../base/blob.js";
import { type Bytes, bytesOf } from "../base/bytes.js";
import { BongtuError, inputError } from "../base/errors.js";
import { notBytes } from "../base/not-bytes.js";
import type { Operation } from "../base/operation.js";
import { isReadOnce, type Reader, readerOf, sliceReader } from "../io/source.js";

export type RereadableSource = Uint8Array | ArrayBuffer | Blob;

/** The bytes under a caller's view, which may change (that is noticed), or a Blob. */
export class Rereadable {
  /** What it had when it was given, in bytes. */
  readonly size: number;
  readonly #source: Bytes | Blob;

  constructor(source: RereadableSource) {
    const found = bytesOf(source) ?? (isBlob(source) ? source : undefined);
    if (found === undefined) {
      throw isReadOnce(source)
        ? inputError("what is sealed in slices must be bytes or a Blob: it is read again")
        : notBytes(source, "what is sealed in slices");
    }
    this.#source = found;
    this.size = sizeOf(found);
  }

  /** A buffer that was transferred away is empty all of a sudden, and so is a file that is gone. */
  check(): void {
    if (sizeOf(this.#source) !== this.size) {
      throw new BongtuError("ERR_SOURCE", "the source has another size than before");
    }
  }

  reader(start: number, end: number): Reader {
    this.check();
    return isBlob(this.#source)
      ? sliceReader(this.#source, start, end, this.size)
      : readerOf(this.#source.subarray(start, end));
  }

  /** A file that is gone claims to be empty (Chromium). Whoever seals nothing has read it to its end. */
  async checkEmptiness(operation: Operation): Promise<void> {
    if (this.size > 0) {
      return;
    }
    const reader = readerOf(this.#source);
    try {
      while ((await operation.wait(reader.next())) !== undefined);
    } catch (error) {
      reader.cancel(error);
      throw error;
    }
  }
}

function sizeOf(source: Bytes | Blob): number {
  return isBlob(source) ? claimedSize(source) : source.length;
}
