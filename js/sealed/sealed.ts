/// <reference lib="esnext.disposable" preserve="true" />
import { type Bytes, EMPTY } from "../base/bytes.js";
import { BongtuError, disposedError } from "../base/errors.js";
import type { Operation } from "../base/operation.js";
import { BlobCollector, Collector, Cutter } from "../engine/collect.js";
import { readableOf } from "../engine/duplex.js";
import type { Sink } from "../engine/pump.js";
import { type PartRange, partCount, partRanges } from "./part-ranges.js";
import type { SealedSession } from "./session.js";

/** An AWS Encryption SDK message, or an object of the S3 Encryption Client of one of the versions. */
export type SealedFormat = "message" | "v2" | "v3";

/** A part of a multipart upload. */
export interface SealedPart extends PartRange {
  readonly body: Sealed;
}

/**
 * The sealed form of a source. Its size is known before the first byte. Sealing happens as bytes are
 * asked for, of any part, in any order and as often as one likes: the same part has always the same
 * bytes. A source that changes in between fails with `ERR_SOURCE_CHANGED`, and nothing more is
 * sealed then.
 *
 * It keeps a key until it is disposed of.
 */
export interface Sealed {
  /** In bytes. */
  readonly size: number;
  /** The format of the whole: `message` from `sealBlob`, `v3` or `v2` from `sealObject`. */
  readonly format: SealedFormat;
  /** All bytes, sealed as they are read. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  arrayBuffer(): Promise<ArrayBuffer>;
  /** All bytes, sealed now; what comes of the source later does not matter to them. */
  blob(): Promise<Blob>;
  /** A part of it, with positions as `Blob.slice` takes them. Seals nothing yet. */
  slice(start?: number, end?: number): Sealed;
  /**
   * The parts of a multipart upload: of `partSize` bytes (at least 5 MiB, at most 5 GiB; of an
   * object a multiple of 512 KiB), but for the last.
   */
  parts(partSize: number): SealedPart[];
  /** Throws: `fetch(url, { body: sealed })` would upload the text "[object Object]". */
  [Symbol.toPrimitive](): never;
  /** Ends what reads from it. The whole takes its slices and the key with it, a slice only itself. */
  dispose(): void;
  [Symbol.dispose](): void;
}

const MIB = 1024 * 1024;
/**
 * What S3 takes, as Rust has it too: a page that only seals does not load the S3 module. A test
 * compares them with what `multipartPlan` admits.
 */
const MIN_PART = 5 * MIB;
const MAX_PART = 5 * 1024 * MIB;
const MAX_PARTS = 10_000;

/**
 * The whole, which owns its session, or a slice of it.
 * @internal
 */
export class SealedRange<Format extends SealedFormat = "message"> implements Sealed {
  readonly size: number;
  readonly format: Format;
  readonly #session: SealedSession;
  readonly #start: number;
  readonly #whole: boolean;
  readonly #operations = new Set<Operation>();
  #disposed = false;

  constructor(
    session: SealedSession,
    format = "message" as Format,
    range?: { readonly start: number; readonly end: number },
  ) {
    const { start, end } = range ?? { start: 0, end: session.size };
    this.#session = session;
    this.format = format;
    this.#start = start;
    this.#whole = range === undefined;
    this.size = end - start;
  }

  stream(): ReadableStream<Bytes> {
    return readableOf(
      () => this.#session.operation(),
      (sink, operation) => this.#seal(sink, operation),
    );
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = new Collector();
    bytes.expect(this.size);
    await this.#seal(bytes, this.#session.operation());
    const whole = bytes.take();
    return whole === EMPTY ? new ArrayBuffer(0) : whole.buffer;
  }

  async blob(): Promise<Blob> {
    const blob = new BlobCollector();
    await this.#seal(blob, this.#session.operation());
    return blob.take();
  }

  slice(start?: number, end?: number): Sealed {
    const from = position(start, 0, this.size);
    const to = Math.max(from, position(end, this.size, this.size));
    const range = { start: this.#start + from, end: this.#start + to };
    return new SealedRange(this.#session, this.format, range);
  }

  parts(partSize: number): SealedPart[] {
    const { grid } = this.#session;
    if (!Number.isSafeInteger(partSize) || partSize < MIN_PART || partSize > MAX_PART) {
      throw partSizeError("partSize must be from 5 MiB to 5 GiB in bytes");
    }
    if (partSize % grid !== 0) {
      throw partSizeError(`partSize must be a multiple of ${grid} bytes, so that no chunk is cut`);
    }
    const division = { size: this.size, partSize };
    const count = partCount(division);
    if (count > MAX_PARTS) {
      throw partSizeError(
        `there would be ${count} parts, and S3 takes at most ${MAX_PARTS}; choose a larger partSize`,
      );
    }
    return partRanges(division).map((range) => ({
      ...range,
      body: this.slice(range.start, range.end),
    }));
  }

  [Symbol.toPrimitive](): never {
    throw new BongtuError(
      "ERR_INPUT",
      "a Sealed is neither text nor a request's body; use its stream() or await its blob()",
    );
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#whole) {
      this.#session.dispose();
    }
    for (const operation of this.#operations) {
      operation.stop(disposedError());
    }
  }

  // Engines that do not know the symbol get the method under none: see below.
  declare [Symbol.dispose]: () => void;

  /** Whether it was made here, and is neither a proxy of a Sealed nor derived from one with `Object.create`. */
  static is(given: unknown): given is SealedRange {
    return typeof given === "object" && given !== null && #session in given;
  }

  static {
    if (typeof Symbol.dispose === "symbol") {
      SealedRange.prototype[Symbol.dispose] = SealedRange.prototype.dispose;
    }
  }

  async #seal(sink: Sink, operation: Operation): Promise<void> {
    if (this.#disposed) {
      operation.stop(disposedError());
    }
    this.#operations.add(operation);
    try {
      const end = this.#start + this.size;
      let missing = () => this.size;
      const sinkAfter = (skip: number) => {
        const cutter = new Cutter(sink, skip, this.size);
        missing = () => cutter.missing;
        return cutter;
      };
      await this.#session.seal(this.#start, end, sinkAfter, operation);
      if (missing() > 0) {
        throw new BongtuError("ERR_SOURCE", "the source gave fewer bytes than it promised");
      }
    } finally {
      this.#operations.delete(operation);
    }
  }
}

function partSizeError(message: string): BongtuError {
  return new BongtuError("ERR_PART_SIZE", message);
}

/** Reads a position as `Blob.slice` does. */
function position(given: number | undefined, otherwise: number, size: number): number {
  const whole = given === undefined ? otherwise : Math.trunc(given) || 0;
  return whole < 0 ? Math.max(size + whole, 0) : Math.min(whole, size);
}
