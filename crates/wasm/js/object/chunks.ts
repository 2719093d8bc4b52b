// Opening an object's chunks. Two encryptions do it: one with the chunk as associated data gives its
// pin, one with the chunk as text gives its plaintext. Neither verifies anything: the tag over all
// chunks does, and in a second reading the pins of the first.

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
  /** Of a second reading: what the first one, which verified the tag, found. */
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
    operation.advance(bodyLength, total);
    return { bodyLength, plaintext };
  } finally {
    blocks.wipe();
  }
}

/** A chunk that was hashed, and decrypted where that is wanted. */
interface Chunk {
  readonly pin: Bytes;
  readonly text: Bytes;
}

async function openMany(
  run: ChunkRun,
  { pieceLength, hashNonce }: ChunkLayout,
  first: Block,
  blocks: Rechunker,
): Promise<number> {
  const { session, key, sink } = run;
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
    run: (call) => openChunk(key, hashNonce, call, sink !== undefined),
    async release(planned, chunks) {
      const verified = planned.last && run.bodyLength === undefined ? { tag, position } : undefined;
      await release(run, planned, chunks, verified);
    },
    discard: wipe,
  });
  return position;
}

/** The pins of the first reading say nothing of what lies beyond them. */
function checkPosition(expected: number | undefined, position: number, last: boolean): void {
  if (expected !== undefined && (position > expected || last !== (position === expected))) {
    throw new BongtuError(
      "ERR_SOURCE_CHANGED",
      "the source changed while it was being sealed or opened; start again",
    );
  }
}

function openChunk(
  key: ContentKey,
  hashNonce: Bytes,
  { nonce, prefix: counter, input }: PlannedCall,
  decrypt: boolean,
): Chunk | Promise<Chunk> {
  if (key.synchronous) {
    const hash = key.seal(hashNonce, input, EMPTY);
    if (decrypt && key.keyStream !== undefined) {
      return { pin: pinOf(hash), text: key.keyStream(counter, input) };
    }
    return chunkOf(hash, decrypt ? key.seal(nonce, EMPTY, input) : undefined);
  }
  // Both are started before anybody can change what they work on.
  const hash = key.seal(hashNonce, input, EMPTY);
  const text = decrypt ? key.seal(nonce, EMPTY, input) : undefined;
  return Promise.all([hash, text]).then((both) => chunkOf(...both));
}

function chunkOf(hash: Bytes[], text: Bytes[] | undefined): Chunk {
  return { pin: pinOf(hash), text: text === undefined ? EMPTY : withoutTag(text).text };
}

/** The tag of a call that had no text. */
function pinOf(hash: Bytes[]): Bytes {
  return withoutTag(hash.filter(({ length }) => length > 0)).tag;
}

/** Trusted: nothing is handed on that was not pinned, nor the last chunk before the tag. */
async function release(
  { session, sink, operation, total }: ChunkRun,
  { calls, length }: Planned,
  chunks: Chunk[],
  end: { readonly tag: Bytes; readonly position: number } | undefined,
): Promise<void> {
  const [call] = calls as [PlannedCall];
  const [chunk] = chunks as [Chunk];
  try {
    session.pin(call.id, call.input.length, chunk.pin);
    if (end !== undefined) {
      session.verify(end.tag, end.position);
    }
  } catch (error) {
    wipe(chunks);
    throw error;
  }
  chunk.pin.fill(0);
  if (sink !== undefined) {
    await handOn(sink, [chunk.text], operation);
  }
  operation.advance(length, total);
}

function wipe(chunks: readonly Chunk[]): void {
  for (const { pin, text } of chunks) {
    pin.fill(0);
    text.fill(0);
  }
}
