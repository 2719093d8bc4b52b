// One upload that survives this tab: sealed to the origin's private file system first, then sent from there, part by
// part. What is kept is ciphertext and which parts are there; neither key nor plaintext.

import {
  type PutPartRequest,
  type Spooled,
  sealBlob,
  spool,
  uploadParts,
  uploadRequest,
} from "bongtu";

import type { BackEnd } from "./back-end.ts";
import { BigUploadView } from "./big-upload-view.ts";
import { DemoError } from "./errors.ts";
import type { Recipient } from "./key.ts";
import type { SlowLine } from "./slow-line.ts";
import { askedFor } from "./upload.ts";

const MEBIBYTE = 1024 * 1024;
const MAX_BYTES = 1024 * MEBIBYTE;
const LEAST_PART = 5 * MEBIBYTE;
/** More tiles than this tell nobody more. */
const MAX_PARTS = 80;
/** A name is unique: before that of the file is a UUID. */
const FILE_NAME = 37;

export class BigUpload {
  readonly #backEnd: BackEnd;
  readonly #line: SlowLine;
  readonly #view = new BigUploadView({
    goOn: () => this.#upload(),
    stop: () => this.#running?.abort(),
    discard: () => this.#discard(),
  });
  #spooled: Spooled | undefined;
  #running: AbortController | undefined;

  constructor(backEnd: BackEnd, line: SlowLine) {
    this.#backEnd = backEnd;
    this.#line = line;
  }

  get element(): HTMLElement {
    return this.#view.element;
  }

  /** One that another tab has left, or this one before it was closed. */
  found(spooled: Spooled): void {
    this.#spooled = spooled;
    this.#view.name(spooled.name.slice(FILE_NAME));
    if (spooled.error) {
      this.#view.fail(spooled.error, { canGoOn: false });
    } else {
      this.#view.begin(spooled);
      this.#view.pause();
    }
  }

  async seal({ keyring, encryptionContext }: Recipient, file: File): Promise<void> {
    this.#view.name(file.name);
    const name = `${crypto.randomUUID()} ${file.name}`;
    const onProgress = ({ bytes, total = 1 }: { bytes: number; total?: number }) =>
      this.#view.sealing(bytes / total);
    await this.#run(async (signal) => {
      if (file.size > MAX_BYTES) throw new DemoError("DEMO_BIG_FILE_SIZE");
      this.#view.sealing(0);
      // #region spool
      const sealed = await sealBlob(keyring, file, { encryptionContext, signal });
      try {
        const partSize = partSizeFor(sealed.size);
        this.#spooled = await spool(sealed, { name, partSize, signal, onProgress });
      } finally {
        sealed.dispose();
      }
      // #endregion
      this.#view.begin(this.#spooled);
    });
    await this.#upload();
  }

  async #upload(): Promise<void> {
    const spooled = this.#spooled;
    if (!spooled) return;
    const backEnd = this.#backEnd;
    await this.#run(async (signal) => {
      this.#view.uploading();
      let key = "";
      const onProgress = () => this.#view.progress(spooled);
      // #region upload-parts
      await uploadParts(spooled, undefined, {
        checksum: "SHA256",
        signal,
        onProgress,
        create: () => backEnd.beginParts(),
        putPart: (part) => this.#put(part),
        listParts: ({ uploadId, partNumberMarker }) =>
          backEnd.listParts(uploadId, partNumberMarker),
        complete: async (parts, checksum, { uploadId, size }) => {
          const object = await backEnd.completeParts(uploadId, parts, checksum?.value, size);
          key = object.key;
          return object;
        },
      });
      // #endregion
      this.#spooled = undefined;
      this.#view.verifying();
      this.#view.done(await backEnd.object(key), await backEnd.verify(key));
    });
  }

  /** One attempt; what it throws, uploadParts tries again later. */
  async #put(part: PutPartRequest): Promise<Response> {
    const { partNumber, body, signal } = part;
    await this.#line.carry(body.length, signal, (share) => this.#view.fill(partNumber, share));
    try {
      return await this.#send(part);
    } catch (error) {
      if (!signal.aborted) this.#view.retrying();
      throw error;
    }
  }

  async #send({ partNumber, uploadId, body, checksum, signal }: PutPartRequest): Promise<Response> {
    // #region put-part
    const request = uploadRequest(body, { operation: "UploadPart", checksum });
    const { url } = await this.#backEnd.signPart(uploadId, partNumber, askedFor(request));
    // Whoever watches the page's requests, as developer tools do, gets no copy of a Blob.
    const blob = new Blob([body]);
    return fetch(url, { method: "PUT", headers: request.headers, body: blob, signal });
    // #endregion
  }

  async #discard(): Promise<void> {
    const spooled = this.#spooled;
    await this.#run(async () => {
      await spooled?.delete();
      if (spooled?.uploadId) await this.#backEnd.abortParts(spooled.uploadId);
      this.#view.remove();
    });
  }

  /** An upload that the visitor stopped can go on, unless it was still being sealed. */
  async #run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    try {
      await work(running.signal);
    } catch (error) {
      const canGoOn = this.#spooled !== undefined;
      if (!running.signal.aborted) this.#view.fail(error, { canGoOn });
      else if (canGoOn) this.#view.pause();
      else this.#view.remove();
    } finally {
      this.#running = undefined;
    }
  }
}

/** The part size for as few parts as fit on the page, and not smaller than S3 takes. */
const partSizeFor = (size: number): number =>
  Math.max(LEAST_PART, Math.ceil(size / MAX_PARTS / MEBIBYTE) * MEBIBYTE);
