// A spool that is complete: ciphertext, record, and one who uploads it at a time.

import { BongtuError } from "../../base/errors.js";
import { ignore, type Operation } from "../../base/operation.js";
import type { MultipartPlan } from "../upload/multipart-plan.js";
import {
  type FinishedPart,
  openForUpload,
  type Uploadable,
  UploadSource,
} from "../upload/source.js";
import {
  damaged,
  type InstructionFile,
  nameIn,
  readRecord,
  type SpoolRecord,
  writeRecord,
} from "./record.js";
import { lockPatiently, type SpoolStore, spoolError } from "./store.js";

/**
 * Ciphertext that waits to be uploaded, by {@link uploadParts}, and what is known of its upload.
 * It holds no secret. It shows the spool as it was when it was listed or last uploaded from here.
 */
export interface Spooled extends Uploadable {
  readonly name: string;
  /** The size of the ciphertext in bytes. */
  readonly size: number;
  readonly format: MultipartPlan["format"];
  /** The metadata of an object, to be sent when the upload is created. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The same as HTTP headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The instruction file, which must be stored before the object. */
  readonly instructionFile?: InstructionFile | undefined;
  /** In bytes. */
  readonly partSize: number;
  /** The id of the upload that was begun. */
  readonly uploadId?: string | undefined;
  /** The parts that the server confirmed. */
  readonly parts: readonly FinishedPart[];
  /**
   * Why it can be used for nothing but `delete`: another version of bongtu wrote it, or nobody, or
   * its ciphertext was cut after an upload was begun, which is yours to abort (`uploadId`).
   */
  readonly error?: BongtuError | undefined;
  /** Leaves nothing of it. An upload that was begun has to be aborted at the server by you. */
  delete(): Promise<void>;
}

/** What is known here of a spool; its record changes with its upload. */
export interface Kept {
  readonly store: SpoolStore;
  readonly id: string;
  record: SpoolRecord;
}

/** What stands for the record of a spool that has none to be read. */
const UNREADABLE: Omit<SpoolRecord, "name"> = {
  id: "",
  size: 0,
  format: "message",
  metadata: {},
  headers: {},
  partSize: 0,
  parts: [],
};

export class SpoolHandle implements Spooled {
  readonly error: BongtuError | undefined;
  readonly #kept: Kept;

  constructor(kept: Kept, error?: BongtuError) {
    this.#kept = kept;
    this.error = error;
  }

  /** `undefined` for one that was cut short before any upload was begun. */
  static async find(store: SpoolStore, id: string): Promise<SpoolHandle | undefined> {
    let text: string | undefined;
    try {
      for (;;) {
        text = await store.readRecord(id);
        if (text === undefined) {
          return undefined;
        }
        const record = readRecord(text);
        const size = (await store.size(id)) ?? 0;
        if (size === record.size) {
          return new SpoolHandle({ store, id, record });
        }
        if (text !== (await store.readRecord(id))) {
          continue; // it was deleted meanwhile, and perhaps there is another one
        }
        if (size > record.size) {
          throw damaged();
        }
        // Whoever forgot an upload would leave its parts at the server.
        return record.uploadId === undefined
          ? undefined
          : new SpoolHandle({ store, id, record }, cutShort());
      }
    } catch (error) {
      if (!(error instanceof BongtuError)) {
        throw error;
      }
      const name = (text && nameIn(text)) ?? id;
      return new SpoolHandle({ store, id, record: { ...UNREADABLE, name } }, error);
    }
  }

  get name() {
    return this.#kept.record.name;
  }

  get size() {
    return this.#kept.record.size;
  }

  get format() {
    return this.#kept.record.format;
  }

  get metadata() {
    return this.#kept.record.metadata;
  }

  get headers() {
    return this.#kept.record.headers;
  }

  get instructionFile() {
    return this.#kept.record.instructionFile;
  }

  get partSize() {
    return this.#kept.record.partSize;
  }

  get uploadId() {
    return this.#kept.record.uploadId;
  }

  get parts() {
    return this.#kept.record.parts;
  }

  async delete(): Promise<void> {
    const { store, id } = this.#kept;
    const release = await this.#lock();
    try {
      this.#checkSame(await SpoolHandle.find(store, id));
      await store.delete(id);
    } finally {
      await release();
    }
  }

  async [openForUpload](): Promise<UploadSource> {
    if (this.error !== undefined) {
      throw this.error;
    }
    const { store, id } = this.#kept;
    const release = await this.#lock();
    try {
      // It may have been gone on with elsewhere since it was listed.
      const now = await SpoolHandle.find(store, id);
      if (now === undefined) {
        throw spoolError("this spool does not exist any more: it was uploaded or deleted");
      }
      if (now.error !== undefined) {
        throw now.error;
      }
      this.#checkSame(now);
      this.#kept.record = now.#kept.record;
    } catch (error) {
      await release();
      throw error;
    }
    return new SpoolSource(this.#kept, release);
  }

  /** One of this name may have been uploaded, and another one made, since this was listed. */
  #checkSame(now: SpoolHandle | undefined): void {
    const ids = [this, now ?? this].map((handle) => handle.#kept.record.id);
    if (!ids.includes("") && ids[0] !== ids[1]) {
      throw spoolError("this spool is not there any more, but another one of its name: list again");
    }
  }

  async #lock(): Promise<() => Promise<void>> {
    const release = await lockPatiently(this.#kept.store, this.#kept.id);
    if (release === undefined) {
      throw spoolError("this spool is in use by another tab or process");
    }
    return release;
  }
}

/** A spool that nobody else uploads meanwhile. */
class SpoolSource extends UploadSource {
  override readonly lasting = true;
  readonly size: number;
  readonly #kept: Kept;
  readonly #release: () => Promise<void>;
  #saved: Promise<void> = Promise.resolve();

  constructor(kept: Kept, release: () => Promise<void>) {
    super();
    const { size, uploadId, checksum, parts } = kept.record;
    this.size = size;
    this.uploadId = uploadId;
    this.checksum = checksum;
    for (const part of parts) {
      this.finished.set(part.partNumber, part);
    }
    this.#kept = kept;
    this.#release = release;
  }

  async read(start: number, end: number, operation: Operation) {
    const { store, id } = this.#kept;
    const bytes = await operation.wait(store.read(id, start, end));
    if (bytes.length !== end - start) {
      throw cutShort();
    }
    return bytes;
  }

  /** One after the other: parts finish when they like. */
  protected override save(): Promise<void> {
    const { store, id, record } = this.#kept;
    const { uploadId, checksum } = this;
    const parts = Array.from(this.finished.values());
    parts.sort((one, other) => one.partNumber - other.partNumber);
    this.#kept.record = { ...record, uploadId, checksum, parts };
    const text = writeRecord(this.#kept.record);
    this.#saved = this.#saved.then(() => store.writeRecord(id, text));
    return this.#saved;
  }

  override async delete() {
    await this.#saved.catch(ignore);
    await this.#kept.store.delete(this.#kept.id);
  }

  override async close() {
    await this.#saved.catch(ignore);
    await this.#release();
  }
}

function cutShort(): BongtuError {
  return spoolError("the kept ciphertext is cut short");
}
