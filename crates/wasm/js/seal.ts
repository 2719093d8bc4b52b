import type { Bytes } from "./bytes.js";
import { Collector } from "./collect.js";
import { type Duplex, duplex } from "./duplex.js";
import { BongtuError, inputError } from "./errors.js";
import { type OaepHash, wrapDataKey } from "./executor/index.js";
import { type Keyring, type KeyringParts, keyringParts } from "./keyring.js";
import { wasm } from "./load.js";
import { Operation, type OperationOptions } from "./operation.js";
import {
  checkNumber,
  checkOperationOptions,
  checkOptions,
  contextPairs,
  type EncryptionContext,
} from "./options.js";
import { handOn, pump, type Sink } from "./pump.js";
import { type Reader, readerOf, type Source } from "./source.js";
import type { SealSession } from "./wasm/bongtu_wasm.js";

/** What determines a message's length. */
export interface MessageOptions {
  /**
   * Authenticated, bound to the data key, and readable by anybody. Names must not begin with
   * `aws-crypto-`.
   */
  readonly encryptionContext?: EncryptionContext | undefined;
  /**
   * Bytes of plaintext per frame, 262,144 unless set. Readers hold a whole frame before they
   * release any of it.
   */
  readonly frameLength?: number | undefined;
}

export interface SealOptions extends MessageOptions, OperationOptions {}

/** Seals to an AWS Encryption SDK message, offline: algorithm suite 0x0478, framed. */
export async function seal(
  keyring: Keyring,
  source: Source,
  options: SealOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const sealing = prepare(keyring, options);
  const reader = readerOf(source);
  const message = new Collector();
  if (reader.size !== undefined) {
    message.expect(sealedSize(keyring, reader.size, options));
  }
  await run(sealing, reader, message);
  return message.take();
}

/** Seals what is written to one side into what is read from the other, in constant memory. */
export function sealStream(keyring: Keyring, options: SealOptions = {}): Duplex {
  const sealing = prepare(keyring, options);
  return duplex(sealing.operation, (reader, sink) => run(sealing, reader, sink));
}

/** The exact length of the message that `plaintextLength` bytes make. */
export function sealedSize(
  keyring: Keyring,
  plaintextLength: number,
  options: MessageOptions = {},
): number {
  const { handle } = keyringParts(keyring);
  checkOptions(options);
  const context = contextPairs(options.encryptionContext);
  const frameLength = checkNumber(options.frameLength, "frameLength");
  if (typeof plaintextLength !== "number") {
    throw inputError("plaintextLength must be a number");
  }
  return handle.sealedSize(context, frameLength, plaintextLength);
}

interface Sealing {
  readonly keyring: KeyringParts;
  readonly context: string[];
  readonly frameLength: number | undefined;
  readonly operation: Operation;
}

/** Finds out all that is wrong with the arguments, before there is any key. */
function prepare(keyring: Keyring, options: SealOptions): Sealing {
  checkOperationOptions(options);
  sealedSize(keyring, 0, options);
  return {
    keyring: keyringParts(keyring),
    context: contextPairs(options.encryptionContext),
    frameLength: options.frameLength,
    operation: new Operation(options),
  };
}

async function run(sealing: Sealing, reader: Reader, sink: Sink): Promise<void> {
  const { keyring, context, frameLength, operation } = sealing;
  const session = new (wasm().SealSession)(keyring.handle, context, frameLength);
  try {
    operation.check();
    await wrap(session, keyring);
    operation.check();
    await handOn(sink, [session.header() as Bytes], operation);
    await pump({ session, direction: "seal", reader, sink, operation });
  } catch (error) {
    const failure = operation.stop(error);
    reader.cancel(failure);
    throw failure;
  } finally {
    session.free();
    operation.end();
  }
}

async function wrap(session: SealSession, { publicKey }: KeyringParts): Promise<void> {
  if (publicKey === undefined) {
    throw new BongtuError("ERR_NO_PUBLIC_KEY", "this keyring has no public key, so it cannot seal");
  }
  const plaintext = session.wrapPlaintext() as Bytes;
  try {
    session.wrapped(await wrapDataKey(publicKey, session.wrapHash() as OaepHash, plaintext));
  } finally {
    plaintext.fill(0);
  }
}
