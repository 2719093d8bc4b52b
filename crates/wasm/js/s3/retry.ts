// Asking again: exponential backoff with full jitter, as the AWS SDKs do it.

import type { Operation } from "../operation.js";
import { type Refusal, refusalOf } from "./response.js";

/** Where time and chance come from. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to 1, exclusively. */
  random(): number;
  /** Ends early, without failing, when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `expire` when the time is up, unless the function that it returns is called before. */
  timer(ms: number, expire: () => void): () => void;
}

export interface RetryPolicy {
  /** Attempts after the first. */
  readonly retries: number;
  /** The longest wait after the first failure; it doubles with every further one. */
  readonly baseMs: number;
  /** The longest wait of all, but for what the server asks for. */
  readonly maxMs: number;
  /** The longest wait that a server may ask for. */
  readonly maxRetryAfterMs?: number;
}

let clock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
      if (signal.aborted) {
        done();
      }
    }),
  timer(ms, expire) {
    const timer = setTimeout(expire, ms);
    return () => clearTimeout(timer);
  },
};

/** Replaces the clock, or parts of it, and returns the one before: for tests, which do not wait. */
export function useClock(other: Partial<Clock>): Clock {
  const before = clock;
  clock = { ...clock, ...other };
  return before;
}

export function currentClock(): Clock {
  return clock;
}

/**
 * The outcome of the first attempt that is granted. Throws the {@link Refusal} of the last one: a
 * transient one when there were no more retries.
 */
export async function retrying<T>(
  attempt: (failures: number) => Promise<T>,
  policy: RetryPolicy,
  operation: Operation,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    operation.check();
    try {
      return await attempt(failures);
    } catch (thrown) {
      operation.check();
      const refusal = await operation.wait(refusalOf(thrown, clock.now()));
      if (!refusal.transient || failures >= policy.retries) {
        throw refusal;
      }
      await operation.wait(clock.sleep(delay(failures, refusal, policy), operation.signal));
    }
  }
}

function delay(failures: number, refusal: Refusal, policy: RetryPolicy): number {
  const { baseMs, maxMs, maxRetryAfterMs = Number.POSITIVE_INFINITY } = policy;
  const retryAfter = Math.min(refusal.retryAfter, maxRetryAfterMs);
  return Math.max(retryAfter, clock.random() * Math.min(maxMs, baseMs * 2 ** failures));
}
