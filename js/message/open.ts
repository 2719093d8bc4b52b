import { ignore, Operation, type OperationOptions } from "../base/operation.js";
import type { Names } from "../base/option-names.js";
import {
  type CommitmentPolicy,
  checkLimits,
  checkOperationOptions,
  checkText,
  contextPairs,
  type EncryptionContext,
  type Limits,
} from "../base/options.js";
import { Collector } from "../engine/collect.js";
import { type Duplex, duplex } from "../engine/duplex.js";
import { runFrames } from "../engine/frames.js";
import type { Sink } from "../engine/pump.js";
import { unwrapDataKey } from "../engine/unwrap.js";
import { preparing, type Reader, readerOf, type Source } from "../io/source.js";
import { keyringParts } from "../keys/descriptor.js";
import type { Keyring } from "../keys/keyring.js";
import { openKeyring } from "../keys/open-keyring.js";
import { openWasm } from "../modules/open.js";
import { readHeader } from "./header.js";

export interface OpenOptions extends OperationOptions {
  /** Pairs that the message's own context must contain. */
  readonly encryptionContext?: EncryptionContext | undefined;
  /**
   * REQUIRE_ENCRYPT_REQUIRE_DECRYPT unless set: messages that do not commit to their key are
   * refused.
   */
  readonly commitmentPolicy?: CommitmentPolicy | undefined;
  /** 16 encrypted data keys, a header of 128 KiB and frames of 64 MiB unless set. */
  readonly limits?: Limits | undefined;
}

/** @internal */
export const OPEN_OPTIONS: Names<Omit<OpenOptions, keyof OperationOptions>> = {
  encryptionContext: true,
  commitmentPolicy: true,
  limits: true,
};

/** The contents of a message's header, after its tag has verified. */
export interface VerifiedHeader {
  readonly encryptionContext: Record<string, string>;
  /** The algorithm suite, such as `0x0478`. */
  readonly suite: string;
  readonly frameLength: number;
}

export interface Opened {
  readonly plaintext: Uint8Array<ArrayBuffer>;
  readonly encryptionContext: Record<string, string>;
  readonly suite: string;
}

export interface OpenDuplex extends Duplex {
  /** Resolves before the first byte of plaintext can be read. */
  readonly header: Promise<VerifiedHeader>;
}

/** Opens an AWS Encryption SDK message through the keyring's KMS. */
export async function open(
  keyring: Keyring,
  source: Source,
  options: OpenOptions = {},
): Promise<Opened> {
  const reader = readerOf(source);
  const opening = preparing(reader, () => prepare(keyring, options));
  const plaintext = new Collector();
  const { encryptionContext, suite } = await run(opening, reader, plaintext, (_, length) => {
    const size = opening.session.plaintextLength((reader.size ?? 0) - length);
    if (size !== undefined) {
      plaintext.expect(size);
    }
  });
  return { plaintext: plaintext.take(), encryptionContext, suite };
}

/**
 * Opens what is written to one side into what is read from the other, in constant memory. Each
 * frame can be read once it has verified; only the end of the readable side says that the message
 * was complete.
 */
export function openStream(keyring: Keyring, options: OpenOptions = {}): OpenDuplex {
  const opening = prepare(keyring, options);
  let resolve!: (header: VerifiedHeader) => void;
  let reject!: (error: unknown) => void;
  const header = new Promise<VerifiedHeader>((...settle) => {
    [resolve, reject] = settle;
  });
  // Whoever only reads learns of a failure there.
  header.catch(ignore);
  const streams = duplex(opening.operation, async (reader, sink) => {
    try {
      await run(opening, reader, sink, resolve);
    } catch (error) {
      reject(error);
      throw error;
    }
  });
  return { ...streams, header };
}

/** The verified header as the session gives it. */
interface Unwrapped {
  readonly suite: string;
  readonly encryptionContext: readonly (readonly [name: string, value: string])[];
  readonly frameLength: number;
}

type Opening = ReturnType<typeof prepare>;

/**
 * Finds out all that is wrong with the arguments. Whoever calls it frees the session.
 * @internal
 */
export function prepare(keyring: Keyring, options: OpenOptions) {
  checkOperationOptions(options, OPEN_OPTIONS);
  const parts = keyringParts(keyring);
  const limits = checkLimits(options.limits);
  const session = new (openWasm().OpenSession)(
    openKeyring(parts),
    contextPairs(options.encryptionContext),
    checkText(options.commitmentPolicy, "commitmentPolicy"),
    limits.maxEncryptedDataKeys,
    limits.maxHeaderLength,
    limits.maxFrameLength,
  );
  return { session, kms: parts.kms, operation: new Operation(options) };
}

/** Calls `verified`, with the header's own length, before any plaintext goes to `sink`. */
async function run(
  { session, kms, operation }: Opening,
  reader: Reader,
  sink: Sink,
  verified: (header: VerifiedHeader, length: number) => void,
): Promise<VerifiedHeader> {
  const open = async () => {
    const { length, rest } = await readHeader(session, reader, operation);
    const { encryptionContext, ...others } = await unwrapDataKey<Unwrapped>(
      session,
      kms,
      operation,
    );
    const header = { encryptionContext: Object.fromEntries(encryptionContext), ...others };
    verified(header, length);
    operation.advance(length, reader.size);
    await runFrames({ session, direction: "open", reader, head: rest, sink, operation });
    return header;
  };
  return await operation.run(open, { reader, session });
}
