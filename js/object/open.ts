// Opening S3 Encryption Client objects.

import type { Bytes } from "../base/bytes.js";
import { BongtuError } from "../base/errors.js";
import { ignore, Operation, type OperationOptions } from "../base/operation.js";
import { refuseMisspelt } from "../base/option-names.js";
import {
  type CommitmentPolicy,
  checkFlag,
  checkObject,
  checkOperationOptions,
  checkText,
  stringPairs,
} from "../base/options.js";
import { readableOf } from "../engine/duplex.js";
import { TAG_LENGTH } from "../engine/pieces.js";
import { handOn, type Sink } from "../engine/pump.js";
import { unwrapDataKey } from "../engine/unwrap.js";
import { importContentKey } from "../executor/choose.js";
import type { ContentKey } from "../executor/executor.js";
import type { Reader } from "../io/source.js";
import { keyringParts } from "../keys/descriptor.js";
import type { Keyring } from "../keys/keyring.js";
import type { Kms } from "../keys/kms.js";
import { openKeyring } from "../keys/open-keyring.js";
import { openWasm } from "../modules/open.js";
import type { ObjectOpening } from "../wasm/bongtu_open.js";
import { type Body, bodyOf, type ObjectBody } from "./body.js";
import { type BodyRun, releaseUnverified, releaseVerified, verifyBody } from "./chunks.js";
import type { ObjectFormat } from "./seal.js";

/** How an object's data key is wrapped, in the words of the format's version 2. */
export type ObjectWrap = "RSA-OAEP-SHA1" | "kms+context" | "kms";

/** What S3 tells of an object beside its body. */
export interface StoredEnvelope {
  /**
   * User metadata, such as `Metadata` of a GetObject response; names in any case, with or without
   * `x-amz-meta-`.
   */
  readonly metadata: Readonly<Record<string, string>>;
  /** The JSON text of `KEY.instruction`, where there is one. */
  readonly instructionFile?: string | undefined;
}

export interface StoredObject extends StoredEnvelope {
  readonly body: ObjectBody;
  /** `ContentRange` of the GetObject response: a part of an object is refused. */
  readonly contentRange?: string | undefined;
}

export interface OpenObjectOptions extends OperationOptions {
  /**
   * REQUIRE_ENCRYPT_REQUIRE_DECRYPT unless set: objects of version 2, which do not commit to their
   * key, are refused.
   */
  readonly commitmentPolicy?: CommitmentPolicy | undefined;
  /**
   * Reads the body once, releases plaintext at once, and errors the stream at its end if it was not
   * authentic: only for sinks that discard everything then.
   */
  readonly releaseUnverified?: boolean | undefined;
}

export interface OpenedObject {
  /**
   * Decrypted as it is read. To be read to its end or cancelled: it holds the key and what was
   * spilled.
   */
  readonly plaintext: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** In bytes; unknown for a stream with `releaseUnverified`. */
  readonly size: number | undefined;
  readonly format: ObjectFormat;
  /**
   * This is authenticated only if KMS bound it to the key, as with `Keyring.kms`. Under an RSA wrap it
   * is empty when it cannot be read.
   */
  readonly unverifiedMaterialDescription: Record<string, string>;
}

/**
 * Opens an S3 Encryption Client object through the keyring's KMS. Resolves once the body was read
 * and its tag has verified; the plaintext comes of a second reading, every chunk of which must be
 * the one that was verified.
 *
 * Metadata without any name of the format are `ERR_NOT_SEALED`: a plain object, or one whose metadata
 * somebody took away. Whoever lets plain objects pass lets pass what the storage chooses.
 */
export function openObject(
  keyring: Keyring,
  object: StoredObject,
  options: OpenObjectOptions = {},
): Promise<OpenedObject> {
  return openObjectBy(() => keyring, object, options);
}

/**
 * The same where the keyring follows from how the data key is wrapped.
 * @internal
 */
export async function openObjectBy(
  choose: ChooseKeyring,
  object: StoredObject,
  options: OpenObjectOptions,
): Promise<OpenedObject> {
  const opening = prepare(choose, object, options);
  try {
    const { format, materialDescription } = await unwrapDataKey<Unwrapped>(
      opening.session,
      opening.kms,
      opening.operation,
    );
    opening.key = await importContentKey(opening.session.takeContentKey() as Bytes);
    const { size, readOn } = opening.twice ? await verify(opening) : trust(opening);
    const plaintext = release(opening, readOn);
    const unverifiedMaterialDescription = Object.fromEntries(materialDescription);
    return { plaintext, size, format, unverifiedMaterialDescription };
  } catch (error) {
    const failure = opening.operation.stop(error);
    await putAway(opening, failure);
    throw failure;
  }
}

interface Unwrapped {
  readonly format: ObjectFormat;
  readonly materialDescription: readonly (readonly [name: string, value: string])[];
}

interface Opening {
  readonly session: ObjectOpening;
  readonly kms: Kms | undefined;
  readonly body: Body;
  readonly operation: Operation;
  readonly twice: boolean;
  key?: ContentKey;
  over?: true;
}

/** The work that is left to do for the plaintext. */
interface Verdict {
  readonly size: number | undefined;
  readOn(sink: Sink): Promise<void>;
}

type ChooseKeyring = (wrap: ObjectWrap) => Keyring;

function prepare(choose: ChooseKeyring, object: StoredObject, options: OpenObjectOptions): Opening {
  checkObject(object, "the object");
  const twice = Object(options).releaseUnverified !== true;
  const body = bodyOf(object.body, twice);
  try {
    checkWhole(object, Object(options));
    checkOperationOptions(options, { commitmentPolicy: true, releaseUnverified: true });
    checkFlag(options.releaseUnverified, "releaseUnverified");
    refuseMisspelt(object, STORED, "object.");
    return {
      ...unwrapping(choose, object, options),
      body,
      operation: new Operation(options),
      twice,
    };
  } catch (error) {
    body.discard(error).catch(ignore);
    throw error;
  }
}

/** Reads the envelope, and only then asks who opens it. */
function unwrapping(choose: ChooseKeyring, object: StoredEnvelope, options: OpenObjectOptions) {
  const metadata = stringPairs(object.metadata, "metadata", "ERR_METADATA");
  const instructionFile = checkText(object.instructionFile, "instructionFile");
  const policy = checkText(options.commitmentPolicy, "commitmentPolicy");
  const session = new (openWasm().ObjectOpening)(metadata, instructionFile);
  try {
    const parts = keyringParts(choose(session.wrap as ObjectWrap));
    session.by(openKeyring(parts), policy);
    return { session, kms: parts.kms };
  } catch (error) {
    session.free();
    throw error;
  }
}

/** The last as responses of the AWS SDK have it, which somebody may spread here. */
const STORED = ["metadata", "instructionFile", "body", "contentRange", "ContentRange"];

/** The tag is over the whole body, so that a part of it cannot be verified. */
function checkWhole(object: StoredObject, options: object): void {
  const ranged = [object, options].some((given) => "range" in given || "Range" in given);
  const { ContentRange } = object as { ContentRange?: unknown };
  if (ranged || checkText(object.contentRange ?? ContentRange, "contentRange")) {
    throw new BongtuError(
      "ERR_UNSUPPORTED",
      "a part of an object is not opened, since nothing authenticates it: fetch all of it, or seal messages, whose frames are authenticated one by one",
    );
  }
}

/** The first reading of two. */
async function verify(opening: Opening): Promise<Verdict> {
  const { body, operation } = opening;
  const { bodyLength, plaintext } = await reading(opening, body.first(), verifyBody);
  if (plaintext === undefined) {
    const read = (sink: Sink) => (run: BodyRun) => releaseVerified(run, sink, bodyLength);
    const readOn = (sink: Sink) => reading(opening, body.second(), read(sink), bodyLength);
    return { size: bodyLength - TAG_LENGTH, readOn };
  }
  return { size: plaintext.length, readOn: (sink) => handOn(sink, [plaintext], operation) };
}

/** The only reading. */
function trust(opening: Opening): Verdict {
  const { body } = opening;
  const readOn = (sink: Sink) =>
    reading(opening, body.first(), (run) => releaseUnverified(run, sink));
  const size = body.size === undefined ? undefined : Math.max(0, body.size - TAG_LENGTH);
  return { size, readOn };
}

/** One reading, of which the first of two tells the length. */
async function reading<T>(
  { session, key, operation, twice }: Opening,
  opened: Promise<Reader>,
  read: (body: BodyRun) => Promise<T>,
  bodyLength?: number,
): Promise<T> {
  const reader = await operation.wait(opened).catch((error) => {
    // It may still come, and nobody wants it any more.
    opened.then((late) => late.cancel(error), ignore);
    throw error;
  });
  const length = bodyLength ?? reader.size;
  const total = length === undefined ? undefined : (twice ? 2 : 1) * length;
  try {
    return await read({ session, key: key as ContentKey, reader, operation, total });
  } catch (error) {
    reader.cancel(error);
    throw error;
  }
}

function release(opening: Opening, readOn: (sink: Sink) => Promise<void>) {
  const { operation } = opening;
  let begun = false;
  operation.signal.addEventListener("abort", () => {
    if (!begun) {
      putAway(opening, operation.signal.reason);
    }
  });
  const run = async (sink: Sink): Promise<void> => {
    begun = true;
    let failure: unknown;
    try {
      operation.check();
      await readOn(sink);
    } catch (error) {
      failure = operation.stop(error);
      throw failure;
    } finally {
      await putAway(opening, failure);
    }
  };
  return readableOf(() => operation, run);
}

/** Wipes the keys and deletes what was spilled. */
async function putAway(opening: Opening, reason: unknown): Promise<void> {
  const { session, key, body, operation } = opening;
  if (opening.over) {
    return;
  }
  opening.over = true;
  operation.end();
  key?.dispose();
  session.free();
  // If something cannot be deleted, it is ciphertext only and does not change the outcome.
  await body.discard(reason).catch(ignore);
}
