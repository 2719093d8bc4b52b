import { type Bytes, coalesce } from "../base/bytes.js";
import { ignore, type Operation } from "../base/operation.js";
import { chunkOf, type Reader } from "../io/source.js";
import type { Sink } from "./pump.js";

/**
 * A pair, not a TransformStream: no engine calls a transformer's `cancel` when the reader goes
 * away.
 */
export interface Duplex {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * Takes any chunk sizes. `close` resolves once all is sealed or verified, and rejects if it is
   * not.
   */
  readonly writable: WritableStream<Uint8Array>;
}

/** Bytes that may wait in the readable side before more input is asked for. */
const READ_AHEAD = 512 * 1024;

/**
 * Runs `run` between two streams, with back-pressure from one to the other. Aborting the writable
 * side or cancelling the readable one stops the operation, and a failure of it errors both.
 * @internal
 */
export function duplex(
  operation: Operation,
  run: (reader: Reader, sink: Sink) => Promise<void>,
): Duplex {
  const inlet = new Inlet(operation);
  const outlet = new Outlet();
  let done: Promise<void>;
  let cancelled = false;
  let input!: WritableStreamDefaultController;
  let output!: ReadableStreamDefaultController<Bytes>;

  const writable = new WritableStream<Uint8Array>({
    start(controller) {
      input = controller;
      // The sink's own `abort` would not do: it waits for a pending write, which waits for the
      // operation.
      const { signal } = controller;
      signal.addEventListener("abort", () => operation.abort(signal.reason));
    },
    write: (chunk) => inlet.write(chunk),
    close() {
      inlet.close();
      return done;
    },
  });
  const readable = new ReadableStream<Bytes>(
    {
      start(controller) {
        output = controller;
        outlet.start(controller);
      },
      pull: () => outlet.pull(),
      cancel(reason) {
        cancelled = true;
        operation.abort(reason);
        return done.catch(ignore);
      },
    },
    { highWaterMark: READ_AHEAD, size: (chunk) => chunk.length },
  );

  done = run(inlet, outlet);
  done.then(
    // Whoever cancelled at the very end has closed it already.
    () => cancelled || output.close(),
    (error) => {
      output.error(error);
      input.error(error);
    },
  );
  return { readable, writable };
}

/**
 * Runs `run` between nothing and a stream: not before somebody reads, nor further than they read.
 * Cancelling the stream stops the operation.
 * @internal
 */
export function readableOf(
  begin: () => Operation,
  run: (sink: Sink, operation: Operation) => Promise<void>,
): ReadableStream<Bytes> {
  const outlet = new Outlet();
  let running: { readonly operation: Operation; readonly done: Promise<void> } | undefined;
  let cancelled = false;
  const start = (before?: (operation: Operation) => void) => {
    const operation = begin();
    before?.(operation);
    running = { operation, done: run(outlet, operation) };
    return running;
  };
  return new ReadableStream<Bytes>(
    {
      start: (controller) => outlet.start(controller),
      pull(controller) {
        if (running === undefined) {
          start().done.then(
            () => cancelled || controller.close(),
            (error) => controller.error(error),
          );
        }
        outlet.pull();
      },
      cancel(reason) {
        cancelled = true;
        running?.operation.abort(reason);
        // Even what never began has something to put away.
        const { done } = running ?? start((operation) => operation.abort(reason));
        return done.catch(ignore);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * The writable side as a reader. A write is over when its chunk was used, so that no input queues
 * up here.
 */
class Inlet implements Reader {
  readonly size = undefined;
  readonly exhausted = false;
  readonly #operation: Operation;
  #written: { readonly chunk: Bytes; readonly used: () => void } | undefined;
  #used: (() => void) | undefined;
  #wanted: ((chunk: Bytes | undefined) => void) | undefined;
  #closed = false;

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** Called once at a time, as the streams standard has it. */
  write(value: unknown): Promise<void> {
    let chunk: Bytes;
    try {
      chunk = chunkOf(value);
    } catch (error) {
      this.#operation.stop(error);
      throw error;
    }
    const used = new Promise<void>((resolve) => {
      this.#written = { chunk, used: resolve };
    });
    this.#deliver();
    return this.#operation.wait(used);
  }

  close(): void {
    this.#closed = true;
    this.#deliver();
  }

  next(): Promise<Bytes | undefined> {
    this.#used?.();
    this.#used = undefined;
    const chunk = new Promise<Bytes | undefined>((resolve) => {
      this.#wanted = resolve;
    });
    this.#deliver();
    return chunk;
  }

  /** The stream is errored by whoever made it. */
  cancel(): void {}

  #deliver(): void {
    if (this.#wanted === undefined || (this.#written === undefined && !this.#closed)) {
      return;
    }
    this.#wanted(this.#written?.chunk);
    this.#wanted = undefined;
    this.#used = this.#written?.used;
    this.#written = undefined;
  }
}

/** The readable side as a sink. */
class Outlet implements Sink {
  #controller!: ReadableStreamDefaultController<Bytes>;
  #wanted: (() => void) | undefined;
  /** More is wanted already: `pull` may come while the last chunk is being enqueued. */
  #pulled = false;

  start(controller: ReadableStreamDefaultController<Bytes>): void {
    this.#controller = controller;
  }

  pull(): void {
    this.#pulled = true;
    this.#wanted?.();
    this.#wanted = undefined;
  }

  write(pieces: Bytes[]): Promise<void> | undefined {
    const chunks = coalesce(pieces);
    if (chunks.length === 0) {
      return undefined;
    }
    for (const chunk of chunks) {
      this.#pulled = false;
      this.#controller.enqueue(chunk);
    }
    if (this.#pulled || (this.#controller.desiredSize ?? 0) > 0) {
      return undefined;
    }
    return new Promise((resolve) => {
      this.#wanted = resolve;
    });
  }
}
