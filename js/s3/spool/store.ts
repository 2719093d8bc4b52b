// A store keeps spools: files for the ciphertext and for the record beside it.

import { type Bytes, bytesOf } from "../../base/bytes.js";
import { BongtuError, wordsOf } from "../../base/errors.js";

/** All there is of a spool goes by its id, 64 hexadecimal digits. */
export interface SpoolStore {
  /** The ids of all spools, including those that were cut short. */
  ids(): Promise<string[]>;
  /**
   * Excludes other tabs and processes until it is called back; `undefined` where one has it.
   * `ERR_SPOOL` where another machine has or had it, and nobody can know which.
   */
  lock(id: string): Promise<(() => Promise<void>) | undefined>;
  /** Bytes that may still be written, where that is known. */
  room(): Promise<number | undefined>;
  /** A new ciphertext, instead of one that may be there. */
  create(id: string): Promise<SpoolWriter>;
  /** The size of the ciphertext in bytes. */
  size(id: string): Promise<number | undefined>;
  read(id: string, start: number, end: number): Promise<Bytes>;
  readRecord(id: string): Promise<string | undefined>;
  /** All of it or, whatever happens, what was there before. */
  writeRecord(id: string, text: string): Promise<void>;
  /** Whatever there is. The record goes first, so that what remains is a spool cut short. */
  delete(id: string): Promise<void>;
}

export interface SpoolWriter {
  write(bytes: Bytes): Promise<void>;
  /** All bytes are where they belong once this has resolved. */
  close(): Promise<void>;
  /** Leaves nothing. */
  abort(): Promise<void>;
}

/**
 * A lock that nobody keeps may be held for a moment all the same: by whoever lists, and for a tab
 * that was just closed.
 */
const LOCK_PATIENCE_MS = 2000;
const LOCK_PAUSE_MS = 20;

/** Tries to get a lock until it is clear that somebody keeps it, or `stopped`. */
export async function lockPatiently(
  store: SpoolStore,
  id: string,
  stopped: () => boolean = () => false,
): Promise<(() => Promise<void>) | undefined> {
  const end = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    const release = await store.lock(id);
    if (release !== undefined || stopped() || performance.now() >= end) {
      return release;
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
  }
}

const NO_ROOM = new Set(["QuotaExceededError", "ENOSPC", "EDQUOT", "EFBIG"]);

/** A store, its locks and writers: all that fails in them is a BongtuError. */
export function guarded<T>(given: T): T {
  if (typeof given === "function") {
    return ((...args: unknown[]) => storing(async () => guarded(await given(...args)))) as T;
  }
  if (typeof given !== "object" || given === null || Array.isArray(given) || bytesOf(given)) {
    return given;
  }
  const members = Object.entries(given);
  return Object.fromEntries(members.map(([name, member]) => [name, guarded(member)])) as T;
}

async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof BongtuError) {
      throw cause;
    }
    const { name = "", code = "" } = (cause ?? {}) as { name?: string; code?: string };
    throw NO_ROOM.has(name) || NO_ROOM.has(String(code))
      ? quotaError({ cause })
      : spoolError(`the spool could not be read or written: ${wordsOf(cause)}`, { cause });
  }
}

export function spoolError(message: string, options?: ErrorOptions): BongtuError {
  return new BongtuError("ERR_SPOOL", message, options);
}

export function quotaError(options?: ErrorOptions): BongtuError {
  return new BongtuError("ERR_QUOTA", "there is no room for the spool", options);
}
