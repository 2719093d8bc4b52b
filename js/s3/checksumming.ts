// Checksums of S3 over what is uploaded, which is ciphertext (docs/formats.md 6.2).

import { isBlob } from "../base/blob.js";
import { checkThere } from "../base/bytes.js";
import { inputError } from "../base/errors.js";
import { ignore, Operation, type OperationOptions } from "../base/operation.js";
import { checkObject, checkOperationOptions } from "../base/options.js";
import { type Duplex, duplex } from "../engine/duplex.js";
import { handOn } from "../engine/pump.js";
import { preparing, type Reader, readerOf, type Source } from "../io/source.js";
import type { checksumsWasm } from "../modules/checksums.js";
import type { Sealed } from "../sealed/sealed.js";
import type { ChecksumAlgorithm } from "./request/upload-request.js";

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** As headers carry it: base64 of the big-endian bytes; a composite one with `-N` behind it. */
  readonly value: string;
  /** The header that carries it, in lower case. */
  readonly header: string;
}

/** A part of an upload that was summed by itself. */
export interface PartChecksum {
  readonly value: string;
  /** The size of the part, in bytes. */
  readonly size: number;
}

/** Passes bytes through and sums them. */
export interface ChecksumStream extends Duplex {
  /** Known when all was written. */
  readonly value: Promise<Checksum>;
}

/** Bytes that are summed in one go: between them a page can be drawn and `signal` be heard. */
const STEP = 8 * 1024 * 1024;

/**
 * By S3's names for them. MD5 is for stores that know no other: it travels as `Content-MD5`, with
 * one request at a time, and finds accidents, not forgeries.
 */
export interface Checksums {
  /** Reads all of a source, or seals all of a `Sealed`, in constant memory. */
  of(
    algorithm: ChecksumAlgorithm,
    source: Source | Sealed,
    options?: OperationOptions,
  ): Promise<Checksum>;
  /** Sums what is written to one side and can be read from the other. */
  stream(algorithm: ChecksumAlgorithm, options?: OperationOptions): ChecksumStream;
  /** The CRC of an object from those of its parts, in order: S3's type `FULL_OBJECT`. */
  combine(algorithm: ChecksumAlgorithm, parts: readonly PartChecksum[]): Promise<Checksum>;
  /**
   * The checksum over the checksums of parts, in order, with their number behind it: S3's type
   * `COMPOSITE`, of CRC32, CRC32C and SHA256.
   */
  composite(algorithm: ChecksumAlgorithm, values: readonly string[]): Promise<Checksum>;
}

/**
 * How the WebAssembly that sums comes.
 * @internal
 */
type Load = () => Promise<ReturnType<typeof checksumsWasm>>;

/** @internal */
export function checksumsBy(load: Load): Checksums {
  return {
    async of(
      algorithm: ChecksumAlgorithm,
      source: Source | Sealed,
      options: OperationOptions = {},
    ): Promise<Checksum> {
      const reader = readerOf(isSealed(source) ? source.stream() : source);
      const operation = preparing(reader, () => prepare(algorithm, options));
      return await operation.run(() => sum(load, algorithm, reader, operation), { reader });
    },

    stream(algorithm: ChecksumAlgorithm, options: OperationOptions = {}): ChecksumStream {
      const operation = prepare(algorithm, options);
      let found!: (checksum: Promise<Checksum>) => void;
      const value = new Promise<Checksum>((resolve) => {
        found = resolve;
      });
      value.catch(ignore);
      const streams = duplex(operation, async (reader, sink) => {
        // Whoever wrote a chunk may use its memory again before it is read.
        const pass = (chunk: Uint8Array) => handOn(sink, [chunk.slice()], operation);
        const summed = operation.run(() => sum(load, algorithm, reader, operation, pass));
        found(summed);
        await summed;
      });
      return { ...streams, value };
    },

    async combine(algorithm: ChecksumAlgorithm, parts: readonly PartChecksum[]): Promise<Checksum> {
      checkList(parts, "parts");
      const sizes = parts.map((part) => {
        checkObject(part, "a part");
        const { size } = part;
        if (!Number.isSafeInteger(size) || size < 0) {
          throw inputError("the size of a part must be a whole number of bytes");
        }
        return BigInt(size);
      });
      const wasm = await load();
      const values = texts(parts.map(({ value }) => value));
      const value = wasm.combine(algorithm, values, new BigUint64Array(sizes));
      return { algorithm, value, header: wasm.checksumHeader(algorithm) };
    },

    async composite(algorithm: ChecksumAlgorithm, values: readonly string[]): Promise<Checksum> {
      checkList(values, "values");
      const wasm = await load();
      const value = wasm.composite(algorithm, texts(values));
      return { algorithm, value, header: wasm.checksumHeader(algorithm) };
    },
  };
}

async function sum(
  load: Load,
  algorithm: ChecksumAlgorithm,
  reader: Reader,
  operation: Operation,
  pass: (chunk: Uint8Array) => Promise<void> = async () => {},
): Promise<Checksum> {
  const { Checksum, checksumHeader } = await operation.wait(load());
  const header = checksumHeader(algorithm);
  const checksum = new Checksum(algorithm);
  try {
    for (;;) {
      const chunk = await operation.wait(reader.next());
      if (chunk === undefined) {
        break;
      }
      const { length } = chunk;
      checkThere(chunk);
      for (let start = 0; start < length; start += STEP) {
        if (start > 0) {
          await operation.wait(new Promise((resolve) => setTimeout(resolve)));
          checkThere(chunk);
        }
        checksum.update(chunk.subarray(start, start + STEP));
      }
      await pass(chunk);
      operation.advance(length, reader.size);
    }
  } catch (error) {
    checksum.free();
    throw error;
  }
  return { algorithm, value: checksum.finish(), header };
}

function prepare(algorithm: ChecksumAlgorithm, options: OperationOptions): Operation {
  checkAlgorithm(algorithm);
  checkOperationOptions(options, {});
  return new Operation(options);
}

/** What it may be WebAssembly knows; that it is text cannot be told there. */
function checkAlgorithm(algorithm: unknown): void {
  if (typeof algorithm !== "string") {
    throw inputError("the checksum algorithm must be a string");
  }
}

function checkList(given: unknown, name: string): void {
  if (!Array.isArray(given)) {
    throw inputError(`${name} must be an array`);
  }
}

function texts(values: readonly unknown[]): string[] {
  for (const value of values) {
    if (typeof value !== "string") {
      throw inputError("the checksum of a part must be a string");
    }
  }
  return values as string[];
}

function isSealed(source: Source | Sealed): source is Sealed {
  return !isBlob(source) && typeof (source as Partial<Sealed> | null)?.stream === "function";
}
