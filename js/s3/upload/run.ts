// One upload: parts in parallel and again, one outcome.

import { BongtuError } from "../../base/errors.js";
import { ignore } from "../../base/operation.js";
import { type PartRange, partRanges } from "../../sealed/part-ranges.js";
import { checksums } from "../checksums.js";
import { Refusal } from "../http/response.js";
import { lostParts } from "./answers.js";
import { type Completion, completionOf } from "./completion.js";
import { appended, failureOf } from "./failure.js";
import type { MultipartPlan } from "./multipart-plan.js";
import type { UploadPartsOptions } from "./options.js";
import { type PartBody, UploadServer } from "./server.js";
import type { FinishedPart, UploadSource } from "./source.js";

/** Attempts to bring back parts that a server loses. */
const ROUNDS = 5;

export class Upload {
  readonly #source: UploadSource;
  readonly #ranges: readonly PartRange[];
  readonly #concurrency: number;
  readonly #options: UploadPartsOptions;
  /** Whether a failure leaves everything for another attempt. */
  readonly #keep: boolean;
  readonly #server: UploadServer;

  constructor(source: UploadSource, plan: MultipartPlan, options: UploadPartsOptions) {
    this.#source = source;
    this.#ranges = partRanges(plan);
    this.#concurrency = plan.concurrency;
    this.#options = options;
    this.#keep = source.lasting && options.keep !== false;
    this.#server = new UploadServer(options, source.uploadId);
  }

  /** Resolves to what was completed, or is to be. */
  async run(): Promise<Completion> {
    try {
      const completion = (await this.#goOn()) ?? (await this.#begin());
      if (this.#options.complete !== undefined) {
        // It is uploaded, whether this succeeds or not; another attempt would find out.
        await this.#source.delete().catch(ignore);
      }
      return completion;
    } catch (thrown) {
      const failure = this.#stop(thrown);
      await this.#server.settled();
      throw this.#keep ? await this.#leave(failure) : await this.#giveUp(failure);
    } finally {
      this.#server.operation.end();
    }
  }

  /** `undefined` if none was begun, or the server does not know of it any more. */
  async #goOn(): Promise<Completion | undefined> {
    this.#server.operation.check();
    if (this.#source.uploadId === undefined) {
      return undefined;
    }
    this.#advance(sizeOf(this.#source.finished.values()));
    try {
      await this.#resume();
      return await this.#sendAll();
    } catch (thrown) {
      if (!(thrown instanceof Refusal && thrown.reason === "NoSuchUpload")) {
        throw thrown;
      }
    }
    if (this.#missing().length === 0) {
      // Perhaps it was completed before the page was closed.
      const completion = await this.#completion();
      if (await this.#server.hasCompleted(completion)) {
        return completion;
      }
    }
    // It was aborted meanwhile: by a rule of the bucket's, most likely.
    this.#advance(-sizeOf(this.#source.finished.values()));
    return undefined;
  }

  async #begin(): Promise<Completion> {
    await this.#server.create();
    await this.#source.begin(this.#server.uploadId, this.#options.checksum);
    return await this.#sendAll();
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
    for (const { partNumber, etag, size } of await this.#reconcile()) {
      const range = this.#ranges[partNumber - 1];
      if (range && !this.#source.finished.has(partNumber) && range.end - range.start === size) {
        const { checksum } = await this.#read(range);
        const value = checksum && { checksum: checksum.value };
        await this.#finish({ partNumber, size, etag, ...value });
      }
    }
  }

  async #sendAll(): Promise<Completion> {
    for (let round = 0; round < ROUNDS; round++) {
      await this.#sendMissing();
      const completion = await this.#completion();
      if (await this.#complete(completion)) {
        return completion;
      }
    }
    const failure = new BongtuError("ERR_S3", "the server loses parts that it confirmed");
    throw new Refusal(failure, true);
  }

  /** The first failure ends all of them. */
  async #sendMissing(): Promise<void> {
    const queue = this.#missing();
    const workers = Array.from({ length: this.#concurrency }, async () => {
      try {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          await this.#send(next);
        }
      } catch (thrown) {
        throw this.#stop(thrown);
      }
    });
    await Promise.all(workers);
  }

  async #send(range: PartRange): Promise<void> {
    await this.#finish(await this.#server.putPart(range, () => this.#read(range)));
  }

  /** The bytes of a part, sealed or read anew each time. */
  async #read({ start, end }: PartRange): Promise<PartBody> {
    const { operation } = this.#server;
    const body = await this.#source.read(start, end, operation);
    const algorithm = this.#options.checksum;
    const { signal } = operation;
    return { body, checksum: algorithm && (await checksums.of(algorithm, body, { signal })) };
  }

  /** The completion of the parts that are there. */
  async #completion(): Promise<Completion> {
    const finished = Array.from(this.#source.finished.values());
    finished.sort((one, other) => one.partNumber - other.partNumber);
    return await completionOf(finished, this.#source.checksum);
  }

  /** Whether it is complete; otherwise some parts turned out to be missing. */
  async #complete(completion: Completion): Promise<boolean> {
    if (this.#options.listParts !== undefined) {
      await this.#reconcile();
      if (this.#missing().length > 0) {
        return false;
      }
    }
    if (this.#options.complete === undefined) {
      return true;
    }
    try {
      await this.#server.complete(completion);
      return true;
    } catch (thrown) {
      const lost = lostParts(thrown).filter((number) => this.#source.finished.has(number));
      if (lost.length === 0) {
        throw thrown;
      }
      for (const partNumber of lost) {
        await this.#lose(partNumber);
      }
      return false;
    }
  }

  /** Forgets the parts that the server does not have, and gives those that it has. */
  async #reconcile(): Promise<FinishedPart[]> {
    const listed = await this.#server.listParts();
    const etags = new Map(listed.map(({ partNumber, etag }) => [partNumber, etag]));
    for (const { partNumber, etag } of Array.from(this.#source.finished.values())) {
      if (unquoted(etags.get(partNumber)) !== unquoted(etag)) {
        await this.#lose(partNumber);
      }
    }
    return listed;
  }

  async #finish(part: FinishedPart): Promise<void> {
    await this.#source.finish(part);
    this.#advance(part.size);
  }

  async #lose(partNumber: number): Promise<void> {
    const size = this.#source.finished.get(partNumber)?.size ?? 0;
    await this.#source.lose(partNumber);
    this.#advance(-size);
  }

  #missing(): PartRange[] {
    return this.#ranges.filter(({ partNumber }) => !this.#source.finished.has(partNumber));
  }

  #advance(bytes: number): void {
    if (bytes !== 0) {
      this.#server.operation.advance(bytes, this.#source.size);
    }
  }

  /** Ends everything and returns the failure that counts. */
  #stop(thrown: unknown): unknown {
    const missing = this.#missing().map(({ partNumber }) => partNumber);
    return this.#server.operation.stop(failureOf(thrown, missing, this.#ranges.length));
  }

  /** Leaves the upload for another attempt, which must know its id. */
  async #leave(failure: unknown): Promise<unknown> {
    const { uploadId } = this.#server;
    if (uploadId !== this.#source.uploadId) {
      await this.#source.begin(uploadId, this.#options.checksum).catch(ignore);
    }
    return failure;
  }

  /** Returns the failure, which says so if the server could not be told. */
  async #giveUp(failure: unknown): Promise<unknown> {
    try {
      await this.#server.abort();
      return failure;
    } catch {
      return appended(failure, "the upload could not be aborted at the server");
    } finally {
      await this.#source.delete().catch(ignore);
    }
  }
}

function sizeOf(parts: Iterable<FinishedPart>): number {
  return Array.from(parts).reduce((total, { size }) => total + size, 0);
}

function unquoted(etag: string | undefined): string | undefined {
  return etag?.replace(/^"(.*)"$/, "$1");
}
