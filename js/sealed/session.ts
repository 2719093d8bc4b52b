import { claimedSize, isBlob } from "../base/blob.js";
import { type Bytes, bytesOf } from "../base/bytes.js";
import { BongtuError, disposedError, inputError } from "../base/errors.js";
import { notBytes } from "../base/not-bytes.js";
import { Operation, type OperationOptions } from "../base/operation.js";
import { type PieceLayout, sealPieces, TAG_LENGTH } from "../engine/pieces.js";
import { handOn, type Sink } from "../engine/pump.js";
import { Rechunker } from "../engine/rechunk.js";
import { importContentKey } from "../executor/choose.js";
import type { ContentKey } from "../executor/executor.js";
import { isReadOnce, type Reader, readerOf, sliceReader } from "../io/source.js";
import type { Pieces } from "../wasm/bongtu_seal.js";

/** A source of which any part can be read, again and again. */
export type RereadableSource = Uint8Array | ArrayBuffer | Blob;

/** The bytes under a caller's view, which may change (that is noticed), or a Blob. */
export type Rereadable = Bytes | Blob;

export function rereadable(source: RereadableSource): Rereadable {
  const found = bytesOf(source) ?? (isBlob(source) ? source : undefined);
  if (found === undefined) {
    throw isReadOnce(source)
      ? inputError(
          "data that is sealed in slices must be bytes or a Blob, since it is read more than once",
        )
      : notBytes(source, "what is sealed in slices");
  }
  return found;
}

export function sizeOf(source: Rereadable): number {
  return isBlob(source) ? claimedSize(source) : source.length;
}

/** A file that is gone claims to be empty (Chromium). Whoever seals nothing has read it to its end. */
export async function checkEmptiness(source: Rereadable, operation: Operation): Promise<void> {
  if (sizeOf(source) > 0) {
    return;
  }
  const reader = readerOf(source);
  try {
    while ((await operation.wait(reader.next())) !== undefined);
  } catch (error) {
    reader.cancel(error);
    throw error;
  }
}

/** Pieces that are sealed in one go when the tail wants all that are missing, in bytes. */
const RUN = 8 * 1024 * 1024;

/**
 * One sealed thing, of which many may read at once: JavaScript runs one of them at a time, and the
 * pins tell when two of them saw different sources.
 * @internal
 */
export class SealedSession {
  /** The size of everything that is sealed. */
  readonly size: number;
  /** Parts must be multiples of this. */
  readonly grid: number;
  readonly #pieces: Pieces;
  readonly #layout: PieceLayout;
  readonly #key: ContentKey;
  readonly #source: Rereadable;
  readonly #sourceSize: number;
  readonly #options: OperationOptions;
  readonly #head: Bytes;
  readonly #tailLength: number;
  readonly #running = new Set<Operation>();
  #over: unknown;
  #freed = false;

  /** Takes `pieces` over. `size` is what `source` had when it was given. */
  static async make(
    pieces: Pieces,
    source: Rereadable,
    size: number,
    options: OperationOptions,
  ): Promise<SealedSession> {
    try {
      const key = await importContentKey(pieces.takeContentKey() as Bytes);
      return new SealedSession(pieces, key, source, size, options);
    } catch (error) {
      pieces.free();
      throw error;
    }
  }

  private constructor(
    pieces: Pieces,
    key: ContentKey,
    source: Rereadable,
    size: number,
    options: OperationOptions,
  ) {
    const layout = pieces.layout() as PieceLayout;
    const framed = layout.sealedPieceLength > layout.pieceLength;
    this.size = layout.size as number;
    this.grid = framed ? 1 : layout.pieceLength;
    this.#pieces = pieces;
    this.#layout = layout;
    this.#key = key;
    this.#source = source;
    this.#sourceSize = size;
    this.#options = options;
    this.#head = pieces.head() as Bytes;
    this.#tailLength = framed ? 0 : TAG_LENGTH;
  }

  /** One reading of it. */
  operation(): Operation {
    return new Operation(this.#options);
  }

  /**
   * Seals all that the bytes from `start` to `end` need. `sinkAfter` makes the sink for that, given
   * how many of its first bytes lie before `start`.
   */
  async seal(
    start: number,
    end: number,
    sinkAfter: (skip: number) => Sink,
    operation: Operation,
  ): Promise<void> {
    if (this.#over !== undefined) {
      operation.stop(this.#over);
    }
    this.#running.add(operation);
    try {
      operation.check();
      if (start < end) {
        await this.#sealRange(start, end, sinkAfter, operation);
      }
    } catch (error) {
      const failure = operation.stop(error);
      if (failure instanceof BongtuError && failure.code === "ERR_SOURCE_CHANGED") {
        this.#end(failure);
      }
      throw failure;
    } finally {
      operation.end();
      this.#running.delete(operation);
      this.#free();
    }
  }

  dispose(): void {
    this.#end(disposedError());
    this.#free();
  }

  /** Whatever reads from it fails so from now on. */
  #end(failure: unknown): void {
    this.#over ??= failure;
    for (const operation of this.#running) {
      operation.stop(this.#over);
    }
  }

  /** Wipes the key once nothing is in flight any more. */
  #free(): void {
    if (this.#over !== undefined && this.#running.size === 0 && !this.#freed) {
      this.#freed = true;
      this.#key.dispose();
      this.#pieces.fail();
      this.#pieces.free();
    }
  }

  async #sealRange(
    start: number,
    end: number,
    sinkAfter: (skip: number) => Sink,
    operation: Operation,
  ): Promise<void> {
    const pieces = this.#pieces;
    const stride = this.#layout.sealedPieceLength;
    const bodyStart = this.#head.length;
    const tailStart = this.size - this.#tailLength;
    const pieceAt = (offset: number) =>
      Math.min(Math.floor((offset - bodyStart) / stride), pieces.count - 1);

    const first = pieceAt(Math.max(start, bodyStart));
    const headed = start < bodyStart;
    const bodied = start < tailStart && end > bodyStart;
    const sink = sinkAfter(
      headed ? start : bodied ? start - bodyStart - first * stride : start - tailStart,
    );
    if (headed) {
      await handOn(sink, [this.#head], operation);
    }
    if (bodied) {
      const last = pieceAt(Math.min(end, tailStart) - 1);
      await this.#sealPieces(first, last + 1, sink, operation, true);
    }
    if (end > tailStart) {
      await this.#sealMissing(operation);
      await handOn(sink, [pieces.tail() as Bytes], operation);
    }
  }

  /** Never waits for whoever else may be about to seal them. */
  async #sealMissing(operation: Operation): Promise<void> {
    const pieces = this.#pieces;
    const atOnce = Math.max(1, Math.floor(RUN / this.#layout.pieceLength));
    for (;;) {
      const first = pieces.unpinned();
      if (first === undefined) {
        return;
      }
      const end = Math.min(first + atOnce, pieces.count);
      await this.#sealPieces(first, end, NOWHERE, operation, false);
    }
  }

  async #sealPieces(
    first: number,
    end: number,
    sink: Sink,
    operation: Operation,
    progress: boolean,
  ): Promise<void> {
    const pieces = this.#pieces;
    const { pieceLength, blockPieces } = this.#layout;
    const from = first * pieceLength;
    const to = Math.min(end * pieceLength, this.#sourceSize);
    this.#checkSource();
    const reader = slice(this.#source, from, to, this.#sourceSize);
    const blocks = new Rechunker(reader, blockPieces * pieceLength, 0);
    try {
      await sealPieces({
        pieces,
        key: this.#key,
        operation,
        sink,
        first,
        next: () => {
          this.#checkSource();
          return blocks.next();
        },
        progress: progress ? { total: to - from } : undefined,
      });
    } catch (error) {
      reader.cancel(error);
      throw error;
    } finally {
      blocks.wipe();
    }
  }

  /** A buffer that was transferred away is empty all of a sudden, and so is a file that is gone. */
  #checkSource(): void {
    if (sizeOf(this.#source) !== this.#sourceSize) {
      throw new BongtuError("ERR_SOURCE", "the source has another size than before");
    }
  }
}

const NOWHERE: Sink = { write: () => undefined };

function slice(source: Rereadable, start: number, end: number, size: number): Reader {
  return isBlob(source)
    ? sliceReader(source, start, end, size)
    : readerOf(source.subarray(start, end));
}
