// Sealing in pieces, a message's frames or an object's chunks: any of them, and any again.

import { type Bytes, concat } from "../base/bytes.js";
import type { Operation } from "../base/operation.js";
import type { ContentKey } from "../executor/executor.js";
import type { Pieces } from "../wasm/bongtu_seal.js";
import { handOn, type Planned, pump, type Sink } from "./pump.js";
import type { Block } from "./rechunk.js";
import { type PlannedCall, plannedCalls, wipeNonces } from "./records.js";

/** AES-GCM's, 16 bytes, like a piece's pin. */
export const TAG_LENGTH = 16;

/** All are in bytes except `blockPieces`; crates/wasm/src documents them. */
export interface PieceLayout {
  /** `undefined` of a stream of unknown length. */
  readonly size?: number;
  readonly pieceLength: number;
  readonly sealedPieceLength: number;
  /** Pieces that are planned together. */
  readonly blockPieces: number;
}

export interface PieceRun {
  readonly pieces: Pieces;
  readonly key: ContentKey;
  readonly operation: Operation;
  readonly sink: Sink;
  /** The piece that the first block begins with. */
  readonly first: number;
  /** Blocks of whole pieces, but for the last one of all. */
  next(): Promise<Block>;
  /** Bytes of input in all, where they are known; without it no progress is told. */
  readonly progress?: { readonly total: number | undefined } | undefined;
}

/** A piece that was sealed: what is stored of it, and what tells it from any other. */
interface SealedPiece {
  readonly output: Bytes[];
  readonly pin: Bytes;
}

/** Seals pieces in order, from `first` to the end of the blocks. */
export function sealPieces(run: PieceRun): Promise<void> {
  const { pieces, key, operation } = run;
  const { pieceLength, sealedPieceLength } = pieces.layout() as PieceLayout;
  // Frames carry their tags; a chunk's tag is a secret (docs/formats.md 8.2).
  const tagged = sealedPieceLength > pieceLength;
  let position = run.first;
  return pump<SealedPiece>({
    operation,
    synchronous: key.synchronous,
    next: run.next,
    plan(block) {
      const count = Math.max(1, Math.ceil(block.bytes.length / pieceLength));
      const calls = plannedCalls(block.bytes, (records) => pieces.plan(position, count, records));
      position += count;
      return calls;
    },
    run: (call) => sealPiece(key, call, tagged),
    started: wipeNonces,
    release: (planned, sealed) => release(run, planned, sealed),
    discard: (sealed) => wipePins(sealed),
  });
}

function sealPiece(
  key: ContentKey,
  call: PlannedCall,
  tagged: boolean,
): SealedPiece | Promise<SealedPiece> {
  const { nonce, aad, input } = call;
  if (key.synchronous) {
    return sealedPiece(call, key.seal(nonce, aad, input), tagged);
  }
  return key.seal(nonce, aad, input).then((sealed) => sealedPiece(call, sealed, tagged));
}

function sealedPiece({ prefix }: PlannedCall, sealed: Bytes[], tagged: boolean): SealedPiece {
  if (tagged) {
    const last = sealed[sealed.length - 1] as Bytes;
    return { output: [prefix, ...sealed], pin: last.slice(-TAG_LENGTH) };
  }
  const { text, tag } = withoutTag(sealed);
  return { output: [text], pin: tag };
}

/**
 * Splits what an executor sealed from the tag behind it. The tag of a chunk must not leave: nothing
 * of it stays in the buffer that the text is in.
 */
export function withoutTag(sealed: Bytes[]): { readonly text: Bytes; readonly tag: Bytes } {
  const [text, separate] = sealed as [Bytes, Bytes?];
  if (separate !== undefined) {
    return { text, tag: separate };
  }
  const end = text.length - TAG_LENGTH;
  const tag = text.slice(end);
  text.fill(0, end);
  return { text: text.subarray(0, end), tag };
}

/** Trusted: nothing is handed on before its pin was taken. */
async function release(
  { pieces, sink, operation, progress }: PieceRun,
  { calls, length }: Planned,
  sealed: SealedPiece[],
): Promise<void> {
  const [first] = calls;
  const pins = concat(sealed.map(({ pin }) => pin));
  try {
    pieces.pin((first as PlannedCall).id, pins);
  } finally {
    pins.fill(0);
    wipePins(sealed);
  }
  await handOn(
    sink,
    sealed.flatMap(({ output }) => output),
    operation,
  );
  if (progress !== undefined) {
    operation.advance(length, progress.total);
  }
}

function wipePins(sealed: readonly SealedPiece[]): void {
  for (const { pin } of sealed) {
    pin.fill(0);
  }
}
