// Blobs: the platform's, a frame's, a test environment's, or a class of somebody's own. What one says of itself is a promise.

import { BongtuError } from "./errors.js";

/** A Blob is known by its methods, because a frame and a test environment have classes of their own. */
export function isBlob(value: unknown): value is Blob {
  if (typeof value !== "object" || value === null || !("size" in value)) {
    return false;
  }
  const { slice, stream, arrayBuffer, parts } = value as Partial<Blob> & { parts?: unknown };
  const readable = typeof stream === "function" || typeof arrayBuffer === "function";
  // A Sealed has all of these methods too, and `parts` besides.
  return typeof slice === "function" && readable && typeof parts !== "function";
}

/** The size that a Blob claims. Only its end tells whether that is true. */
export function claimedSize(blob: Blob): number {
  const size = asked(() => blob.size);
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new BongtuError("ERR_SOURCE", "the source's size is not a whole number of bytes");
  }
  return size;
}

/** If a Blob's own methods throw, the caller gets an error of bongtu with that as its cause. */
export function asked<T>(ask: () => T): T {
  try {
    return ask();
  } catch (cause) {
    throw new BongtuError("ERR_SOURCE", "reading the source failed", { cause });
  }
}
