// Quotas: KMS's are of the account and the Region, so who uses one up stops all others, too.

import { inputError } from "../base/errors.js";
import { checkOptions } from "../base/options.js";
import type { Kms } from "../keys/kms.js";
import { clock } from "../platform/platform.js";
import { attemptsOf, withAttempts, wrapped } from "./wrapped.js";

export interface ThrottledOptions {
  /** Calls begin at least `1 / requestsPerSecond` seconds apart; a number above 0. */
  readonly requestsPerSecond?: number | undefined;
  /** Calls that are on their way at a time; a whole number from 1 on. */
  readonly concurrency?: number | undefined;
}

/**
 * A `Kms` that is asked no faster than this, in the order in which it is called. All keyrings that
 * share it share its limits. Behind `retrying` it counts each attempt.
 */
export function throttled(kms: Kms, options: ThrottledOptions): Kms {
  checkOptions(options, { requestsPerSecond: true, concurrency: true });
  const { requestsPerSecond = Number.POSITIVE_INFINITY, concurrency = Number.POSITIVE_INFINITY } =
    options;
  if (!(typeof requestsPerSecond === "number" && requestsPerSecond > 0)) {
    throw inputError("requestsPerSecond must be a number above 0");
  }
  if (
    concurrency !== Number.POSITIVE_INFINITY &&
    !(Number.isInteger(concurrency) && concurrency > 0)
  ) {
    throw inputError("concurrency must be a whole number from 1 on");
  }
  const gate = new Gate(1000 / requestsPerSecond, concurrency);
  const front = wrapped(kms, async (call, { signal }) => {
    await gate.enter(signal);
    try {
      return await call();
    } finally {
      gate.leave();
    }
  });
  return withAttempts(front, attemptsOf(kms));
}

/** Lets calls through one after the other, each so many milliseconds after the one before. */
class Gate {
  readonly #interval: number;
  readonly #places: number;
  readonly #waiting = new Set<() => void>();
  #inside = 0;
  #next = Number.NEGATIVE_INFINITY;

  constructor(interval: number, places: number) {
    this.#interval = interval;
    this.#places = places;
  }

  /** Whoever was let in leaves; whoever gave up was not. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#inside >= this.#places) {
      await this.#place(signal);
    } else {
      this.#inside++;
    }
    const now = clock.elapsed();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#interval;
    if (at > now) {
      await clock.sleep(at - now, signal);
    }
    if (signal.aborted) {
      this.leave();
      throw signal.reason;
    }
  }

  /** Hands the place on to whoever has waited longest. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#inside--;
    } else {
      next();
    }
  }

  #place(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#waiting.delete(enter);
        signal.removeEventListener("abort", giveUp);
      };
      const enter = () => {
        end();
        resolve();
      };
      const giveUp = () => {
        end();
        reject(signal.reason);
      };
      this.#waiting.add(enter);
      signal.addEventListener("abort", giveUp);
    });
  }
}
