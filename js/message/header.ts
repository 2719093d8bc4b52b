import { type Bytes, checkThere, EMPTY } from "../base/bytes.js";
import type { Operation } from "../base/operation.js";
import type { Reader } from "../io/source.js";
import type { InspectSession } from "../wasm/bongtu_inspect.js";
import type { OpenSession } from "../wasm/bongtu_open.js";

export interface Header {
  readonly length: number;
  /** The bytes that were read beyond it. */
  readonly rest: Bytes;
}

/**
 * Bytes offered first, as many as all before after that: what is offered is copied, and a chunk may
 * be of any size.
 */
const FIRST_OFFER = 4096;

/** Reads until the header is complete, in whatever pieces it comes. */
export async function readHeader(
  session: OpenSession | InspectSession,
  reader: Reader,
  operation: Operation,
): Promise<Header> {
  let before = 0;
  for (;;) {
    const chunk = (await operation.wait(reader.next())) ?? EMPTY;
    checkThere(chunk);
    const ended = chunk === EMPTY || reader.exhausted;
    let taken = 0;
    do {
      const step = Math.max(FIRST_OFFER, before + taken);
      const piece = chunk.subarray(taken, taken + step);
      taken += piece.length;
      const length = session.header(piece, ended && taken === chunk.length);
      if (length > 0) {
        return { length, rest: chunk.subarray(length - before) };
      }
    } while (taken < chunk.length);
    before += taken;
  }
}
