// Opening an object's chunks. In the first reading two encryptions do it: one with the chunk as
// associated data gives its pin, one with the chunk as text gives its plaintext. Neither verifies
// anything: the tag over all chunks does. In a second reading each chunk has a tag of its own, which
// follows from its pin.

import { type Bytes, EMPTY } from "../bytes.js";
import { BongtuError } from "../errors.js";
import type { ContentKey } from "../executor/index.js";
import type { Operation } from "../operation.js";
import { TAG_LENGTH, withoutTag } from "../pieces.js";
import { handOn, type Planned, pump, type Sink } from "../pump.js";
import { type Block, Rechunker } from "../rechunk.js";
import { type PlannedCall, plannedCalls } from "../records.js";
import type { Reader } from "../source.js";
import type { ObjectOpening } from "../wasm/bongtu_wasm.js";

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

/** How a session wants a body cut and hashed. */
interface ChunkLayout {
  /** Bytes of every chunk but the last. */
  readonly pieceLength: number;
  readonly hashNonce: Bytes;
}

/** Reads a body to its end. The tag is verified before its last chunk is released. */
export async function openChunks(run: ChunkRun): Promise<ChunkResult> {
  const { session, reader, operation, total } = run;
  const layout = session.layout() as ChunkLayout;
  const blocks = new Rechunker(reader, layout.pieceLength, TAG_LENGTH);
  try {
    const first = await operation.wait(blocks.next());
    const bodyLength = first.bytes.length;
    if (!first.last || run.bodyLength !== undefined) {
      return { bodyLength: await openMany(run, layout, first, blocks) };
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

/** What became of a chunk. */
interface Chunk {
  /** Unless its own tag has verified it. */
  readonly pin?: Bytes;
  /** Unless it was only hashed. */
  readonly text?: Bytes;
}

async function openMany(
  run: ChunkRun,
  { pieceLength, hashNonce }: ChunkLayout,
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
      return sink === undefined
        ? [{ id: index, nonce: EMPTY, aad: EMPTY, prefix: EMPTY, input }]
        : plannedCalls(input, (records) => session.plan(index, end, records));
    },
    run(call) {
      return again
        ? openVerified(key, call, session.chunkTag(call.id) as Bytes)
        : openUnverified(key, call, hashNonce, sink !== undefined);
    },
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

function openUnverified(
  key: ContentKey,
  { nonce, prefix: counter, input }: PlannedCall,
  hashNonce: Bytes,
  decrypt: boolean,
): Chunk | Promise<Chunk> {
  if (key.synchronous) {
    const pin = pinOf(key.seal(hashNonce, input, EMPTY));
    if (!decrypt) {
      return { pin };
    }
    const text = key.keyStream?.(counter, input) ?? withoutTag(key.seal(nonce, EMPTY, input)).text;
    return { pin, text };
  }
  // Both are started before anybody can change what they work on.
  const hashed = key.seal(hashNonce, input, EMPTY).then(pinOf);
  if (!decrypt) {
    return hashed.then((pin) => ({ pin }));
  }
  const decrypted = key.seal(nonce, EMPTY, input);
  return Promise.all([hashed, decrypted]).then(([pin, sealed]) => ({
    pin,
    text: withoutTag(sealed).text,
  }));
}

/** The tag of a call that had no text. */
function pinOf(hash: Bytes[]): Bytes {
  return withoutTag(hash.filter(({ length }) => length > 0)).tag;
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
  const [{ pin, text }] = chunks as [Chunk];
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
