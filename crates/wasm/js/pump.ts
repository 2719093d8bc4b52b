// Drives a message's body: has the planned calls run, and confirms and hands on what they give,
// strictly in order.

import type { Bytes } from "./bytes.js";
import { type AsynchronousKey, importContentKey, type SynchronousKey } from "./executor/index.js";
import { ignore, type Operation } from "./operation.js";
import { type Block, Rechunker } from "./rechunk.js";
import { type PlannedCall, type Planner, plan } from "./records.js";
import type { Reader } from "./source.js";

/** A session whose header is done with. */
export interface BodySession extends Planner {
  takeContentKey(): Uint8Array;
  confirm(first: number, count: number): void;
  fail(): void;
  finish(): void;
}

/** Where the results go. */
export interface Sink {
  /** Takes the pieces over. Where it returns a promise, the next ones must wait for it. */
  write(pieces: Bytes[]): Promise<void> | undefined;
}

export interface Body {
  readonly session: BodySession;
  readonly direction: "seal" | "open";
  readonly reader: Reader;
  /** What was read of the body together with the header. */
  readonly head?: Bytes;
  readonly sink: Sink;
  readonly operation: Operation;
}

/** Blocks in flight at a time. Firefox gains by the second, Chromium does not lose. */
const WINDOW = 2;

/** Bytes that synchronous executors work through before everybody else gets a turn. */
const TURN = 4 * 1024 * 1024;

/**
 * Pumps to the end, and returns only if the session agrees that it is the end. On failure the
 * session is poisoned, nothing is in flight any more, and what was not released is wiped.
 */
export async function pump(body: Body): Promise<void> {
  const { session, reader, head } = body;
  const key = await importContentKey(session.takeContentKey() as Bytes);
  const blocks = new Rechunker(reader, session.blockLength, session.lookahead, head);
  try {
    await (key.synchronous ? pumpInTurns(body, blocks, key) : pumpWindow(body, blocks, key));
    session.finish();
  } catch (error) {
    session.fail();
    throw error;
  } finally {
    key.dispose();
    blocks.wipe();
  }
}

/** Hands pieces on and waits until there is room for more. */
export async function handOn(sink: Sink, pieces: Bytes[], operation: Operation): Promise<void> {
  const written = sink.write(pieces);
  if (written !== undefined) {
    await operation.wait(written);
  }
}

async function pumpInTurns(body: Body, blocks: Rechunker, key: SynchronousKey): Promise<void> {
  const { session, direction, operation } = body;
  const run = (call: PlannedCall): Bytes[] =>
    direction === "seal"
      ? [call.prefix, ...key.seal(call.nonce, call.aad, call.input)]
      : [key.open(call.nonce, call.aad, call.input)];
  let turn = 0;
  let block: Block;
  do {
    block = await operation.wait(blocks.next());
    const calls = plan(session, block);
    const outputs: Bytes[][] = [];
    try {
      for (const call of calls) {
        outputs.push(run(call));
      }
    } catch (error) {
      wipe(body, outputs);
      throw error;
    }
    await release(body, calls, outputs, block.bytes.length);
    turn += block.bytes.length;
    if (turn >= TURN) {
      turn = 0;
      await operation.wait(nextTurn());
    }
  } while (!block.last);
}

/** All calls of a block run at once, and up to {@link WINDOW} blocks. */
async function pumpWindow(body: Body, blocks: Rechunker, key: AsynchronousKey): Promise<void> {
  const { session, direction, operation } = body;
  const unreleased = new Set<Promise<Bytes[]>[]>();
  const window: Promise<void>[] = [];
  let released = Promise.resolve();

  const run = async (call: PlannedCall): Promise<Bytes[]> =>
    direction === "seal"
      ? [call.prefix, ...(await key.seal(call.nonce, call.aad, call.input))]
      : [await key.open(call.nonce, call.aad, call.input)];

  const releaseAfter = async (
    before: Promise<void>,
    calls: PlannedCall[],
    running: Promise<Bytes[]>[],
    consumed: number,
  ): Promise<void> => {
    const all = Promise.all(running);
    all.catch(ignore);
    await before;
    const outputs = await all;
    operation.check();
    unreleased.delete(running);
    await release(body, calls, outputs, consumed);
  };

  try {
    let block: Block;
    do {
      block = await operation.wait(blocks.next());
      const calls = plan(session, block);
      const running = calls.map(run);
      unreleased.add(running);
      released = releaseAfter(released, calls, running, block.bytes.length);
      released.catch((error) => operation.stop(error));
      window.push(released);
      if (window.length === WINDOW) {
        await operation.wait(window.shift() as Promise<void>);
      }
    } while (!block.last);
    await operation.wait(released);
  } catch (error) {
    // What precedes a failure in the data precedes it in time too, and so does a failure there.
    await operation.wait(released).catch(ignore);
    const failure = operation.stop(error);
    session.fail();
    await settle(released, unreleased, body);
    throw failure;
  }
}

/** Waits until nothing is in flight and wipes what must not be released any more. */
async function settle(
  released: Promise<void>,
  unreleased: Iterable<Promise<Bytes[]>[]>,
  body: Body,
): Promise<void> {
  const outcomes = await Promise.allSettled([...unreleased].flat());
  await released.catch(ignore);
  wipe(
    body,
    outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : [])),
  );
}

/**
 * Trusted: vouches to the session that these calls were run, and when opening that their tags
 * verified, since an executor's `open` gives no plaintext otherwise. Nothing else calls `confirm`.
 * An id is good once and in order, so that a late result cannot stand for another frame.
 */
async function release(
  { session, reader, sink, operation }: Body,
  calls: readonly PlannedCall[],
  outputs: Bytes[][],
  consumed: number,
): Promise<void> {
  const [first] = calls;
  if (first !== undefined) {
    session.confirm(first.id, calls.length);
  }
  await handOn(sink, outputs.flat(), operation);
  operation.advance(consumed, reader.size);
}

/** Sealed results are nobody's secret. */
function wipe({ direction }: Body, outputs: readonly Bytes[][]): void {
  if (direction === "open") {
    outputs.flat().forEach((plaintext) => {
      plaintext.fill(0);
    });
  }
}

/** Timers, input and other promises first. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
    } else {
      setTimeout(resolve);
    }
  });
}
