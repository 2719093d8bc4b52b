import { BongtuError } from "./errors.js";

/**
 * Bytes that nobody else changes meanwhile and that the platform's cryptography accepts: neither
 * shared nor resizable.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

export const EMPTY: Bytes = new Uint8Array(0);

/**
 * The bytes of a buffer or of any view, `undefined` for anything else. Not copied unless it must
 * be.
 */
export function bytesOf(value: unknown): Bytes | undefined {
  try {
    if (ArrayBuffer.isView(value)) {
      return settled(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    }
    return isBuffer(value) ? settled(new Uint8Array(value)) : undefined;
  } catch (cause) {
    throw new BongtuError("ERR_SOURCE", "the buffer was transferred away", { cause });
  }
}

/** Throws if what is under a view was transferred away since somebody gave it: it looks empty then. */
export function checkThere(view: Bytes): void {
  if (view.length === 0) {
    bytesOf(view);
  }
}

export function hexOf(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** 32 hexadecimal digits that nobody else has. Not every context has `crypto.randomUUID`. */
export function randomName(): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(16)));
}

/** All pieces in one array of their own. */
export function concat(pieces: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    whole.set(piece, position);
    position += piece.length;
  }
  return whole;
}

/** Pieces shorter than this are cheaper to copy together than to hand on one by one. */
const SMALL = 32 * 1024;

/** The same bytes with every run of small pieces made one; large pieces are passed on uncopied. */
export function coalesce(pieces: readonly Bytes[]): Bytes[] {
  const chunks: Bytes[] = [];
  let run: Bytes[] = [];
  for (const piece of pieces) {
    if (piece.length < SMALL) {
      run.push(piece);
      continue;
    }
    if (run.length > 0) {
      chunks.push(concat(run));
      run = [];
    }
    chunks.push(piece);
  }
  const rest = concat(run);
  if (rest.length > 0) {
    chunks.push(rest);
  }
  return chunks;
}

/** A queue of bytes that grows as needed and keeps them back to back. */
export class ByteBuffer {
  #bytes: Bytes = EMPTY;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(piece: Bytes): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes.fill(0);
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  /** The first `count` bytes, valid until the next change. */
  first(count: number): Bytes {
    return this.#bytes.subarray(0, count);
  }

  drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
  }

  wipe(): void {
    this.#bytes.fill(0);
    this.#length = 0;
  }
}

// A buffer is known by its tag, not by instanceof: a frame's or a test runner's ArrayBuffer is another class.
function isBuffer(value: unknown): value is ArrayBufferLike {
  const tag = Object.prototype.toString.call(value);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}

function settled(view: Uint8Array): Bytes {
  const { buffer } = view;
  const movable = !isOwned(buffer) || (buffer as { resizable?: boolean }).resizable === true;
  return movable ? new Uint8Array(view) : (view as Bytes);
}

function isOwned(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  return Object.prototype.toString.call(buffer) === "[object ArrayBuffer]";
}
