import { type Bytes, coalesce, concat, EMPTY } from "../base/bytes.js";
import { BongtuError } from "../base/errors.js";
import type { Sink } from "./pump.js";

/** Keeps all that it is given, for those who want it in one piece. */
export class Collector implements Sink {
  /** Pieces are put here at once while they fit. */
  #whole: Bytes = EMPTY;
  #length = 0;
  /** The pieces that did not, and all after them. */
  readonly #others: Bytes[] = [];

  /** Saves keeping them twice. */
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

/** Bytes that a Blob of its own is made of, so that no more of them are held here. */
const BLOB_PIECE = 8 * 1024 * 1024;

/** Keeps all that it is given where the platform keeps Blobs. */
export class BlobCollector implements Sink {
  readonly #blobs: Blob[] = [];
  #pieces: Bytes[] = [];
  #length = 0;

  write(pieces: Bytes[]): undefined {
    for (const piece of coalesce(pieces)) {
      this.#pieces.push(piece);
      this.#length += piece.length;
    }
    if (this.#length >= BLOB_PIECE) {
      this.#flush();
    }
  }

  take(): Blob {
    this.#flush();
    return new Blob(this.#blobs, { type: "application/octet-stream" });
  }

  #flush(): void {
    this.#blobs.push(new Blob(this.#pieces));
    this.#pieces = [];
    this.#length = 0;
  }
}

/** Lets `take` bytes through after the first `skip`. */
export class Cutter implements Sink {
  readonly #sink: Sink;
  #skip: number;
  #take: number;

  constructor(sink: Sink, skip: number, take: number) {
    this.#sink = sink;
    this.#skip = skip;
    this.#take = take;
  }

  /** Bytes that should have come and did not. */
  get missing(): number {
    return this.#take;
  }

  write(pieces: Bytes[]): Promise<void> | undefined {
    const cut = pieces.map((piece) => {
      const rest = piece.subarray(this.#skip);
      this.#skip -= piece.length - rest.length;
      const taken = rest.subarray(0, this.#take);
      this.#take -= taken.length;
      return taken;
    });
    return this.#sink.write(cut.filter(({ length }) => length > 0));
  }
}
