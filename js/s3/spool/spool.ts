// Uploads that survive the tab or process they began in: all is sealed first, to where it stays, and
// uploaded from there. Neither the key nor the plaintext is ever kept
// (docs/architecture.md, "Spool").

import { type Bytes, hexOf, randomName } from "../../base/bytes.js";
import { BongtuError, inputError } from "../../base/errors.js";
import { ignore, Operation, type OperationOptions } from "../../base/operation.js";
import { checkOperationOptions, checkOptions } from "../../base/options.js";
import type { ObjectEnvelope } from "../../object/seal.js";
import { spoolStores } from "../../platform/platform.js";
import type { Sealed } from "../../sealed/sealed.js";
import { checkSealed } from "../request/check-sealed.js";
import { multipartPlan } from "../upload/multipart-plan.js";
import { type SpoolRecord, writeRecord } from "./record.js";
import { type Kept, type Spooled, SpoolHandle } from "./spooled.js";
import { guarded, lockPatiently, quotaError, type SpoolStore, spoolError } from "./store.js";

export interface SpoolPlace {
  /**
   * The folder that spools are kept in, on a local disk; Node requires it. It must be yours,
   * and nobody else may write to it (it is made so if it is not there). Containers that share it need
   * host names of their own.
   */
  readonly folder?: string | undefined;
}

export interface SpoolOptions extends OperationOptions, SpoolPlace {
  /** The name by which you will recognise the spool. No two spools have the same name. */
  readonly name: string;
  /** The part size of the upload, as {@link multipartPlan} takes and chooses it. */
  readonly partSize?: number | undefined;
}

/**
 * Seals everything to the origin private file system, or in Node to a folder, from where
 * {@link uploadParts} uploads it, also in another page or process after this one was closed or
 * killed. Then the source is not needed any more, nor what was sealed, which is yours to dispose of.
 * A browser may clear an origin's storage when its disk is full, unless it has granted
 * `navigator.storage.persist()`.
 *
 * `ERR_QUOTA` when there is no room, `ERR_SPOOL` when there is a spool of this name already or none
 * can be kept here, with the reason: no secure context, a private window, a browser without the
 * storage or without a way to write there from a page, a folder that others may write to. When it
 * fails, nothing is left behind.
 *
 * `spool.available(place)` tells beforehand whether any can be kept.
 */
export async function spool(sealed: Sealed, options: SpoolOptions): Promise<Spooled> {
  checkOperationOptions(options, { name: true, partSize: true, folder: true });
  const record = recordOf(sealed, options);
  const store = await storeOf(options);
  const id = await idOf(record.name);
  const operation = new Operation(options);
  let release: (() => Promise<void>) | undefined;
  try {
    release = await lockPatiently(store, id, () => operation.stopped);
    operation.check();
    if (release === undefined) {
      throw spoolError("a spool of this name is in use by another tab or process");
    }
    if ((await SpoolHandle.find(store, id)) !== undefined) {
      throw spoolError("there is a spool of this name already: go on with it, or delete it");
    }
    const kept = { store, id, record };
    await write(kept, sealed, operation);
    return new SpoolHandle(kept);
  } catch (error) {
    throw operation.stop(error);
  } finally {
    operation.end();
    await release?.();
  }
}

/** Makes an empty file and deletes it: much that a platform has it may refuse. */
spool.available = async (place: SpoolPlace = {}): Promise<boolean> => {
  checkOptions(place, { folder: true });
  if (place.folder === undefined && needsFolder()) {
    return false;
  }
  try {
    const store = await storeOf(place);
    const id = await idOf(randomName());
    const release = await store.lock(id);
    try {
      const writer = await store.create(id);
      await writer.abort();
    } finally {
      await release?.();
    }
    return true;
  } catch (error) {
    if (error instanceof BongtuError && error.code === "ERR_INPUT") {
      throw error;
    }
    return false;
  }
};

export const spooled = {
  /**
   * All spools that can be uploaded, and those that only can be deleted (see `error`). What was cut
   * short while it was sealed is deleted.
   */
  async list(place: SpoolPlace = {}): Promise<Spooled[]> {
    checkOptions(place, { folder: true });
    const store = await storeOf(place);
    const found: Spooled[] = [];
    for (const id of await store.ids()) {
      const handle = await SpoolHandle.find(store, id);
      if (handle !== undefined) {
        found.push(handle);
      } else {
        await deleteUnused(store, id);
      }
    }
    return found.sort((one, other) => (one.name < other.name ? -1 : 1));
  },
};

/** Unless somebody is sealing it at the moment, or has done so meanwhile. */
async function deleteUnused(store: SpoolStore, id: string): Promise<void> {
  const release = await store.lock(id).catch(ofAnotherMachine);
  if (release === undefined) {
    return;
  }
  try {
    if ((await SpoolHandle.find(store, id)) === undefined) {
      await store.delete(id);
    }
  } finally {
    await release();
  }
}

/** Which may be sealing it as well; what else fails has a cause, and is an error still. */
function ofAnotherMachine(error: unknown): undefined {
  if (!(error instanceof BongtuError) || error.cause !== undefined) {
    throw error;
  }
}

/** The ciphertext is closed before there is a record: what has none is cut short. */
async function write({ store, id, record }: Kept, sealed: Sealed, operation: Operation) {
  const room = await store.room();
  if (room !== undefined && room < record.size) {
    throw quotaError();
  }
  // Or an older record, whose ciphertext was cut, might be taken for that of the new one.
  await store.delete(id);
  const writer = await store.create(id);
  const reader = sealed.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await operation.wait(reader.read());
      if (done) {
        break;
      }
      await writer.write(value as Bytes);
      operation.advance(value.length, record.size);
    }
    await writer.close();
    await store.writeRecord(id, writeRecord(record));
  } catch (error) {
    reader.cancel(error).catch(ignore);
    await writer.abort().catch(ignore);
    await store.delete(id).catch(ignore);
    throw error;
  }
}

function recordOf(sealed: Sealed, { name, partSize }: SpoolOptions): SpoolRecord {
  if (typeof name !== "string" || name === "") {
    throw inputError("a spool needs a name");
  }
  if (/\p{Surrogate}/u.test(name)) {
    throw inputError("a name with a lone surrogate is not text");
  }
  checkSealed(sealed);
  const { size, format } = sealed;
  const plan = multipartPlan(sealed, { partSize });
  const { metadata = {}, headers = {}, instructionFile } = sealed as Partial<ObjectEnvelope>;
  const file = instructionFile === undefined ? {} : { instructionFile };
  const id = randomName();
  return { id, name, size, format, metadata, headers, ...file, partSize: plan.partSize, parts: [] };
}

async function storeOf({ folder }: SpoolPlace): Promise<SpoolStore> {
  const stores = spoolStores;
  if (folder !== undefined) {
    if (typeof folder !== "string" || folder === "" || stores.folder === undefined) {
      throw inputError("folder must be the path of a folder, and is for Node only");
    }
    return await guarded(stores.folder)(folder);
  }
  if (needsFolder()) {
    throw inputError("folder is required here: it says where spools are kept");
  }
  return await guarded(stores.origin)();
}

/** Node has no storage of an origin. */
function needsFolder(): boolean {
  return spoolStores.folder !== undefined && globalThis.navigator?.storage === undefined;
}

/** A name as the name of files everywhere, whatever is in it. */
async function idOf(name: string): Promise<string> {
  const { subtle } = crypto as Partial<Crypto>;
  if (subtle === undefined) {
    throw spoolError(
      "no spool can be kept here: this page is not a secure context, so it has no WebCrypto",
    );
  }
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(name));
  return hexOf(new Uint8Array(digest));
}
