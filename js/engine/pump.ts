// The engine of everything with a body: has planned calls run, some blocks of them at a time, and
// releases what they give strictly in order.

import { type Bytes, checkThere } from "../base/bytes.js";
import { ignore, type Operation } from "../base/operation.js";
import type { Block } from "./rechunk.js";
import type { PlannedCall } from "./records.js";

/** Says what is done with each block of a body; `R` is the result of each call. */
export interface Work<R> {
  readonly operation: Operation;
  /** Whether `run` returns its results at once. */
  readonly synchronous: boolean;
  /** This is not called after the last block. The block is valid until the next call. */
  next(): Promise<Block>;
  plan(block: Block): PlannedCall[];
  /** Starts a call; its arguments are used up when this returns. */
  run(call: PlannedCall): R | Promise<R>;
  /** All of a block's calls were started, or will not be: what is secret in them is wiped. */
  started?(calls: readonly PlannedCall[]): void;
  /** Called block by block in order, once all before it is released. */
  release(planned: Planned, results: R[]): Promise<void>;
  /** Wipes what must not be released any more. */
  discard(results: R[]): void;
}

/** A block whose calls were run; its bytes may be others by then. */
export interface Planned {
  readonly calls: readonly PlannedCall[];
  readonly length: number;
  readonly last: boolean;
}

/** Takes the results. */
export interface Sink {
  /** That there will be `size` bytes if all goes well. */
  expect?(size: number): void;
  /** Takes the pieces over. Where it returns a promise, the next ones must wait for it. */
  write(pieces: Bytes[]): Promise<void> | undefined;
}

/** Blocks in flight at a time. Firefox gains by the second, Chromium does not lose. */
const WINDOW = 2;

/** Bytes that synchronous executors work through before everybody else gets a turn. */
const TURN = 4 * 1024 * 1024;
/** The cost of a call beside its bytes, expressed in bytes: a frame may have a single byte. */
const CALL = 8 * 1024;

/**
 * Pumps until the last block is released. On failure nothing is in flight any more, and what was
 * not released is wiped.
 */
export function pump<R>(work: Work<R>): Promise<void> {
  return work.synchronous ? pumpInTurns(work) : pumpWindow(work);
}

/** Hands pieces on and waits until there is room for more. */
export async function handOn(sink: Sink, pieces: Bytes[], operation: Operation): Promise<void> {
  const written = sink.write(pieces);
  if (written !== undefined) {
    await operation.wait(written);
  }
}

async function pumpInTurns<R>(work: Work<R>): Promise<void> {
  const { operation } = work;
  let turn = 0;
  let block: Block;
  do {
    block = await nextBlock(work);
    const calls = work.plan(block);
    const results: R[] = [];
    try {
      for (const call of calls) {
        results.push(work.run(call) as R);
      }
    } catch (error) {
      work.discard(results);
      throw error;
    } finally {
      work.started?.(calls);
    }
    await work.release(planned(calls, block), results);
    turn += block.bytes.length + CALL * calls.length;
    if (turn >= TURN) {
      turn = 0;
      await operation.wait(nextTurn());
    }
  } while (!block.last);
}

/** All calls of a block run at once, and up to {@link WINDOW} blocks. */
async function pumpWindow<R>(work: Work<R>): Promise<void> {
  const { operation } = work;
  const unreleased = new Set<Promise<R>[]>();
  const window: Promise<void>[] = [];
  let released = Promise.resolve();

  const run = async (call: PlannedCall): Promise<R> => work.run(call);

  const releaseAfter = async (
    before: Promise<void>,
    block: Planned,
    running: Promise<R>[],
  ): Promise<void> => {
    const all = Promise.all(running);
    all.catch(ignore);
    await before;
    const results = await all;
    operation.check();
    unreleased.delete(running);
    await work.release(block, results);
  };

  try {
    let block: Block;
    do {
      block = await nextBlock(work);
      const calls = work.plan(block);
      const running = calls.map(run);
      work.started?.(calls);
      unreleased.add(running);
      released = releaseAfter(released, planned(calls, block), running);
      released.catch((error) => operation.stop(error));
      window.push(released);
      if (window.length === WINDOW) {
        await operation.wait(window.shift() as Promise<void>);
      }
    } while (!block.last);
    await operation.wait(released);
  } catch (error) {
    // Whatever precedes a failure in the data must be released before it, and a failure there comes first.
    await operation.wait(released).catch(ignore);
    const failure = operation.stop(error);
    await settle(released, unreleased, work);
    throw failure;
  }
}

async function nextBlock<R>(work: Work<R>): Promise<Block> {
  const block = await work.operation.wait(work.next());
  checkThere(block.bytes);
  return block;
}

/** Waits until nothing is in flight and wipes what must not be released any more. */
async function settle<R>(
  released: Promise<void>,
  unreleased: Iterable<Promise<R>[]>,
  work: Work<R>,
): Promise<void> {
  const outcomes = await Promise.allSettled([...unreleased].flat());
  await released.catch(ignore);
  work.discard(
    outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : [])),
  );
}

function planned(calls: readonly PlannedCall[], { bytes, last }: Block): Planned {
  return { calls, length: bytes.length, last };
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
