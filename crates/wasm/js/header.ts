import { ByteBuffer, type Bytes, checkThere, EMPTY } from "./bytes.js";
import type { Operation } from "./operation.js";
import type { Reader } from "./source.js";

/** The half of a session that reads a message's header. */
export interface HeaderParser {
  /**
   * Takes all bytes so far. Returns the header's length, or 0 while it needs more; at the end of
   * the input it throws instead.
   */
  header(bytes: Uint8Array, eof: boolean): number;
}

export interface Header {
  readonly length: number;
  /** What was read beyond it. */
  readonly rest: Bytes;
}

/**
 * Bytes offered first, twice as many after that: what is offered is copied, and a chunk may be of
 * any size.
 */
const FIRST_OFFER = 4096;

/** Reads until the header is complete, in whatever pieces it comes. */
export async function readHeader(
  parser: HeaderParser,
  reader: Reader,
  operation: Operation,
): Promise<Header> {
  const gathered = new ByteBuffer();
  for (;;) {
    const before = gathered.length;
    const chunk = (await operation.wait(reader.next())) ?? EMPTY;
    checkThere(chunk);
    const ended = chunk === EMPTY || reader.exhausted;
    let taken = 0;
    do {
      const step = Math.max(FIRST_OFFER, gathered.length);
      const piece = chunk.subarray(taken, taken + step);
      gathered.append(piece);
      taken += piece.length;
      const eof = ended && taken === chunk.length;
      const length = parser.header(gathered.first(gathered.length), eof);
      if (length > 0) {
        return { length, rest: chunk.subarray(length - before) };
      }
    } while (taken < chunk.length);
  }
}
