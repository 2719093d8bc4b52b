// The body of an object is read twice. A body that can be read only once is spilled to a file or to memory.

import { claimedSize, isBlob } from "../base/blob.js";
import { bytesOf } from "../base/bytes.js";
import { BongtuError } from "../base/errors.js";
import { type Reader, readerOf, type Source } from "../io/source.js";
import { Spill } from "../io/spill/spill.js";

/**
 * Bytes and Blobs are read twice. A function is called once for each reading, so that two downloads
 * need no memory. A stream can be read only once: its ciphertext is kept meanwhile in the origin
 * private file system or a temporary file, and where there is neither in memory, up to 64 MiB.
 */
export type ObjectBody = Source | (() => Source | Promise<Source>);

/** A body to be read once or twice. */
export interface Body {
  /** In bytes, where it is known beforehand. */
  readonly size: number | undefined;
  first(): Promise<Reader>;
  /** The same again, unless somebody changed it. */
  second(): Promise<Reader>;
  /** Ends all reading and deletes what was kept. */
  discard(reason: unknown): Promise<void>;
}

/** `twice` says whether there will be a second reading. */
export function bodyOf(given: ObjectBody, twice: boolean): Body {
  if (typeof given === "function") {
    const call = async () => readerOf(await download(given));
    return { size: undefined, first: call, second: call, discard: nothing };
  }
  const bytes = bytesOf(given);
  if (bytes !== undefined || isBlob(given)) {
    const again = async () => readerOf(bytes ?? given);
    const size = bytes?.length ?? claimedSize(given as Blob);
    return { size, first: again, second: again, discard: nothing };
  }
  const reader = readerOf(given);
  if (!twice) {
    const discard = async (reason: unknown) => reader.cancel(reason);
    return { size: undefined, first: async () => reader, second: never, discard };
  }
  const spill = new Spill();
  return {
    size: undefined,
    first: async () => spilling(reader, spill),
    second: () => spill.read(),
    async discard(reason) {
      reader.cancel(reason);
      await spill.delete();
    },
  };
}

async function download(call: () => Source | Promise<Source>): Promise<Source> {
  try {
    return await call();
  } catch (cause) {
    throw new BongtuError("ERR_SOURCE", "getting the body failed", { cause });
  }
}

/** Keeps what is read. */
function spilling(reader: Reader, spill: Spill): Reader {
  return {
    size: reader.size,
    get exhausted() {
      return reader.exhausted;
    },
    async next() {
      const chunk = await reader.next();
      if (chunk !== undefined) {
        await spill.append(chunk);
      }
      return chunk;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

async function nothing(): Promise<void> {}

async function never(): Promise<Reader> {
  throw new BongtuError("ERR_STATE", "this body can be read only once");
}
