/** The source of time and chance. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since some moment, which no setting of the time moves. */
  elapsed(): number;
  /** From 0 to 1, exclusively. */
  random(): number;
  /** Ends early, without failing, when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `expire` when the time is up, unless the function that it returns is called before. */
  timer(ms: number, expire: () => void): () => void;
}

/** What is longer, `setTimeout` takes for nothing at all: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, LONGEST_MS));
      signal.addEventListener("abort", done);
      if (signal.aborted) {
        done();
      }
    }),
  timer(ms, expire) {
    const timer = setTimeout(expire, Math.min(ms, LONGEST_MS));
    return () => clearTimeout(timer);
  },
};
