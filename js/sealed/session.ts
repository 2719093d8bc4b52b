import type { Bytes } from "../base/bytes.js";
import { BongtuError, disposedError } from "../base/errors.js";
import { Operation, type OperationOptions } from "../base/operation.js";
import { type PieceLayout, sealPieces, TAG_LENGTH } from "../engine/pieces.js";
import { handOn, type Sink } from "../engine/pump.js";
import { Rechunker } from "../engine/rechunk.js";
import { importContentKey } from "../executor/choose.js";
import type { ContentKey } from "../executor/executor.js";
import type { Pieces } from "../wasm/bongtu_seal.js";
import type { Rereadable } from "./rereadable.js";

export type { RereadableSource } from "./rereadable.js";

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
  readonly #options: OperationOptions;
  readonly #head: Bytes;
  readonly #tailLength: number;
  readonly #running = new Set<Operation>();
  #over: unknown;
  #freed = false;

  /** Takes `pieces` over. */
  static async make(
    pieces: Pieces,
    source: Rereadable,
    options: OperationOptions,
  ): Promise<SealedSession> {
    try {
      const key = await importContentKey(pieces.takeContentKey() as Bytes);
      return new SealedSession(pieces, key, source, options);
    } catch (error) {
      pieces.free();
      throw error;
    }
  }

  private constructor(
    pieces: Pieces,
    key: ContentKey,
    source: Rereadable,
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
      await this.#sealPieces(first, last + 1, sink, operation);
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
      await this.#sealPieces(first, end, NOWHERE, operation);
    }
  }

  async #sealPieces(first: number, end: number, sink: Sink, operation: Operation): Promise<void> {
    const pieces = this.#pieces;
    const { pieceLength, blockPieces } = this.#layout;
    const from = first * pieceLength;
    const to = Math.min(end * pieceLength, this.#source.size);
    const reader = this.#source.reader(from, to);
    const blocks = new Rechunker(reader, blockPieces * pieceLength, 0);
    try {
      await sealPieces({
        pieces,
        key: this.#key,
        operation,
        sink,
        first,
        next: () => {
          this.#source.check();
          return blocks.next();
        },
        // What goes nowhere was not asked for.
        progress: sink === NOWHERE ? undefined : { total: to - from },
      });
    } catch (error) {
      reader.cancel(error);
      throw error;
    } finally {
      blocks.wipe();
    }
  }
}

const NOWHERE: Sink = { write: () => undefined };
