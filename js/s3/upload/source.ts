// The source of the parts of an upload, and the record of those that are finished.

import type { Bytes } from "../../base/bytes.js";
import type { Operation } from "../../base/operation.js";
import type { Sealed } from "../../sealed/sealed.js";
import type { ChecksumAlgorithm } from "../request/upload-request.js";
import type { MultipartPlan } from "./multipart-plan.js";

/** A part that the server confirmed. */
export interface FinishedPart {
  readonly partNumber: number;
  /** In bytes. */
  readonly size: number;
  /** The ETag as the server gave it, in quotes. */
  readonly etag: string;
  /** Its value, where the upload has checksums. */
  readonly checksum?: string;
}

export abstract class UploadSource {
  /** Whether it outlives the page or process. */
  readonly lasting: boolean = false;
  /** In bytes. */
  abstract readonly size: number;
  /** The id of the upload that was begun, where its server gives one. */
  uploadId: string | undefined;
  checksum: ChecksumAlgorithm | undefined;
  readonly finished = new Map<number, FinishedPart>();

  /** The same bytes each time. */
  abstract read(start: number, end: number, operation: Operation): Promise<Bytes>;

  /** Another upload was begun, of which no part is there. */
  async begin(uploadId: string | undefined, checksum: ChecksumAlgorithm | undefined) {
    this.uploadId = uploadId;
    this.checksum = checksum;
    this.finished.clear();
    await this.save();
  }

  /** What this has resolved for is not sent again, whatever happens to the process. */
  async finish(part: FinishedPart) {
    this.finished.set(part.partNumber, part);
    await this.save();
  }

  /** The server does not have it any more. */
  async lose(partNumber: number) {
    this.finished.delete(partNumber);
    await this.save();
  }

  /** Keeps what is known, where that outlives the page. */
  protected async save(): Promise<void> {}

  /** Nobody will go on with it: deletes what was kept for that. */
  async delete(): Promise<void> {}

  /** Lets others have it. */
  async close(): Promise<void> {}
}

/** Opens something other than a `Sealed` for an upload; this excludes others until it is closed. */
export const openForUpload: unique symbol = Symbol("openForUpload");

export interface Uploadable extends Pick<MultipartPlan, "size" | "format" | "partSize"> {
  /** @internal */
  [openForUpload](): Promise<UploadSource>;
}

/** Seals each part when it is read. Nothing of it outlives the page. */
export class SealedSource extends UploadSource {
  readonly size: number;
  readonly #sealed: Sealed;

  constructor(sealed: Sealed) {
    super();
    this.#sealed = sealed;
    this.size = sealed.size;
  }

  async read(start: number, end: number, operation: Operation): Promise<Bytes> {
    const slice = this.#sealed.slice(start, end);
    try {
      return new Uint8Array(await operation.wait(slice.arrayBuffer()));
    } finally {
      slice.dispose();
    }
  }
}
