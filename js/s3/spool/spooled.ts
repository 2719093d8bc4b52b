// A spool that is complete: ciphertext, record, and one who uploads it at a time.

import { BongtuError } from "../../base/errors.js";
import type { Operation } from "../../base/operation.js";
import type { ChecksumAlgorithm } from "../request/upload-request.js";
import type { MultipartPlan } from "../upload/multipart-plan.js";
import {
  type FinishedPart,
  openForUpload,
  type Uploadable,
  type UploadSource,
} from "../upload/source.js";
import {
  damaged,
  type InstructionFile,
  nameIn,
  readRecord,
  type SpoolRecord,
  writeRecord,
} from "./record.js";
import { lockPatiently, type SpoolStore, spoolError, storing } from "./store.js";

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
  /** Those that the server confirmed. */
  readonly parts: readonly FinishedPart[];
  /**
   * Why it can be used for nothing but `delete`: another version of bongtu wrote it, or nobody, or
   * its ciphertext was cut after an upload was begun, which is yours to abort (`uploadId`).
   */
  readonly error?: BongtuError | undefined;
  /** Leaves nothing of it. An upload that was begun has to be aborted at the server by you. */
  delete(): Promise<void>;
}

/** Stands for the record of a spool whose record cannot be read. */
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
  readonly #store: SpoolStore;
  readonly #id: string;
  #record: SpoolRecord;

  constructor(store: SpoolStore, id: string, record: SpoolRecord, error?: BongtuError) {
    this.#store = store;
    this.#id = id;
    this.#record = record;
    this.error = error;
  }

  /** `undefined` for one that was cut short before any upload was begun. */
  static async find(store: SpoolStore, id: string): Promise<SpoolHandle | undefined> {
    let text: string | undefined;
    try {
      for (;;) {
        text = await storing(() => store.readRecord(id));
        if (text === undefined) {
          return undefined;
        }
        const record = readRecord(text);
        const size = (await storing(() => store.size(id))) ?? 0;
        if (size === record.size) {
          return new SpoolHandle(store, id, record);
        }
        if (text !== (await storing(() => store.readRecord(id)))) {
          continue; // it was deleted meanwhile, and perhaps there is another one
        }
        if (size > record.size) {
          throw damaged();
        }
        // Whoever forgot an upload would leave its parts at the server.
        return record.uploadId === undefined
          ? undefined
          : new SpoolHandle(store, id, record, cutShort());
      }
    } catch (error) {
      if (!(error instanceof BongtuError)) {
        throw error;
      }
      const name = (text && nameIn(text)) ?? id;
      return new SpoolHandle(store, id, { ...UNREADABLE, name }, error);
    }
  }

  get name() {
    return this.#record.name;
  }

  get size() {
    return this.#record.size;
  }

  get format() {
    return this.#record.format;
  }

  get metadata() {
    return this.#record.metadata;
  }

  get headers() {
    return this.#record.headers;
  }

  get instructionFile() {
    return this.#record.instructionFile;
  }

  get partSize() {
    return this.#record.partSize;
  }

  get uploadId() {
    return this.#record.uploadId;
  }

  get parts() {
    return this.#record.parts;
  }

  async delete(): Promise<void> {
    const release = await this.#lock();
    try {
      this.#checkSame(await SpoolHandle.find(this.#store, this.#id));
      await storing(() => this.#store.delete(this.#id));
    } finally {
      await storing(release);
    }
  }

  async [openForUpload](): Promise<UploadSource> {
    if (this.error !== undefined) {
      throw this.error;
    }
    const release = await this.#lock();
    try {
      // It may have been gone on with elsewhere since it was listed.
      const now = await SpoolHandle.find(this.#store, this.#id);
      if (now === undefined) {
        throw spoolError("this spool does not exist any more: it was uploaded or deleted");
      }
      if (now.error !== undefined) {
        throw now.error;
      }
      this.#checkSame(now);
      this.#record = now.#record;
    } catch (error) {
      await storing(release);
      throw error;
    }
    const changed = (record: SpoolRecord) => {
      this.#record = record;
    };
    return new SpoolSource(this.#store, this.#id, this.#record, changed, release);
  }

  /** One of this name may have been uploaded, and another one made, since this was listed. */
  #checkSame(now: SpoolHandle | undefined): void {
    const { id } = this.#record;
    if (id !== "" && now !== undefined && now.#record.id !== "" && now.#record.id !== id) {
      throw spoolError(
        "this spool does not exist any more, and another one has its name: list the spools again",
      );
    }
  }

  async #lock(): Promise<() => Promise<void>> {
    const release = await lockPatiently(this.#store, this.#id);
    if (release === undefined) {
      throw spoolError("this spool is in use by another tab or process");
    }
    return release;
  }
}

/** A spool that nobody else uploads meanwhile. */
class SpoolSource implements UploadSource {
  readonly size: number;
  readonly #store: SpoolStore;
  readonly #id: string;
  readonly #changed: (record: SpoolRecord) => void;
  readonly #release: () => Promise<void>;
  readonly #finished: Map<number, FinishedPart>;
  #record: SpoolRecord;
  #saved: Promise<void> = Promise.resolve();

  constructor(
    store: SpoolStore,
    id: string,
    record: SpoolRecord,
    changed: (record: SpoolRecord) => void,
    release: () => Promise<void>,
  ) {
    this.size = record.size;
    this.#store = store;
    this.#id = id;
    this.#record = record;
    this.#changed = changed;
    this.#release = release;
    this.#finished = new Map(record.parts.map((part) => [part.partNumber, part]));
  }

  get uploadId() {
    return this.#record.uploadId;
  }

  get checksum() {
    return this.#record.checksum;
  }

  get finished(): ReadonlyMap<number, FinishedPart> {
    return this.#finished;
  }

  async read(start: number, end: number, operation: Operation) {
    const bytes = await operation.wait(storing(() => this.#store.read(this.#id, start, end)));
    if (bytes.length !== end - start) {
      throw cutShort();
    }
    return bytes;
  }

  async begin(uploadId: string | undefined, checksum: ChecksumAlgorithm | undefined) {
    this.#finished.clear();
    const { uploadId: _, checksum: __, ...record } = this.#record;
    const named = uploadId === undefined ? {} : { uploadId };
    const summed = checksum === undefined ? {} : { checksum };
    await this.#save({ ...record, ...named, ...summed });
  }

  async finish(part: FinishedPart) {
    this.#finished.set(part.partNumber, part);
    await this.#save(this.#record);
  }

  async lose(partNumber: number) {
    this.#finished.delete(partNumber);
    await this.#save(this.#record);
  }

  async delete() {
    await this.#saved.catch(() => undefined);
    await storing(() => this.#store.delete(this.#id));
  }

  async close() {
    await this.#saved.catch(() => undefined);
    await storing(this.#release);
  }

  /** One after the other: parts finish when they like. */
  #save(record: SpoolRecord): Promise<void> {
    const parts = Array.from(this.#finished.values());
    parts.sort((one, other) => one.partNumber - other.partNumber);
    this.#record = { ...record, parts };
    const text = writeRecord(this.#record);
    this.#changed(this.#record);
    const write = () => storing(() => this.#store.writeRecord(this.#id, text));
    this.#saved = this.#saved.then(write);
    return this.#saved;
  }
}

function cutShort(): BongtuError {
  return spoolError("the kept ciphertext is cut short");
}
