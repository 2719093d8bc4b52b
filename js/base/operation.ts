import { abortedError, inputError } from "./errors.js";

/** How far an operation has come. */
export interface Progress {
  /** Input bytes that are done with: sealed or verified, and handed on. */
  readonly bytes: number;
  /** Input bytes in all, where that is known beforehand. */
  readonly total?: number;
}

/** The options that every operation takes. */
export interface OperationOptions {
  /**
   * Aborting it rejects with `ERR_ABORTED`, whose cause is the signal's reason, even while a source
   * or KMS hangs.
   */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What an operation reads from, and what it has in WebAssembly. */
interface Held {
  readonly reader?: { cancel(reason: unknown): void };
  readonly session?: { free(): void };
}

/**
 * One running seal, open or inspect: how it is stopped and how it tells its progress.
 *
 * The first failure, wherever it comes from, ends all waiting with that failure; what was waited
 * for is left to itself.
 */
export class Operation {
  readonly #outer: AbortSignal | undefined;
  #inner: AbortController | undefined;
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #waiting = new Set<(failure: unknown) => void>();
  readonly #onAbort = () => this.abort(this.#outer?.reason);
  #failure: { readonly error: unknown } | undefined;
  #consumed = 0;

  constructor(options: OperationOptions) {
    this.#outer = options.signal;
    this.#onProgress = options.onProgress;
    if (this.#outer?.aborted) {
      this.#onAbort();
    }
    this.#outer?.addEventListener("abort", this.#onAbort);
  }

  /** A signal for calls that are made meanwhile (to KMS): it is aborted when the operation stops. */
  get signal(): AbortSignal {
    if (this.#inner === undefined) {
      this.#inner = new AbortController();
      if (this.#failure !== undefined) {
        this.#inner.abort(this.#failure.error);
      }
    }
    return this.#inner.signal;
  }

  get stopped(): boolean {
    return this.#failure !== undefined;
  }

  abort(reason: unknown): void {
    this.stop(abortedError(reason));
  }

  /** Returns the failure that counts, which is the first one. */
  stop(error: unknown): unknown {
    if (this.#failure !== undefined) {
      return this.#failure.error;
    }
    this.#failure = { error };
    for (const reject of this.#waiting) {
      reject(error);
    }
    this.#waiting.clear();
    this.#inner?.abort(error);
    return error;
  }

  /** Throws what stopped the operation. */
  check(): void {
    if (this.#failure !== undefined) {
      throw this.#failure.error;
    }
  }

  /** The promise's outcome, or what stopped the operation, whichever comes first. */
  wait<T>(promise: PromiseLike<T>): Promise<T> {
    // Promise.race would not do: a promise that outlives many races keeps the memory of all of them.
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        promise.then(ignore, ignore);
        reject(this.#failure.error);
        return;
      }
      this.#waiting.add(reject);
      promise.then(
        (value) => {
          this.#waiting.delete(reject);
          resolve(value);
        },
        (error) => {
          this.#waiting.delete(reject);
          reject(error);
        },
      );
    });
  }

  /** `bytes` more of the input are done with. */
  advance(bytes: number, total: number | undefined): void {
    this.#consumed += bytes;
    if (this.#onProgress === undefined) {
      return;
    }
    const progress = { bytes: this.#consumed };
    try {
      this.#onProgress(total === undefined ? progress : { ...progress, total });
    } catch (cause) {
      throw inputError("onProgress threw", { cause });
    }
  }

  /**
   * Does all of it: the failure that counts ends what it reads from, and what it holds is freed
   * whatever happens.
   */
  async run<T>(work: () => Promise<T>, { reader, session }: Held = {}): Promise<T> {
    try {
      this.check();
      return await work();
    } catch (error) {
      const failure = this.stop(error);
      reader?.cancel(failure);
      throw failure;
    } finally {
      session?.free();
      this.end();
    }
  }

  /** Lets go of the caller's signal. */
  end(): void {
    this.#outer?.removeEventListener("abort", this.#onAbort);
  }
}

/** Handles the failure of a promise that is reported elsewhere. */
export function ignore(): void {}
