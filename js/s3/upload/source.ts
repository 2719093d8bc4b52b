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

export interface UploadSource {
  /** In bytes. */
  readonly size: number;
  /** The id of the upload that was begun, if its server has such ids. */
  readonly uploadId: string | undefined;
  readonly checksum: ChecksumAlgorithm | undefined;
  readonly finished: ReadonlyMap<number, FinishedPart>;
  /** The same bytes each time. */
  read(start: number, end: number, operation: Operation): Promise<Bytes>;
  /** Another upload was begun, of which no part is there. */
  begin(uploadId: string | undefined, checksum: ChecksumAlgorithm | undefined): Promise<void>;
  /** Once this has resolved for a part, the part is never sent again, whatever happens to the process. */
  finish(part: FinishedPart): Promise<void>;
  /** The server does not have it any more. */
  lose(partNumber: number): Promise<void>;
  /** Deletes everything that was kept for another attempt. */
  delete(): Promise<void>;
  /** Lets others have it. */
  close(): Promise<void>;
}

/** Opens something other than a `Sealed` for an upload; this excludes others until it is closed. */
export const openForUpload: unique symbol = Symbol("openForUpload");

export interface Uploadable extends Pick<MultipartPlan, "size" | "format" | "partSize"> {
  /** @internal */
  [openForUpload](): Promise<UploadSource>;
}

/** Seals each part when it is read. Nothing of it outlives the page. */
export class SealedSource implements UploadSource {
  readonly size: number;
  readonly finished = new Map<number, FinishedPart>();
  uploadId: string | undefined;
  checksum: ChecksumAlgorithm | undefined;
  readonly #sealed: Sealed;

  constructor(sealed: Sealed) {
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

  async begin(uploadId: string | undefined, checksum: ChecksumAlgorithm | undefined) {
    this.uploadId = uploadId;
    this.checksum = checksum;
    this.finished.clear();
  }

  async finish(part: FinishedPart) {
    this.finished.set(part.partNumber, part);
  }

  async lose(partNumber: number) {
    this.finished.delete(partNumber);
  }

  async delete() {}

  async close() {}
}
