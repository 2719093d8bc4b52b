import { asked, claimedSize, isBlob } from "../base/blob.js";
import { type Bytes, bytesOf } from "../base/bytes.js";
import { BongtuError, inputError } from "../base/errors.js";
import { notBytes } from "../base/not-bytes.js";
import { ignore } from "../base/operation.js";

/**
 * Bytes can come from any of these. Views of larger buffers are honoured, and bytes in shared or
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
  /** In bytes, where it is known beforehand. The size of a Blob is a claim: if its length differs, reading fails at its end. */
  readonly size: number | undefined;
  /** True if nothing follows; this may become true before `next` says so. */
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
  const reader = isBlob(source) ? new BlobReader(source, claimedSize(source)) : readerOn(source);
  if (reader === undefined) {
    throw notBytes(source, "a source");
  }
  return reader;
}

/**
 * The bytes of a Blob from `start` to `end`, just as many of them; and if it claims to end there,
 * that it does.
 */
export function sliceReader(blob: Blob, start: number, end: number, size: number): Reader {
  if (end === size && claimedSize(asked(() => blob.slice(end, end + 1))) > 0) {
    throw wrongSize(size);
  }
  return new BlobReader(
    asked(() => blob.slice(start, end)),
    end - start,
  );
}

/** A reader for a source that can be read only once. */
function readerOn(source: unknown): Reader | undefined {
  if (isReadableStream(source)) {
    return new StreamReader(source);
  }
  return isAsyncIterable(source)
    ? new IterableReader(asked(() => source[Symbol.asyncIterator]()))
    : undefined;
}

/** Whether it is a stream or an iterable, which can be read only once. */
export function isReadOnce(source: unknown): boolean {
  return isReadableStream(source) || isAsyncIterable(source);
}

/** Returns what `prepare` gives. If reading cannot begin, the source is cancelled. */
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

/** Read to its end, whatever size it claims: a file can change, or be gone, and claim nothing then. */
class BlobReader implements Reader {
  readonly size: number;
  readonly exhausted = false;
  readonly #blob: Blob;
  #reader: Reader | undefined;
  #received = 0;

  constructor(blob: Blob, size: number) {
    this.#blob = blob;
    this.size = size;
  }

  async next(): Promise<Bytes | undefined> {
    this.#reader ??= contentsOf(this.#blob);
    const chunk = await this.#reader.next();
    this.#received += chunk?.length ?? 0;
    if (this.#received > this.size || (chunk === undefined && this.#received < this.size)) {
      throw wrongSize(this.size);
    }
    const ended = chunk === undefined && this.size === 0;
    // A file that is gone looks empty too, so two of its methods must agree that it is empty.
    if (ended && claimedSize(asked(() => this.#blob.slice(0, 1))) > 0) {
      throw wrongSize(this.size);
    }
    return chunk;
  }

  cancel(reason: unknown): void {
    this.#reader?.cancel(reason);
  }
}

/** Reads a Blob by its stream, or in slices where it has none (jsdom). */
function contentsOf(blob: Blob): Reader {
  const stream = asked(() => blob.stream?.());
  return readerOn(stream) ?? new IterableReader(slicesOf(blob));
}

/** Bytes that are asked of a Blob without a stream at a time. */
const SLICE = 8 * 1024 * 1024;

/** Until one comes short, which is the end. */
async function* slicesOf(blob: Blob): AsyncGenerator<Uint8Array, void> {
  for (let start = 0; ; start += SLICE) {
    // Whole if it claims to be small: of a file that is gone a slice may be as empty as it claims.
    const slice = start === 0 && blob.size < SLICE ? blob : blob.slice(start, start + SLICE);
    const bytes = chunkOf(await slice.arrayBuffer());
    yield bytes;
    if (bytes.length < SLICE) {
      return;
    }
  }
}

/** Reads with getReader(), because WebKit's streams cannot be iterated. */
class StreamReader implements Reader {
  readonly size = undefined;
  readonly exhausted = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>) {
    if (stream.locked) {
      throw inputError("the stream is locked: something else reads it already");
    }
    this.#reader = stream.getReader();
  }

  async next(): Promise<Bytes | undefined> {
    const { done, value } = await reading(() => this.#reader.read());
    return done ? undefined : chunkOf(value);
  }

  cancel(reason: unknown): void {
    reading(() => this.#reader.cancel(reason)).catch(ignore);
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

function wrongSize(size: number): BongtuError {
  return new BongtuError("ERR_SOURCE", `the source does not have the ${size} bytes it promised`);
}

function isReadableStream(value: unknown): value is ReadableStream<Uint8Array> {
  return typeof (value as ReadableStream | null | undefined)?.getReader === "function";
}

function isAsyncIterable(value: unknown): value is AsyncIterable<Uint8Array> {
  const { [Symbol.asyncIterator]: iterator } = (value ?? {}) as Partial<AsyncIterable<unknown>>;
  // A folder's handle has one too, of its entries.
  return typeof iterator === "function" && !("getFileHandle" in (value as object));
}
