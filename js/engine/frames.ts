// A message's body in one go: frames as a session plans them, confirmed and handed on in order.

import type { Bytes } from "../base/bytes.js";
import type { Operation } from "../base/operation.js";
import { importContentKey } from "../executor/choose.js";
import type { ContentKey } from "../executor/executor.js";
import type { Reader } from "../io/source.js";
import type { OpenSession } from "../wasm/bongtu_open.js";
import type { SealSession } from "../wasm/bongtu_seal.js";
import { handOn, type Planned, pump, type Sink } from "./pump.js";
import { Rechunker } from "./rechunk.js";
import { type Layout, type PlannedCall, plan } from "./records.js";

export interface Body {
  /** Its header is done with. */
  readonly session: SealSession | OpenSession;
  readonly direction: "seal" | "open";
  readonly reader: Reader;
  /** The beginning of the body, which was read together with the header. */
  readonly head?: Bytes;
  readonly sink: Sink;
  readonly operation: Operation;
}

/**
 * Seals or opens all frames, and returns only if the session agrees that it is the end. On failure
 * the session is poisoned.
 */
export async function runFrames(body: Body): Promise<void> {
  const { session, direction, reader, head, operation } = body;
  const key = await importContentKey(session.takeContentKey() as Bytes);
  const layout = session.layout() as Layout;
  const blocks = new Rechunker(reader, layout.blockLength, layout.lookahead, head);
  try {
    await pump<Bytes[]>({
      operation,
      synchronous: key.synchronous,
      next: () => blocks.next(),
      plan: (block) => plan(session, layout, block),
      run: direction === "seal" ? (call) => sealFrame(key, call) : (call) => openFrame(key, call),
      release: (planned, outputs) => release(body, planned, outputs),
      // Sealed results are nobody's secret.
      discard: direction === "seal" ? () => {} : wipe,
    });
    session.finish();
  } catch (error) {
    session.fail();
    throw error;
  } finally {
    key.dispose();
    blocks.wipe();
  }
}

function sealFrame(key: ContentKey, { prefix, nonce, aad, input }: PlannedCall) {
  if (key.synchronous) {
    return [prefix, ...key.seal(nonce, aad, input)];
  }
  return key.seal(nonce, aad, input).then((sealed) => [prefix, ...sealed]);
}

function openFrame(key: ContentKey, { nonce, aad, input }: PlannedCall) {
  if (key.synchronous) {
    return [key.open(nonce, aad, input)];
  }
  return key.open(nonce, aad, input).then((plaintext) => [plaintext]);
}

/**
 * Trusted: vouches to the session that these calls were run, and when opening that their tags
 * verified, since an executor's `open` gives no plaintext otherwise. Nothing else calls `confirm`.
 * An id is good once and in order, so that a late result cannot stand for another frame.
 */
async function release(
  { session, reader, sink, operation }: Body,
  { calls, length }: Planned,
  outputs: Bytes[][],
): Promise<void> {
  const [first] = calls;
  if (first !== undefined) {
    session.confirm(first.id, calls.length);
  }
  await handOn(sink, outputs.flat(), operation);
  operation.advance(length, reader.size);
}

function wipe(outputs: readonly Bytes[][]): void {
  outputs.flat().forEach((plaintext) => {
    plaintext.fill(0);
  });
}
