import { ByteBuffer, type Bytes, checkThere, EMPTY } from "../base/bytes.js";
import type { Reader } from "../io/source.js";

/** A contiguous piece of input whose frames are planned together. */
export interface Block {
  /** Valid until the next block is asked for. */
  readonly bytes: Bytes;
  readonly last: boolean;
}

/**
 * Cuts a source into blocks of exactly `blockLength` bytes, whatever the sizes it arrives in.
 *
 * A block is handed out once more than `lookahead` further bytes are known to follow; at the end of
 * the input all that is left, at most `blockLength + lookahead` bytes and perhaps none, is the last
 * block. A block that lies within one chunk is a view of it; others are put together in one buffer,
 * which is reused.
 */
export class Rechunker {
  readonly #reader: Reader;
  readonly #blockLength: number;
  readonly #atMost: number;
  /** Bytes that the source gave and no block has taken. Input order: #gathered, then #chunk. */
  #chunk: Bytes;
  readonly #gathered = new ByteBuffer();
  /** How much of #gathered the block handed out last occupies. */
  #handedOut = 0;
  #ended = false;

  /** `head` is what was read from `reader` already. */
  constructor(reader: Reader, blockLength: number, lookahead: number, head: Bytes = EMPTY) {
    this.#reader = reader;
    this.#blockLength = blockLength;
    this.#atMost = blockLength + lookahead;
    this.#chunk = head;
  }

  /** Must not be called after the last block. */
  async next(): Promise<Block> {
    this.#gathered.drop(this.#handedOut);
    this.#handedOut = 0;
    while (this.#known() <= this.#atMost) {
      if (this.#ended || this.#reader.exhausted) {
        return { bytes: this.#take(this.#known()), last: true };
      }
      await this.#fetch();
    }
    return { bytes: this.#take(this.#blockLength), last: false };
  }

  /** Forgets the input that is held here, which may be plaintext. */
  wipe(): void {
    this.#gathered.wipe();
    this.#chunk = EMPTY;
  }

  /** Bytes that wait here. Some are in their owner's memory, who may have given that away. */
  #known(): number {
    checkThere(this.#chunk);
    return this.#gathered.length + this.#chunk.length;
  }

  async #fetch(): Promise<void> {
    // The chunk's owner may use it again once the next one is asked for.
    this.#gathered.append(this.#chunk);
    this.#chunk = EMPTY;
    const chunk = await this.#reader.next();
    this.#ended = chunk === undefined;
    this.#chunk = chunk ?? EMPTY;
  }

  #take(length: number): Bytes {
    if (this.#gathered.length === 0) {
      const block = this.#chunk.subarray(0, length);
      this.#chunk = this.#chunk.subarray(length);
      return block;
    }
    const missing = Math.max(0, length - this.#gathered.length);
    this.#gathered.append(this.#chunk.subarray(0, missing));
    this.#chunk = this.#chunk.subarray(missing);
    this.#handedOut = length;
    return this.#gathered.first(length);
  }
}
