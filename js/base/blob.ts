// Blobs: the platform's, a frame's, a test environment's, or a class of somebody's own. What one says of itself is a promise.

import { BongtuError } from "./errors.js";

/** By its methods: a frame and a test environment have classes of their own. */
export function isBlob(value: unknown): value is Blob {
  if (typeof value !== "object" || value === null || !("size" in value)) {
    return false;
  }
  const { slice, stream, arrayBuffer, parts } = value as Partial<Blob> & { parts?: unknown };
  const readable = typeof stream === "function" || typeof arrayBuffer === "function";
  // What is sealed has all of them too, and parts.
  return typeof slice === "function" && readable && typeof parts !== "function";
}

/** As a Blob claims it. Whether it is true only its end tells. */
export function claimedSize(blob: Blob): number {
  const size = asked(() => blob.size);
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new BongtuError("ERR_SOURCE", "the source's size is not a whole number of bytes");
  }
  return size;
}

/** What a Blob's own methods throw is not the caller's to understand. */
export function asked<T>(ask: () => T): T {
  try {
    return ask();
  } catch (cause) {
    throw new BongtuError("ERR_SOURCE", "reading the source failed", { cause });
  }
}
