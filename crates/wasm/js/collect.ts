import { type Bytes, coalesce, concat, EMPTY } from "./bytes.js";
import { BongtuError } from "./errors.js";
import type { Sink } from "./pump.js";

/** Keeps all that it is given, for those who want it in one piece. */
export class Collector implements Sink {
  /** Where pieces are put at once while they fit. */
  #whole: Bytes = EMPTY;
  #length = 0;
  /** Those that did not, and all after them. */
  readonly #others: Bytes[] = [];

  /** That there will be `size` bytes if all goes well, which saves keeping them twice. */
  expect(size: number): void {
    try {
      this.#whole = new Uint8Array(size);
    } catch (cause) {
      const message = "too much data for one array; use the stream";
      throw new BongtuError("ERR_TOO_LARGE", message, { cause });
    }
  }

  write(pieces: Bytes[]): undefined {
    const length = pieces.reduce((total, piece) => total + piece.length, this.#length);
    if (this.#others.length > 0 || length > this.#whole.length) {
      this.#others.push(...coalesce(pieces));
      return;
    }
    for (const piece of pieces) {
      this.#whole.set(piece, this.#length);
      this.#length += piece.length;
    }
  }

  /** All of it. */
  take(): Bytes {
    const all = [this.#whole.subarray(0, this.#length), ...this.#others].filter(
      ({ length }) => length > 0,
    );
    const [only = EMPTY] = all;
    return all.length <= 1 ? only : concat(all);
  }
}
