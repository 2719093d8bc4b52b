import { type Bytes, coalesce, concat, EMPTY } from "./bytes.js";
import { BongtuError } from "./errors.js";
import type { Sink } from "./pump.js";

/** Keeps all that it is given, for those who want it in one piece. */
export class Collector implements Sink {
  /** Where the pieces are put at once, if their length in all is known. */
  #whole: Bytes | undefined;
  #length = 0;
  readonly #pieces: Bytes[] = [];

  /** That there will be exactly `size` bytes. Saves keeping them twice. */
  expect(size: number): void {
    try {
      this.#whole = new Uint8Array(size);
    } catch (cause) {
      const message = "too much data for one array; use the stream";
      throw new BongtuError("ERR_TOO_LARGE", message, { cause });
    }
  }

  write(pieces: Bytes[]): undefined {
    if (this.#whole === undefined) {
      this.#pieces.push(...coalesce(pieces));
      return;
    }
    for (const piece of pieces) {
      this.#whole.set(piece, this.#length);
      this.#length += piece.length;
    }
  }

  /** All of it. */
  take(): Bytes {
    if (this.#whole !== undefined) {
      return this.#whole;
    }
    const [first = EMPTY, ...others] = this.#pieces;
    return others.length === 0 ? first : concat(this.#pieces);
  }
}
