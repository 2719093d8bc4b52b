import { type Bytes, EMPTY } from "../base/bytes.js";
import type { OpenSession } from "../wasm/bongtu_open.js";
import type { SealSession } from "../wasm/bongtu_seal.js";
import type { Block } from "./rechunk.js";

/** An AES-GCM call that a session planned, as views of its record and of its block. */
export interface PlannedCall {
  /** Its place in the session. */
  readonly id: number;
  /** 12 bytes, or the 16 of an object's chunk: those are a secret, see {@link wipeNonces}. */
  readonly nonce: Bytes;
  readonly aad: Bytes;
  /**
   * Precedes the ciphertext in the output. Of an object's chunk that is opened: the counter block of
   * its first block; empty when anything else is opened.
   */
  readonly prefix: Bytes;
  readonly input: Bytes;
}

/** How a session wants its input cut; crates/wasm/src documents it. */
export interface Layout {
  readonly blockLength: number;
  readonly lookahead: number;
  /** Present for sessions that read frames: see {@link headsOf}. */
  readonly stride?: number;
  readonly headLength?: number;
}

// As crates/wasm/src/records.rs has them.
const RECORD = 160;
const MAX_RECORDS = 128;

/** The length of the nonce of a call on an object's chunk. */
const SECRET_NONCE_LENGTH = 16;

/** Filled and read again within one call; nothing of it is kept. */
let scratch: Bytes | undefined;

/**
 * Plans a block. Calls cross from WebAssembly as fixed records, many at a time: one object each
 * would cost ten times as much.
 */
export function plan(
  session: SealSession | OpenSession,
  layout: Layout,
  { bytes, last }: Block,
): PlannedCall[] {
  return plannedCalls(bytes, (records) =>
    session.plan(headsOf(layout, bytes), bytes.length, last, records),
  );
}

/** The calls on `bytes` that `fill` writes as records; it returns how many. */
export function plannedCalls(bytes: Bytes, fill: (records: Bytes) => number): PlannedCall[] {
  const length = RECORD;
  scratch ??= new Uint8Array(length * MAX_RECORDS);
  const end = fill(scratch) * length;
  // A copy, so that no nonce changes under a call that still runs.
  const records = scratch.slice(0, end);
  scratch.fill(0, 0, end);
  const calls: PlannedCall[] = [];
  for (let start = 0; start < records.length; start += length) {
    calls.push(readRecord(records.subarray(start, start + length), bytes));
  }
  return calls;
}

/** A nonce of 16 bytes reveals the hash key. Called as soon as its call was started. */
export function wipeNonces(calls: readonly PlannedCall[]): void {
  for (const { nonce } of calls) {
    if (nonce.length === SECRET_NONCE_LENGTH) {
      nonce.fill(0);
    }
  }
}

/**
 * The first `headLength` bytes of every stride in a block, back to back; the last may be shorter.
 */
export function headsOf({ stride, headLength }: Layout, block: Bytes): Bytes {
  if (stride === undefined || headLength === undefined) {
    return EMPTY;
  }
  const heads = new Uint8Array(Math.ceil(block.length / stride) * headLength);
  let length = 0;
  for (let start = 0; start < block.length; start += stride) {
    const head = block.subarray(start, start + headLength);
    heads.set(head, length);
    length += head.length;
  }
  return heads.subarray(0, length);
}

/** The layout, all little-endian, is defined in crates/wasm/src/records.rs. */
function readRecord(record: Bytes, block: Bytes): PlannedCall {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const inputStart = view.getUint32(4, true);
  const inputLength = view.getUint32(8, true);
  const prefixLength = view.getUint8(12);
  const aadLength = view.getUint8(13);
  const nonceLength = view.getUint8(14);
  return {
    id: view.getUint32(0, true),
    nonce: record.subarray(16, 16 + nonceLength),
    prefix: record.subarray(32, 32 + prefixLength),
    aad: record.subarray(56, 56 + aadLength),
    input: block.subarray(inputStart, inputStart + inputLength),
  };
}
