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
      signal.throwIfAborted();
      return await call();
    } finally {
      gate.leave();
    }
  });
  return withAttempts(front, attemptsOf(kms));
}

/**
 * Lets calls through one after the other, each so many milliseconds after the one before. Whoever gives
 * up waiting leaves nothing behind: those who come later wait no longer for it.
 */
class Gate {
  readonly #interval: number;
  readonly #places: number;
  readonly #waiting = new Set<() => void>();
  #inside = 0;
  /** When the next call may begin. */
  #next = Number.NEGATIVE_INFINITY;
  /** Ends the waiting for that moment. */
  #timer: AbortController | undefined;

  constructor(interval: number, places: number) {
    this.#interval = interval;
    this.#places = places;
  }

  /** Whoever was let in leaves; whoever gave up was not. */
  enter(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
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
        if (this.#waiting.size === 0) {
          this.#timer?.abort();
        }
      };
      this.#waiting.add(enter);
      signal.addEventListener("abort", giveUp);
      this.#admit();
    });
  }

  leave(): void {
    this.#inside--;
    this.#admit();
  }

  #admit(): void {
    if (this.#timer === undefined) {
      this.#next = Math.max(this.#next, clock.elapsed());
      this.#letIn();
    }
  }

  /** Those who have waited longest, as many as there are places for and as it is time for. */
  #letIn(): void {
    for (const enter of this.#waiting) {
      const early = this.#next - clock.elapsed();
      if (this.#inside >= this.#places) {
        return;
      }
      if (early > 0) {
        void this.#waitFor(early);
        return;
      }
      this.#inside++;
      // A timer that comes late slows nobody down who has waited meanwhile.
      this.#next += this.#interval;
      enter();
    }
  }

  async #waitFor(milliseconds: number): Promise<void> {
    this.#timer = new AbortController();
    await clock.sleep(milliseconds, this.#timer.signal);
    this.#timer = undefined;
    this.#letIn();
  }
}
