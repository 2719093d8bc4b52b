// One operation for each of many inputs: a few at a time, and an outcome for each.

import { abortedError, BongtuError, inputError } from "../base/errors.js";
import { ignore, type OperationOptions, type Progress } from "../base/operation.js";

export interface ManyOptions extends OperationOptions {
  /** How many are worked on, or wait to be taken from the iterator, at a time; 4 unless set. */
  readonly concurrency?: number | undefined;
  /** Whether outcomes come in the order of the inputs, and not as they are ready. Not unless set. */
  readonly ordered?: boolean | undefined;
  /** Told of the bytes of all inputs together; `total` is never known. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What came of the input with this index, from 0 on. */
export type ManyOutcome<Result> =
  | { readonly index: number; readonly result: Result; readonly error?: undefined }
  | { readonly index: number; readonly error: unknown; readonly result?: undefined };

/** @internal */
export const MANY_OPTIONS = { concurrency: true, ordered: true } as const;

/** Throws for what is no number of operations, and no iterable. */
export function checkMany(inputs: unknown, { concurrency, ordered }: ManyOptions): void {
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency > 0)) {
    throw inputError("concurrency must be a whole number from 1 on");
  }
  if (ordered !== undefined && typeof ordered !== "boolean") {
    throw inputError("ordered must be true or false");
  }
  const given = Object(inputs) as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
  const iterable = [given[Symbol.asyncIterator], given[Symbol.iterator]];
  // Text, bytes and streams of bytes can be iterated over as well, and are one source.
  const isStream = typeof (given as Partial<ReadableStream>).getReader === "function";
  const one = typeof inputs === "string" || ArrayBuffer.isView(inputs) || isStream;
  if (one || !iterable.some((method) => typeof method === "function")) {
    throw inputError("what is given must be an array or another iterable of sources");
  }
}

/**
 * Takes the next input only when there is room for its result, so that no more are in memory than
 * `concurrency`. Whoever stops iterating, and `signal`, end what is running.
 */
export async function* many<Input, Result>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  work: (input: Input, options: OperationOptions) => Promise<Result>,
  { concurrency = 4, ordered = false, signal, onProgress }: ManyOptions,
): AsyncGenerator<ManyOutcome<Result>, void, undefined> {
  const queue = new Queue(inputs, work, onProgress);
  const stop = () => queue.stop(signal?.reason);
  signal?.addEventListener("abort", stop);
  try {
    for (let next = 0; ; ) {
      if (signal?.aborted) {
        throw abortedError(signal.reason);
      }
      queue.fill(concurrency);
      const outcome = queue.take(ordered ? next : undefined);
      if (outcome !== undefined) {
        next++;
        yield outcome;
      } else if (queue.isDone) {
        return;
      } else {
        await queue.change();
      }
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    await queue.end();
  }
}

/** Inputs that are waited for, that are worked on, and outcomes that nobody has taken yet. */
class Queue<Input, Result> {
  readonly #inputs: Iterable<Input> | AsyncIterable<Input>;
  #iterator: Iterator<Input> | AsyncIterator<Input> | undefined;
  readonly #work: (input: Input, options: OperationOptions) => Promise<Result>;
  readonly #onProgress: ManyOptions["onProgress"];
  /** One for each that is running: Node warns of a leak where many listen to the same signal. */
  readonly #controllers = new Set<AbortController>();
  readonly #running = new Set<Promise<void>>();
  readonly #outcomes = new Map<number, ManyOutcome<Result>>();
  #index = 0;
  #bytes = 0;
  #isPulling = false;
  #isExhausted = false;
  #isStopped = false;
  /** The failure of the iterable itself. */
  #failure: BongtuError | undefined;
  #wake: () => void = ignore;

  constructor(
    inputs: Iterable<Input> | AsyncIterable<Input>,
    work: (input: Input, options: OperationOptions) => Promise<Result>,
    onProgress: ManyOptions["onProgress"],
  ) {
    this.#inputs = inputs;
    this.#work = work;
    this.#onProgress = onProgress;
  }

  /** Nothing will come any more. Throws if it is because the iterable failed. */
  get isDone(): boolean {
    const isDone = this.#isExhausted && this.#running.size === 0 && this.#outcomes.size === 0;
    if (isDone && this.#failure !== undefined) {
      throw this.#failure;
    }
    return isDone;
  }

  /** Asks for one more input if there is room for it; its coming is a change. */
  fill(concurrency: number): void {
    const room = concurrency - this.#running.size - this.#outcomes.size;
    if (room > 0 && !this.#isPulling && !this.#isExhausted) {
      this.#isPulling = true;
      void this.#pull();
    }
  }

  /** The outcome with this index, or any. */
  take(index: number | undefined): ManyOutcome<Result> | undefined {
    const [first] = this.#outcomes.keys();
    const taken = index ?? first;
    const outcome = taken === undefined ? undefined : this.#outcomes.get(taken);
    if (outcome !== undefined) {
      this.#outcomes.delete(outcome.index);
    }
    return outcome;
  }

  /** Resolves when an input or an outcome has come. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  stop(reason: unknown): void {
    this.#isStopped = true;
    for (const controller of this.#controllers) {
      controller.abort(reason);
    }
    this.#wake();
  }

  /** Nobody waits for the rest: what runs is stopped, and the iterable is let go. */
  async end(): Promise<void> {
    this.stop(undefined);
    await Promise.all(this.#running);
    if (!this.#isExhausted) {
      this.#isExhausted = true;
      // One that hangs or throws now, even at once, holds nothing up.
      const letGo = async () => this.#iterator?.return?.();
      letGo().catch(ignore);
    }
  }

  async #pull(): Promise<void> {
    try {
      this.#iterator ??= iteratorOf(this.#inputs);
      const step = await this.#iterator.next();
      if (step.done) {
        this.#isExhausted = true;
      } else {
        this.#start(step.value);
      }
    } catch (cause) {
      this.#isExhausted = true;
      this.#failure = new BongtuError("ERR_SOURCE", "the iterable of sources failed", { cause });
    }
    this.#isPulling = false;
    this.#wake();
  }

  #start(input: Input): void {
    const index = this.#index++;
    const run = async () => {
      this.#outcomes.set(index, await this.#outcomeOf(index, input));
      this.#running.delete(running);
      this.#wake();
    };
    const running = run();
    this.#running.add(running);
  }

  async #outcomeOf(index: number, input: Input): Promise<ManyOutcome<Result>> {
    let before = 0;
    const onProgress = ({ bytes }: Progress) => {
      this.#bytes += bytes - before;
      before = bytes;
      this.#onProgress?.({ bytes: this.#bytes });
    };
    const controller = new AbortController();
    this.#controllers.add(controller);
    if (this.#isStopped) {
      controller.abort(); // what came too late is let go by whoever would have read it
    }
    const { signal } = controller;
    try {
      return { index, result: await this.#work(input, { signal, onProgress }) };
    } catch (error) {
      return { index, error };
    } finally {
      this.#controllers.delete(controller);
    }
  }
}

function iteratorOf<Input>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
): Iterator<Input> | AsyncIterator<Input> {
  const { [Symbol.asyncIterator]: asynchronous } = inputs as Partial<AsyncIterable<Input>>;
  return asynchronous == null
    ? (inputs as Iterable<Input>)[Symbol.iterator]()
    : asynchronous.call(inputs);
}
