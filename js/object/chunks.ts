// Opening an object's chunks. In the first reading two encryptions do it: one with the chunk as
// associated data gives its pin, one with the chunk as text gives its plaintext. Neither verifies
// anything: the tag over all chunks does. In a second reading each chunk has a tag of its own, which
// follows from its pin.

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

export interface ChunkRun {
  readonly session: ObjectOpening;
  readonly key: ContentKey;
  readonly reader: Reader;
  readonly operation: Operation;
  /** Where plaintext goes; without it the chunks are only hashed. */
  readonly sink?: Sink;
  /** Makes it a second reading: what the first one, which verified the tag, found. */
  readonly bodyLength?: number;
  /** Bytes of all readings together, for the progress. */
  readonly total: number | undefined;
}

export interface ChunkResult {
  readonly bodyLength: number;
  /** Of a body of one chunk: verified, and not handed on yet. */
  readonly plaintext?: Bytes;
}

/** How a session wants a body cut. */
interface ChunkLayout {
  /** Bytes of every chunk but the last. */
  readonly pieceLength: number;
}

/** Reads a body to its end. The tag is verified before its last chunk is released. */
export async function openChunks(run: ChunkRun): Promise<ChunkResult> {
  const { session, reader, operation, total } = run;
  const { pieceLength } = session.layout() as ChunkLayout;
  const blocks = new Rechunker(reader, pieceLength, TAG_LENGTH);
  try {
    const first = await operation.wait(blocks.next());
    const bodyLength = first.bytes.length;
    if (!first.last || run.bodyLength !== undefined) {
      return { bodyLength: await openMany(run, pieceLength, first, blocks) };
    }
    const [call] = plannedCalls(first.bytes, (records) => session.planOneShot(bodyLength, records));
    const { nonce, aad, input } = call as PlannedCall;
    const plaintext = await operation.wait(Promise.resolve(run.key.open(nonce, aad, input)));
    // There is nothing left to read again.
    operation.advance(total ?? bodyLength, total);
    return { bodyLength, plaintext };
  } finally {
    blocks.wipe();
  }
}

/** What a call on a chunk gives: the tag that is its pin, or its plaintext. */
type Chunk =
  | { readonly pin: Bytes; readonly text?: never }
  | { readonly text: Bytes; readonly pin?: never };

/** Of the calls that hash; those that decrypt have nonces of another length. */
const HASH_NONCE_LENGTH = 12;

async function openMany(
  run: ChunkRun,
  pieceLength: number,
  first: Block,
  blocks: Rechunker,
): Promise<number> {
  const { session, key, sink } = run;
  const again = run.bodyLength !== undefined;
  let waiting: Block | undefined = first;
  let position = 0;
  let tag = EMPTY;

  await pump<Chunk>({
    operation: run.operation,
    synchronous: key.synchronous,
    async next() {
      const block = waiting ?? (await blocks.next());
      waiting = undefined;
      return block;
    },
    plan(block) {
      const { bytes, last } = block;
      const index = position / pieceLength;
      position += bytes.length;
      checkPosition(run.bodyLength, position, last);
      const end = last ? bytes.length - TAG_LENGTH : bytes.length;
      tag = bytes.slice(end);
      const input = bytes.subarray(0, end);
      return [
        ...(again ? [] : plannedCalls(input, (room) => session.plan(index, end, true, room))),
        ...(sink ? plannedCalls(input, (room) => session.plan(index, end, false, room)) : []),
      ];
    },
    run(call) {
      if (call.nonce.length === HASH_NONCE_LENGTH) {
        return hash(key, call);
      }
      return again
        ? openVerified(key, call, session.chunkTag(call.id) as Bytes)
        : openUnverified(key, call);
    },
    started: wipeNonces,
    async release(planned, chunks) {
      const end = planned.last && !again ? { tag, position } : undefined;
      await release(run, planned, chunks, end);
    },
    discard: wipe,
  });
  return position;
}

/** What the first reading verified says nothing of what lies beyond it. */
function checkPosition(expected: number | undefined, position: number, last: boolean): void {
  if (expected !== undefined && (position > expected || last !== (position === expected))) {
    throw sourceChanged();
  }
}

function hash(key: ContentKey, { nonce, input }: PlannedCall): Chunk | Promise<Chunk> {
  return key.synchronous
    ? { pin: pinOf(key.seal(nonce, input, EMPTY)) }
    : key.seal(nonce, input, EMPTY).then((sealed) => ({ pin: pinOf(sealed) }));
}

/** The tag of a call that had no text. */
function pinOf(sealed: Bytes[]): Bytes {
  return withoutTag(sealed.filter(({ length }) => length > 0)).tag;
}

function openUnverified(
  key: ContentKey,
  { nonce, prefix: counter, input }: PlannedCall,
): Chunk | Promise<Chunk> {
  return key.synchronous
    ? { text: key.keyStream?.(counter, input) ?? textOf(key.seal(nonce, EMPTY, input)) }
    : key.seal(nonce, EMPTY, input).then((sealed) => ({ text: textOf(sealed) }));
}

/** The tag is good for nothing but to reveal the hash key. */
function textOf(sealed: Bytes[]): Bytes {
  const { text, tag } = withoutTag(sealed);
  tag.fill(0);
  return text;
}

function openVerified(
  key: ContentKey,
  { nonce, aad, input }: PlannedCall,
  tag: Bytes,
): Chunk | Promise<Chunk> {
  try {
    return key.synchronous
      ? { text: key.open(nonce, aad, input, tag) }
      : key.open(nonce, aad, input, tag).then((text) => ({ text }), refuse);
  } catch (error) {
    return refuse(error);
  } finally {
    tag.fill(0);
  }
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

/** Trusted: nothing is handed on that was neither verified nor pinned, nor the last chunk before the tag. */
async function release(
  { session, sink, operation, total }: ChunkRun,
  { calls, length }: Planned,
  chunks: Chunk[],
  end: { readonly tag: Bytes; readonly position: number } | undefined,
): Promise<void> {
  const [call] = calls as [PlannedCall];
  const pin = chunks.find((chunk) => chunk.pin)?.pin;
  const text = chunks.find((chunk) => chunk.text)?.text;
  try {
    if (pin !== undefined) {
      session.pin(call.id, call.input.length, pin);
    }
    if (end !== undefined) {
      session.verify(end.tag, end.position);
    }
  } catch (error) {
    wipe(chunks);
    throw error;
  }
  pin?.fill(0);
  if (sink !== undefined && text !== undefined) {
    await handOn(sink, [text], operation);
  }
  operation.advance(length, total);
}

function wipe(chunks: readonly Chunk[]): void {
  for (const { pin, text } of chunks) {
    pin?.fill(0);
    text?.fill(0);
  }
}
