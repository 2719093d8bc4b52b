// Asking again: exponential backoff with full jitter, as the AWS SDKs do it.

import type { Operation } from "../../base/operation.js";
import { clock } from "../../platform/platform.js";
import { type Refusal, refusalOf } from "./response.js";

export interface Waits {
  /** The longest wait after the first failure; it doubles with every further one. */
  readonly baseMs: number;
  /** The longest wait of all, but for what the server asks for. */
  readonly maxMs: number;
}

export interface RetryPolicy extends Waits {
  /** Attempts after the first. */
  readonly retries: number;
  /** The longest wait that a server may ask for. */
  readonly maxRetryAfterMs?: number;
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
      const { maxRetryAfterMs = Number.POSITIVE_INFINITY } = policy;
      const asked = Math.min(refusal.retryAfter, maxRetryAfterMs);
      const wait = Math.max(asked, backoff(failures, policy));
      await operation.wait(clock.sleep(wait, operation.signal));
    }
  }
}

/** Milliseconds to wait after one more failure, of which there were so many before. */
export function backoff(failures: number, { baseMs, maxMs }: Waits): number {
  return clock.random() * Math.min(maxMs, baseMs * 2 ** failures);
}
