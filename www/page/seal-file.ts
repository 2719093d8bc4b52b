// The sealing itself, to each target. All of it is kept in memory, as the comparison at the end will need it.

import {
  BongtuError,
  CustomerKey,
  type ObjectPlace,
  type Progress,
  sealedSize,
  sealObject,
  sealStream,
} from "bongtu";

import { DemoError } from "./errors.ts";
import type { Recipient } from "./key.ts";
import type { Target } from "./target.ts";

/** A file and what became of it. */
export interface SealedFile {
  target: Target;
  file: File;
  form: Form;
  /** A message, or an object's body. */
  sealed: Blob;
  /** The metadata of an object. */
  metadata: Record<string, string>;
  /** With SSE-C the file stays as it is, and the message holds the customer key. */
  customer?: { key: CustomerKey; place: ObjectPlace; endpoint: string };
}

/** The type of sealed bytes. */
export type Form = "message" | "object";

type Seal = (
  recipient: Recipient,
  file: File,
  options: { signal: AbortSignal; onProgress: (progress: Progress) => void },
) => Promise<SealedFile>;

const sealToMessage: Seal = async (
  { keyring, encryptionContext },
  file,
  { signal, onProgress },
) => {
  try {
    // #region seal-message
    const sealing = sealStream(keyring, { encryptionContext, signal, onProgress });
    const frames = await collect(file.stream().pipeThrough(sealing));
    const sealed = new Blob(frames);
    // #endregion
    if (sealed.size !== sealedSize(keyring, file.size, { encryptionContext })) {
      throw new DemoError("DEMO_FILE_CHANGED");
    }
    return { target: "message", file, form: "message", sealed, metadata: {} };
  } catch (error) {
    // Only the file's own stream can have ended it then.
    if (error instanceof BongtuError && error.code === "ERR_ABORTED" && !signal.aborted) {
      throw new DemoError("DEMO_FILE_READ");
    }
    throw error;
  }
};

const sealToObject: Seal = async ({ keyring }, file, { signal, onProgress }) => {
  // #region seal-object
  const object = await sealObject(keyring, file, { format: "v3", signal, onProgress });
  try {
    const { metadata } = object;
    const sealed = await object.blob();
    return { target: "object", file, form: "object", sealed, metadata };
  } finally {
    object.dispose();
  }
  // #endregion
};

const sealCustomerKey: Seal = async (
  { keyring, encryptionContext, bucket, endpoint },
  file,
  { signal },
) => {
  const place = { bucket, key: `sealed/${crypto.randomUUID()}` };
  // #region seal-customer-key
  const key = CustomerKey.generate();
  try {
    const sealed = new Blob([await key.seal(keyring, { ...place, encryptionContext, signal })]);
    const customer = { key, place, endpoint };
    return { target: "customerKey", file, form: "message", sealed, metadata: {}, customer };
  } catch (error) {
    key.dispose(); // otherwise the upload still needs it
    throw error;
  }
  // #endregion
};

export const sealFile: Record<Target, Seal> = {
  message: sealToMessage,
  object: sealToObject,
  customerKey: sealCustomerKey,
};

async function collect<Chunk>(stream: ReadableStream<Chunk>): Promise<Chunk[]> {
  const reader = stream.getReader();
  const chunks: Chunk[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    chunks.push(value);
  }
}
