// Opening an object's chunks, in one reading or in two. In the first, two encryptions do it: one with
// the chunk as associated data gives its pin, one with the chunk as text gives its plaintext. Neither
// verifies anything: the tag over all chunks does. In the second each chunk has a tag of its own,
// which follows from its pin.

import { type Bytes, EMPTY } from "../base/bytes.js";
import { BongtuError } from "../base/errors.js";
import type { Operation } from "../base/operation.js";
import { TAG_LENGTH, withoutTag } from "../engine/pieces.js";
import { handOn, type Planned, pump, type Sink } from "../engine/pump.js";
import { type Block, Rechunker } from "../engine/rechunk.js";
import { type PlannedCall, plannedCalls, wipeNonces } from "../engine/records.js";
import type { ContentKey } from "../executor/executor.js";
import type { Reader } from "../io/source.js";
import type { ObjectOpening } from "../wasm/bongtu_open.js";

/** A body that is read from its start to its end. */
export interface BodyRun {
  readonly session: ObjectOpening;
  readonly key: ContentKey;
  readonly reader: Reader;
  readonly operation: Operation;
  /** Bytes of all readings together, for the progress. */
  readonly total: number | undefined;
}

export interface VerifiedBody {
  readonly bodyLength: number;
  /** The plaintext of a body of one chunk, which need not be read again. */
  readonly plaintext?: Bytes;
}

/** The first reading of two: releases nothing, and verifies the tag. */
export function verifyBody(body: BodyRun): Promise<VerifiedBody> {
  return readBody(body, pinning(body));
}

/** The only reading: releases plaintext at once, but for the last chunk before the tag is verified. */
export async function releaseUnverified(body: BodyRun, sink: Sink): Promise<void> {
  const { plaintext } = await readBody(body, releasingUnverified(body, sink));
  if (plaintext !== undefined) {
    await handOn(sink, [plaintext], body.operation);
  }
}

/** The second reading: releases what the first one, which found `bodyLength` bytes, has verified. */
export async function releaseVerified(
  body: BodyRun,
  sink: Sink,
  bodyLength: number,
): Promise<void> {
  await readBody(body, releasingVerified(body, sink, bodyLength));
}

/** Says what is done with each chunk. */
interface Reading {
  /** True if nothing is known of the body yet: a body of a single chunk is opened as the one message that it is. */
  readonly first: boolean;
  plan(chunk: Chunk): PlannedCall[];
  run(call: PlannedCall): ChunkResult | Promise<ChunkResult>;
  /** Called for one chunk after the other; `end` comes with the last. */
  release(planned: Planned, results: ChunkResult[], end: BodyEnd | undefined): Promise<void>;
}

interface Chunk {
  readonly index: number;
  /** The ciphertext, without the body's tag. */
  readonly text: Bytes;
  /** The position in the body where it ends, including the tag. */
  readonly position: number;
  readonly last: boolean;
}

/** The result of a call on a chunk: the tag that is its pin, or its plaintext. */
type ChunkResult =
  | { readonly pin: Bytes; readonly text?: never }
  | { readonly text: Bytes; readonly pin?: never };

interface BodyEnd {
  readonly tag: Bytes;
  readonly bodyLength: number;
}

async function readBody(body: BodyRun, reading: Reading): Promise<VerifiedBody> {
  const { session, key, reader, operation, total } = body;
  const { pieceLength } = session.layout() as { readonly pieceLength: number };
  const blocks = new Rechunker(reader, pieceLength, TAG_LENGTH);
  try {
    const block = await operation.wait(blocks.next());
    if (!block.last || !reading.first) {
      return { bodyLength: await readChunks(body, reading, block, blocks) };
    }
    const bodyLength = block.bytes.length;
    const [call] = plannedCalls(block.bytes, (records) => session.planOneShot(bodyLength, records));
    const { nonce, aad, input } = call as PlannedCall;
    const plaintext = await operation.wait(Promise.resolve(key.open(nonce, aad, input)));
    // There is nothing left to read again.
    operation.advance(total ?? bodyLength, total);
    return { bodyLength, plaintext };
  } finally {
    blocks.wipe();
  }
}

/** Returns the bytes of the body. */
async function readChunks(
  { key, operation, total }: BodyRun,
  reading: Reading,
  first: Block,
  blocks: Rechunker,
): Promise<number> {
  let waiting: Block | undefined = first;
  let count = 0;
  let position = 0;
  let tag = EMPTY;
  await pump<ChunkResult>({
    operation,
    synchronous: key.synchronous,
    async next() {
      const block = waiting ?? (await blocks.next());
      waiting = undefined;
      return block;
    },
    plan({ bytes, last }) {
      const index = count++;
      const end = last ? bytes.length - TAG_LENGTH : bytes.length;
      position += bytes.length;
      tag = bytes.slice(end);
      return reading.plan({ index, text: bytes.subarray(0, end), position, last });
    },
    run: reading.run,
    started: wipeNonces,
    async release(planned, results) {
      const end = planned.last ? { tag, bodyLength: position } : undefined;
      await reading.release(planned, results, end);
      operation.advance(planned.length, total);
    },
    discard: wipe,
  });
  return position;
}

/** Hashes each chunk, keeps that as its pin, and verifies the tag over all of them. */
function pinning({ session, key }: BodyRun): Reading {
  return {
    first: true,
    plan: ({ index, text }) =>
      plannedCalls(text, (records) => session.plan(index, text.length, true, records)),
    run: ({ nonce, input }) =>
      key.synchronous
        ? { pin: pinOf(key.seal(nonce, input, EMPTY)) }
        : key.seal(nonce, input, EMPTY).then((sealed) => ({ pin: pinOf(sealed) })),
    /** Trusted: nothing is handed on that was not pinned, nor the last chunk before the tag. */
    async release({ calls }, results, end) {
      const [call] = calls as [PlannedCall];
      const pin = results.find((result) => result.pin)?.pin;
      try {
        if (pin !== undefined) {
          session.pin(call.id, call.input.length, pin);
        }
        if (end !== undefined) {
          session.verify(end.tag, end.bodyLength);
        }
      } catch (error) {
        wipe(results);
        throw error;
      }
      pin?.fill(0);
    },
  };
}

/** The nonce length of calls that hash; calls that decrypt have nonces of another length. */
const HASH_NONCE_LENGTH = 12;

/** Decrypts each chunk as well, and hands it on once it is pinned. */
function releasingUnverified(body: BodyRun, sink: Sink): Reading {
  const { session, key, operation } = body;
  const pins = pinning(body);
  return {
    first: true,
    plan: (chunk) => [...pins.plan(chunk), ...plannedDecryption(session, chunk)],
    run(call) {
      const { nonce, prefix: counter, input } = call;
      if (nonce.length === HASH_NONCE_LENGTH) {
        return pins.run(call);
      }
      return key.synchronous
        ? { text: key.keyStream?.(counter, input) ?? textOf(key.seal(nonce, EMPTY, input)) }
        : key.seal(nonce, EMPTY, input).then((sealed) => ({ text: textOf(sealed) }));
    },
    async release(planned, results, end) {
      await pins.release(planned, results, end);
      await handOnText(sink, results, operation);
    },
  };
}

/** Opens each chunk under a tag of its own, which the first reading has made known. */
function releasingVerified(
  { session, key, operation }: BodyRun,
  sink: Sink,
  bodyLength: number,
): Reading {
  return {
    first: false,
    plan(chunk) {
      const { position, last } = chunk;
      // The first reading verified nothing beyond the end that it found.
      if (position > bodyLength || last !== (position === bodyLength)) {
        throw sourceChanged();
      }
      return plannedDecryption(session, chunk);
    },
    run({ id, nonce, aad, input }) {
      const tag = session.chunkTag(id) as Bytes;
      try {
        return key.synchronous
          ? { text: key.open(nonce, aad, input, tag) }
          : key.open(nonce, aad, input, tag).then((text) => ({ text }), refuse);
      } catch (error) {
        return refuse(error);
      } finally {
        tag.fill(0);
      }
    },
    /** Trusted: each of these was opened under the tag that its pin gave. */
    release: (_, results) => handOnText(sink, results, operation),
  };
}

function plannedDecryption(session: ObjectOpening, { index, text }: Chunk): PlannedCall[] {
  return plannedCalls(text, (records) => session.plan(index, text.length, false, records));
}

async function handOnText(sink: Sink, results: readonly ChunkResult[], operation: Operation) {
  const text = results.find((result) => result.text)?.text;
  if (text !== undefined) {
    await handOn(sink, [text], operation);
  }
}

/** The tag of a call that had no text. */
function pinOf(sealed: Bytes[]): Bytes {
  return withoutTag(sealed.filter(({ length }) => length > 0)).tag;
}

/** The tag is good for nothing but to reveal the hash key. */
function textOf(sealed: Bytes[]): Bytes {
  const { text, tag } = withoutTag(sealed);
  tag.fill(0);
  return text;
}

/** The chunk was authentic the first time. */
function refuse(error: unknown): never {
  throw (error as { code?: unknown }).code === "ERR_AUTHENTICATION" ? sourceChanged() : error;
}

function sourceChanged(): BongtuError {
  return new BongtuError(
    "ERR_SOURCE_CHANGED",
    "the source changed while it was being sealed or opened; start again",
  );
}

function wipe(results: readonly ChunkResult[]): void {
  for (const { pin, text } of results) {
    pin?.fill(0);
    text?.fill(0);
  }
}
