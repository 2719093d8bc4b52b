// KMS has quotas per account and Region: a caller that uses one up stops all others, too.

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
    let isInside = true;
    const leave = () => {
      if (isInside) {
        isInside = false;
        gate.leave();
      }
    };
    // A call that hangs keeps nobody waiting once its operation was given up.
    signal.addEventListener("abort", leave);
    try {
      signal.throwIfAborted();
      return await call();
    } finally {
      signal.removeEventListener("abort", leave);
      leave();
    }
  });
  return withAttempts(front, attemptsOf(kms));
}

/** Lets calls through in their order, each so many milliseconds after the one before. */
class Gate {
  readonly #interval: number;
  readonly #places: number;
  readonly #waiting = new Set<() => void>();
  #inside = 0;
  #next = Number.NEGATIVE_INFINITY;
  /** Stops the timer of the first that waits, if there is a place for it already. */
  #stopTimer: (() => void) | undefined;

  constructor(interval: number, places: number) {
    this.#interval = interval;
    this.#places = places;
  }

  /** Whoever was let in leaves; whoever gave up was not, and uses up nothing. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
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
        if (this.#waiting.size === 0) {
          this.#wake();
        }
        reject(signal.reason);
      };
      this.#waiting.add(enter);
      signal.addEventListener("abort", giveUp);
      this.#letIn(clock.elapsed());
    });
  }

  leave(): void {
    this.#inside--;
    this.#letIn(clock.elapsed());
  }

  /** Lets in whoever may go; those that a late timer kept waiting since `moment` make up for it. */
  #letIn(moment: number): void {
    let at = moment;
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined || this.#inside >= this.#places || this.#stopTimer !== undefined) {
        return;
      }
      at = Math.max(at, this.#next);
      const wait = at - clock.elapsed();
      if (wait > 0) {
        this.#stopTimer = clock.timer(wait, () => {
          this.#wake();
          this.#letIn(at);
        });
        return;
      }
      this.#inside++;
      this.#next = at + this.#interval;
      first();
    }
  }

  #wake(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }
}
