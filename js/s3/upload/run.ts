// One upload: parts in parallel and again, one outcome.

import { BongtuError } from "../../base/errors.js";
import { ignore, Operation } from "../../base/operation.js";
import { clock } from "../../platform/platform.js";
import { checksums } from "../checksums.js";
import { Refusal } from "../http/response.js";
import { type RetryPolicy, retrying } from "../http/retry.js";
import { type Completion, complete, completionOf, isComplete, lostParts } from "./complete.js";
import { appended, failureOf } from "./failure.js";
import type { MultipartPlan } from "./multipart-plan.js";
import { retryPolicy, type UploadPartsOptions } from "./options.js";
import { abort, create, listParts, putPart } from "./server.js";
import type { FinishedPart, UploadSource } from "./source.js";

/** Attempts to bring back parts that a server loses. */
const ROUNDS = 5;

/** Milliseconds that requests have to heed their signal before the upload is aborted, and that has. */
const GRACE = 10_000;

/** Who gives up does not wait as long as one who wants something: all of these fit into the grace. */
const ABORT_RETRIES = 3;
const ABORT_WAIT = 2000;

export class Upload {
  readonly #source: UploadSource;
  readonly #plan: MultipartPlan;
  readonly #options: UploadPartsOptions;
  readonly #keep: boolean;
  readonly #policy: RetryPolicy;
  readonly #operation: Operation;
  readonly #inFlight = new Set<Promise<unknown>>();
  /** There is something to abort: known before anything may fail, as an aborted signal does. */
  #begun: boolean;
  /** What `create` gave, even if by then nobody waited for it. */
  #created: string | undefined;

  /** With `keep` a failure leaves everything for another attempt. */
  constructor(
    source: UploadSource,
    plan: MultipartPlan,
    options: UploadPartsOptions,
    keep: boolean,
  ) {
    this.#source = source;
    this.#plan = plan;
    this.#options = options;
    this.#keep = keep;
    this.#operation = new Operation(options);
    this.#policy = retryPolicy(options);
    // Without `create` it was begun by whoever calls.
    this.#begun = source.uploadId !== undefined || options.create === undefined;
  }

  /** Resolves to what was completed, or is to be. */
  async run(): Promise<Completion> {
    try {
      const completion = await this.#upload();
      if (this.#options.complete !== undefined) {
        // It is uploaded, whether this succeeds or not; another attempt would find out.
        await this.#source.delete().catch(ignore);
      }
      return completion;
    } catch (thrown) {
      const failure = this.#stop(thrown);
      await this.#settled();
      throw this.#keep ? await this.#leave(failure) : await this.#giveUp(failure);
    } finally {
      this.#operation.end();
    }
  }

  async #upload() {
    this.#operation.check();
    if (this.#source.uploadId === undefined) {
      await this.#begin();
      return await this.#sendAll();
    }
    this.#advance(sizeOf(this.#source.finished.values()));
    try {
      await this.#resume();
      return await this.#sendAll();
    } catch (thrown) {
      if (!(thrown instanceof Refusal && thrown.reason === "NoSuchUpload")) {
        throw thrown;
      }
      const completion = await this.#completed();
      if (completion !== undefined) {
        return completion;
      }
      // It was aborted meanwhile: by a rule of the bucket's, most likely.
      this.#advance(-sizeOf(this.#source.finished.values()));
      await this.#begin();
      return await this.#sendAll();
    }
  }

  /** What was completed before the page was closed, if all parts were there by then. */
  async #completed(): Promise<Completion | undefined> {
    if (this.#missing().length > 0) {
      return undefined;
    }
    const completion = await this.#completion();
    const sent = <T>(request: Promise<T>) => this.#track(request);
    const there = isComplete(this.#options, completion, this.#policy, this.#operation, sent);
    return (await there) ? completion : undefined;
  }

  /** Of the parts that are there. */
  async #completion(): Promise<Completion> {
    const { checksum, uploadId } = this.#source;
    const finished = Array.from(this.#source.finished.values());
    finished.sort((one, other) => one.partNumber - other.partNumber);
    return await completionOf(finished, checksum, uploadId);
  }

  async #begin(): Promise<void> {
    const { checksum, create: given } = this.#options;
    if (given !== undefined) {
      await this.#request(async (signal) => {
        this.#created = await create(this.#options, checksum, signal);
        this.#begun = true;
      });
    }
    this.#begun = true;
    await this.#source.begin(this.#created, checksum);
  }

  /** Makes what is known of the server true again, or finds that it knows nothing of the upload. */
  async #resume(): Promise<void> {
    if (this.#options.listParts === undefined) {
      const [first] = this.#missing();
      if (first !== undefined) {
        await this.#send(first); // alone: if there is no such upload, others need not try
      }
      return;
    }
    const listed = await this.#reconcile();
    for (const { partNumber, etag, size } of listed) {
      const range = this.#range(partNumber);
      if (!this.#source.finished.has(partNumber) && range.end - range.start === size) {
        const { checksum } = await this.#read(range);
        const value = checksum === undefined ? {} : { checksum: checksum.value };
        await this.#finish({ partNumber, size, etag, ...value });
      }
    }
  }

  async #sendAll() {
    for (let round = 1; ; round++) {
      await this.#sendMissing();
      const completion = await this.#completion();
      const lost = await this.#complete(completion);
      if (lost.length === 0) {
        return completion;
      }
      if (round === ROUNDS) {
        const failure = new BongtuError("ERR_S3", "the server loses parts that it confirmed");
        throw new Refusal(failure, true);
      }
    }
  }

  /** The first failure ends all of them. */
  async #sendMissing(): Promise<void> {
    const queue = this.#missing();
    const worker = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        await this.#send(next);
      }
    };
    const workers = Array.from({ length: this.#plan.concurrency }, async () => {
      try {
        await worker();
      } catch (thrown) {
        throw this.#stop(thrown);
      }
    });
    await Promise.all(workers);
  }

  async #send(partNumber: number): Promise<void> {
    const range = this.#range(partNumber);
    const { uploadId } = this.#source;
    const part = await this.#request(async (signal) => {
      const { body, checksum } = await this.#read(range);
      return await putPart(this.#options, range, body, checksum, uploadId, signal);
    });
    await this.#finish(part);
  }

  async #finish(part: FinishedPart): Promise<void> {
    await this.#source.finish(part);
    this.#advance(part.size);
  }

  /** The bytes of a part, sealed or read anew each time: a request may take them with it. */
  async #read({ start, end }: { readonly start: number; readonly end: number }) {
    const body = await this.#source.read(start, end, this.#operation);
    const algorithm = this.#options.checksum;
    const { signal } = this.#operation;
    const checksum = algorithm && (await checksums.of(algorithm, body, { signal }));
    return { body, checksum };
  }

  /** Resolves to the parts that turned out to be missing; if there are none, it is complete. */
  async #complete(completion: Completion): Promise<number[]> {
    if (this.#options.listParts !== undefined) {
      await this.#reconcile();
      const missing = this.#missing();
      if (missing.length > 0) {
        return missing;
      }
    }
    if (this.#options.complete === undefined) {
      return [];
    }
    try {
      const sent = <T>(request: Promise<T>) => this.#track(request);
      await complete(this.#options, completion, this.#policy, this.#operation, sent);
      return [];
    } catch (thrown) {
      const numbers = lostParts(thrown).filter((number) => this.#source.finished.has(number));
      if (numbers.length === 0) {
        throw thrown;
      }
      for (const partNumber of numbers) {
        await this.#lose(partNumber);
      }
      return numbers;
    }
  }

  /** Forgets the parts that the server does not have, and gives those that it has. */
  async #reconcile() {
    const { uploadId } = this.#source;
    const all = await this.#request((signal) => listParts(this.#options, uploadId, signal));
    const listed = all.filter(({ partNumber }) => partNumber <= this.#plan.partCount);
    const etags = new Map(listed.map(({ partNumber, etag }) => [partNumber, etag]));
    for (const { partNumber, etag } of Array.from(this.#source.finished.values())) {
      if (unquoted(etags.get(partNumber)) !== unquoted(etag)) {
        await this.#lose(partNumber);
      }
    }
    return listed;
  }

  async #lose(partNumber: number): Promise<void> {
    const size = this.#source.finished.get(partNumber)?.size ?? 0;
    await this.#source.lose(partNumber);
    this.#advance(-size);
  }

  #request<T>(attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#operation;
    return retrying(() => this.#track(attempt(signal)), this.#policy, this.#operation);
  }

  /** Waits for a request, and remembers it if the wait is cut short. */
  #track<T>(request: Promise<T>): Promise<T> {
    const settled = request.then(ignore, ignore);
    this.#inFlight.add(settled);
    settled.then(() => this.#inFlight.delete(settled));
    return this.#operation.wait(request);
  }

  /** For another attempt, which must know of what was begun. */
  async #leave(failure: unknown): Promise<unknown> {
    if (this.#created !== undefined && this.#created !== this.#source.uploadId) {
      await this.#source.begin(this.#created, this.#options.checksum).catch(ignore);
    }
    return failure;
  }

  /** Returns the failure, which says so if the server could not be told. */
  async #giveUp(failure: unknown): Promise<unknown> {
    const uploadId = this.#created ?? this.#source.uploadId;
    const { retries, baseMs, maxMs } = this.#policy;
    const policy = {
      retries: Math.min(retries, ABORT_RETRIES),
      baseMs,
      maxMs: Math.min(maxMs, ABORT_WAIT),
      maxRetryAfterMs: ABORT_WAIT,
    };
    const operation = new Operation({});
    const told = () => operation.wait(abort(this.#options, uploadId, operation.signal));
    const cancel = clock.timer(GRACE, () => operation.abort(undefined));
    try {
      if (this.#begun) {
        await retrying(told, policy, operation);
      }
      return failure;
    } catch (refusal) {
      if (refusal instanceof Refusal && refusal.reason === "NoSuchUpload") {
        return failure;
      }
      return appended(failure, "the upload could not be aborted at the server");
    } finally {
      cancel();
      await this.#source.delete().catch(ignore);
    }
  }

  /** A part that arrives after the abort would stay there, and cost, for ever. */
  async #settled(): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = clock.timer(GRACE, resolve);
      Promise.all(this.#inFlight).then(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Ends everything and returns the failure that counts. */
  #stop(thrown: unknown): unknown {
    const { partCount } = this.#plan;
    return this.#operation.stop(failureOf(thrown, this.#missing(), partCount));
  }

  #missing(): number[] {
    const all = Array.from({ length: this.#plan.partCount }, (_, i) => i + 1);
    return all.filter((partNumber) => !this.#source.finished.has(partNumber));
  }

  #range(partNumber: number) {
    const start = (partNumber - 1) * this.#plan.partSize;
    return { partNumber, start, end: Math.min(start + this.#plan.partSize, this.#source.size) };
  }

  #advance(bytes: number): void {
    if (bytes !== 0) {
      this.#operation.advance(bytes, this.#source.size);
    }
  }
}

function sizeOf(parts: Iterable<FinishedPart>): number {
  return Array.from(parts).reduce((total, { size }) => total + size, 0);
}

function unquoted(etag: string | undefined): string | undefined {
  return etag?.replace(/^"(.*)"$/, "$1");
}
