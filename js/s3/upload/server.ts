// The server of one upload, asked through the caller's requests: each is made again where that may
// help, and remembered for as long as it is on its way.

import type { Bytes } from "../../base/bytes.js";
import { BongtuError } from "../../base/errors.js";
import { ignore, Operation } from "../../base/operation.js";
import { clock } from "../../platform/platform.js";
import type { PartRange } from "../../sealed/part-ranges.js";
import type { Checksum } from "../checksumming.js";
import { Refusal } from "../http/response.js";
import { type RetryPolicy, retrying } from "../http/retry.js";
import {
  checkAborted,
  checkCompleted,
  etagIn,
  headIn,
  listedIn,
  partsIn,
  uploadIdIn,
} from "./answers.js";
import { type Completion, documentOf, makes } from "./completion.js";
import { checksumOfWhole, completeHeaders } from "./multipart-headers.js";
import { retryPolicy, type UploadPartsOptions } from "./options.js";
import type { FinishedPart } from "./source.js";

/** Milliseconds that requests have to heed their signal before the upload is aborted, and that has. */
const GRACE = 10_000;

/** Giving up takes fewer retries than uploading: all of them fit into the time that is left for it. */
const ABORT_RETRIES = 3;
const ABORT_WAIT = 2000;

/** S3 has ten of a thousand parts at most; others cut them shorter. */
const MAX_PAGES = 1000;

/** A part's bytes, which a request may take with it. */
export interface PartBody {
  readonly body: Bytes;
  readonly checksum: Checksum | undefined;
}

export class UploadServer {
  /** The operation of the whole upload. If it stops, all waiting ends except for the abort at the server. */
  readonly operation: Operation;
  readonly #requests: UploadPartsOptions;
  readonly #policy: RetryPolicy;
  readonly #inFlight = new Set<Promise<unknown>>();
  #uploadId: string | undefined;
  /** There is something to abort: known before anything may fail, as an aborted signal does. */
  #begun: boolean;

  constructor(options: UploadPartsOptions, uploadId: string | undefined) {
    this.operation = new Operation(options);
    this.#requests = options;
    this.#policy = retryPolicy(options);
    this.#uploadId = uploadId;
    // Without `create` the caller has begun the upload.
    this.#begun = uploadId !== undefined || options.create === undefined;
  }

  /** The id that `create` gave, even if nobody waited for it any more. */
  get uploadId(): string | undefined {
    return this.#uploadId;
  }

  async create(): Promise<void> {
    if (this.#requests.create === undefined) {
      return;
    }
    await this.#ask(async (signal) => {
      const request = { ...checksumOfWhole(this.#requests.checksum), signal };
      this.#uploadId = await uploadIdIn(await this.#requests.create?.(request));
      this.#begun = true;
    });
  }

  /** `read` gives the part's bytes anew for each attempt. */
  putPart(range: PartRange, read: () => Promise<PartBody>): Promise<FinishedPart> {
    const named = this.#named();
    return this.#ask(async (signal) => {
      const { body, checksum } = await read();
      const size = body.length;
      const headers = checksum === undefined ? {} : { [checksum.header]: checksum.value };
      const summed = checksum && { checksum };
      const part = { ...range, body, size, ...summed, headers, ...named, signal };
      const etag = await etagIn(await this.#requests.putPart(part), checksum);
      const value = checksum && { checksum: checksum.value };
      return { partNumber: range.partNumber, size, etag, ...value };
    });
  }

  /** All pages of what it has. */
  listParts(): Promise<FinishedPart[]> {
    return this.#ask(async (signal) => {
      const listed: FinishedPart[] = [];
      let marker: string | undefined;
      for (let pages = 1; ; pages++) {
        const page = { ...this.#named(), ...(marker && { partNumberMarker: marker }), signal };
        const output = await partsIn(await this.#requests.listParts?.(page));
        listed.push(...listedIn(output));
        const next = output.IsTruncated ? output.NextPartNumberMarker : undefined;
        if (next === undefined) {
          return listed;
        }
        // A page begins behind the last part of the one before, and so at a higher number.
        if (!(Number(next) > Number(marker ?? 0)) || pages === MAX_PAGES) {
          throw new BongtuError("ERR_S3", "ListParts gives pages without end");
        }
        marker = next;
      }
    });
  }

  /**
   * Resolves when the object is there. This is the one request whose repetition may be refused
   * because the first was granted. Throws the last {@link Refusal}, which for a part that the server
   * lost is `InvalidPart`.
   */
  async complete(completion: Completion): Promise<void> {
    let attempts = 0;
    try {
      await this.#ask(async (signal) => {
        attempts++;
        const { parts, checksum, size } = completion;
        const headers = completeHeaders(size, checksum);
        const details = { ...this.#named(), headers, body: documentOf(completion), size, signal };
        await checkCompleted(await this.#requests.complete?.(parts, checksum, details));
      });
    } catch (refusal) {
      const again =
        refusal instanceof Refusal && (attempts > 1 || refusal.reason === "NoSuchUpload");
      if (!again || !(await this.hasCompleted(completion))) {
        throw refusal;
      }
    }
  }

  /** Whether it was completed before, as far as can be found out. */
  async hasCompleted(completion: Completion): Promise<boolean> {
    if (this.#requests.head === undefined) {
      return false;
    }
    const look = async (signal: AbortSignal) => {
      const answer = await this.#requests.head?.({ signal });
      return await makes(completion, await headIn(answer, completion.checksum));
    };
    const found = await this.#ask(look).catch(() => false);
    this.operation.check();
    return found;
  }

  /** Resolves when nothing is left there, and rejects if it could not be told soon. */
  async abort(): Promise<void> {
    if (!this.#begun) {
      return;
    }
    const { retries, baseMs, maxMs } = this.#policy;
    const policy = {
      retries: Math.min(retries, ABORT_RETRIES),
      baseMs,
      maxMs: Math.min(maxMs, ABORT_WAIT),
      maxRetryAfterMs: ABORT_WAIT,
    };
    const operation = new Operation({});
    const cancel = clock.timer(GRACE, () => operation.abort(undefined));
    const tell = async () => {
      const { signal } = operation;
      await checkAborted(await this.#requests.abort?.({ ...this.#named(), signal }));
    };
    try {
      await retrying(() => operation.wait(tell()), policy, operation);
    } catch (refusal) {
      if (!(refusal instanceof Refusal && refusal.reason === "NoSuchUpload")) {
        throw refusal;
      }
    } finally {
      cancel();
    }
  }

  /** A part that arrives after the abort would stay there, and cost, for ever. */
  async settled(): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = clock.timer(GRACE, resolve);
      Promise.all(this.#inFlight).then(() => {
        cancel();
        resolve();
      });
    });
  }

  #ask<T>(attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.operation;
    return retrying(() => this.#track(attempt(signal)), this.#policy, this.operation);
  }

  /** Waits for a request, and remembers it if the wait is cut short. */
  #track<T>(request: Promise<T>): Promise<T> {
    const settled = request.then(ignore, ignore);
    this.#inFlight.add(settled);
    settled.then(() => this.#inFlight.delete(settled));
    return this.operation.wait(request);
  }

  /** An id that is not there is no property at all. */
  #named(): { readonly uploadId?: string } {
    return this.#uploadId === undefined ? {} : { uploadId: this.#uploadId };
  }
}
