import { type Bytes, bytesOf } from "./bytes.js";
import { BongtuError, inputError } from "./errors.js";
import { ignore } from "./operation.js";

/**
 * Where bytes come from. Views of larger buffers are honoured, what is backed by shared or
 * resizable memory is copied first. A stream or iterable is read once and cancelled when the
 * operation fails.
 */
export type Source =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/**
 * Every source as one thing to pull from. What `next` gave may be changed by its owner once `next`
 * is called again.
 */
export interface Reader {
  /** In bytes, where it is known beforehand. */
  readonly size: number | undefined;
  /** Nothing follows; may become true before `next` says so. */
  readonly exhausted: boolean;
  /** The next piece, of any length, or `undefined` at the end. */
  next(): Promise<Bytes | undefined>;
  /** The rest is not wanted. Never fails and does not wait. */
  cancel(reason: unknown): void;
}

export function readerOf(source: Source): Reader {
  const bytes = bytesOf(source);
  if (bytes !== undefined) {
    return new BytesReader(bytes);
  }
  if (isBlob(source)) {
    return new StreamReader(source.stream(), source.size);
  }
  if (isReadableStream(source)) {
    return new StreamReader(source, undefined);
  }
  if (isAsyncIterable(source)) {
    return new IterableReader(source[Symbol.asyncIterator]());
  }
  throw notBytes(source, "a source");
}

/** What `prepare` gives; nothing is left behind of a source whose reading cannot begin. */
export function preparing<T>(reader: Reader, prepare: () => T): T {
  try {
    return prepare();
  } catch (error) {
    reader.cancel(error);
    throw error;
  }
}

/** One piece of a source, or of what is written to a stream. */
export function chunkOf(value: unknown): Bytes {
  const bytes = bytesOf(value);
  if (bytes === undefined) {
    throw notBytes(value, "a chunk of a source");
  }
  return bytes;
}

class BytesReader implements Reader {
  readonly size: number;
  readonly #whole: Bytes;
  #bytes: Bytes | undefined;

  constructor(bytes: Bytes) {
    this.size = bytes.length;
    this.#whole = bytes;
    this.#bytes = bytes;
  }

  get exhausted(): boolean {
    if (this.#whole.length !== this.size) {
      throw new BongtuError("ERR_SOURCE", "the source's buffer was transferred away");
    }
    return this.#bytes === undefined;
  }

  async next(): Promise<Bytes | undefined> {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    return bytes;
  }

  cancel(): void {
    this.#bytes = undefined;
  }
}

/** With getReader(): WebKit's streams cannot be iterated. */
class StreamReader implements Reader {
  readonly size: number | undefined;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #received = 0;

  constructor(stream: ReadableStream<Uint8Array>, size: number | undefined) {
    if (stream.locked) {
      throw inputError("the stream is locked: something else reads it already");
    }
    this.size = size;
    this.#reader = stream.getReader();
  }

  get exhausted(): boolean {
    return this.#received === this.size;
  }

  async next(): Promise<Bytes | undefined> {
    const { done, value } = await reading(() => this.#reader.read());
    const chunk = done ? undefined : chunkOf(value);
    this.#received += chunk?.length ?? 0;
    this.#checkSize(chunk === undefined);
    return chunk;
  }

  cancel(reason: unknown): void {
    this.#reader.cancel(reason).catch(ignore);
  }

  /** A file can change while it is read. */
  #checkSize(ended: boolean): void {
    const { size } = this;
    if (size !== undefined && (this.#received > size || (ended && this.#received < size))) {
      throw new BongtuError("ERR_SOURCE", `the source does not have the ${size} bytes it promised`);
    }
  }
}

class IterableReader implements Reader {
  readonly size = undefined;
  readonly exhausted = false;
  readonly #iterator: AsyncIterator<Uint8Array>;

  constructor(iterator: AsyncIterator<Uint8Array>) {
    this.#iterator = iterator;
  }

  async next(): Promise<Bytes | undefined> {
    const { done, value } = await reading(() => this.#iterator.next());
    return done ? undefined : chunkOf(value);
  }

  cancel(): void {
    reading(async () => this.#iterator.return?.()).catch(ignore);
  }
}

async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new BongtuError("ERR_SOURCE", "reading the source failed", { cause });
  }
}

function notBytes(value: unknown, what: string): BongtuError {
  return typeof value === "string"
    ? inputError(
        `${what} must be bytes, not a string; encode text with new TextEncoder().encode(…)`,
      )
    : inputError(
        `${what} must be bytes; sources are Uint8Array, ArrayBuffer, Blob, ReadableStream and AsyncIterable`,
      );
}

export function isBlob(value: unknown): value is Blob {
  return typeof Blob === "function" && value instanceof Blob;
}

function isReadableStream(value: unknown): value is ReadableStream<Uint8Array> {
  return typeof (value as ReadableStream | null | undefined)?.getReader === "function";
}

function isAsyncIterable(value: unknown): value is AsyncIterable<Uint8Array> {
  return (
    typeof (value as AsyncIterable<unknown> | null | undefined)?.[Symbol.asyncIterator] ===
    "function"
  );
}
