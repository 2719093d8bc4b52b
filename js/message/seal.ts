import type { Bytes } from "../base/bytes.js";
import { inputError } from "../base/errors.js";
import { Operation, type OperationOptions } from "../base/operation.js";
import type { Names } from "../base/option-names.js";
import {
  checkNumber,
  checkOperationOptions,
  contextPairs,
  type EncryptionContext,
} from "../base/options.js";
import { Collector } from "../engine/collect.js";
import { type Duplex, duplex } from "../engine/duplex.js";
import { runFrames } from "../engine/frames.js";
import { handOn, type Sink } from "../engine/pump.js";
import { rsaWrapped } from "../engine/wrap.js";
import { type Reader, readerOf, type Source } from "../io/source.js";
import { type KeyringParts, keyringParts } from "../keys/descriptor.js";
import type { Keyring } from "../keys/keyring.js";
import { sealKeyring } from "../keys/seal-keyring.js";
import { sealWasm } from "../modules/seal.js";
import { type Sealed, SealedRange } from "../sealed/sealed.js";
import {
  checkEmptiness,
  type RereadableSource,
  rereadable,
  SealedSession,
  sizeOf,
} from "../sealed/session.js";
import type { SealSession } from "../wasm/bongtu_seal.js";

/** The options that determine a message's length. */
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

/** @internal */
export const MESSAGE_OPTIONS: Names<MessageOptions> = {
  encryptionContext: true,
  frameLength: true,
};

/** Seals to an AWS Encryption SDK message, offline: algorithm suite 0x0478, framed. */
export async function seal(
  keyring: Keyring,
  source: Source,
  options: SealOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = readerOf(source);
  const message = new Collector();
  let sealing: Sealing;
  try {
    if (reader.size !== undefined) {
      message.expect(sealedSize(keyring, reader.size, options));
    }
    sealing = prepare(keyring, options);
  } catch (error) {
    reader.cancel(error);
    throw error;
  }
  await run(sealing, reader, message);
  return message.take();
}

/** Seals what is written to one side into what is read from the other, in constant memory. */
export function sealStream(keyring: Keyring, options: SealOptions = {}): Duplex {
  const sealing = prepare(keyring, options);
  return duplex(sealing.operation, (reader, sink) => run(sealing, reader, sink));
}

/**
 * Seals to a message of which any part can be had, and had again: each seals just its frames. The
 * data key is wrapped before this resolves, the rest when it is asked for. `signal` and
 * `onProgress` are for all that is read of it; each reading tells its own progress.
 */
export async function sealBlob(
  keyring: Keyring,
  source: RereadableSource,
  options: SealOptions = {},
): Promise<Sealed> {
  const plaintext = rereadable(source);
  const size = sizeOf(plaintext);
  const { keyring: parts, context, frameLength, operation } = prepare(keyring, options);
  const { MessageSealing } = sealWasm();
  let sealing: InstanceType<typeof MessageSealing> | undefined;
  try {
    sealing = new MessageSealing(sealKeyring(parts), context, frameLength, size);
    operation.check();
    await checkEmptiness(plaintext, operation);
    const pieces = sealing.wrappedPieces(await operation.wait(rsaWrapped(sealing, parts)));
    return new SealedRange(await SealedSession.make(pieces, plaintext, size, options));
  } finally {
    sealing?.free();
    operation.end();
  }
}

/** The exact length of the message that `plaintextLength` bytes make. */
export function sealedSize(
  keyring: Keyring,
  plaintextLength: number,
  options: MessageOptions = {},
): number {
  const handle = sealKeyring(keyringParts(keyring));
  // Whoever asks for a size has the options of `seal` in hand.
  checkOperationOptions<SealOptions>(options, MESSAGE_OPTIONS);
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
  const { MessageSealing } = sealWasm();
  const message = new MessageSealing(sealKeyring(keyring), context, frameLength);
  let session: SealSession | undefined;
  try {
    operation.check();
    session = message.wrapped(await operation.wait(rsaWrapped(message, keyring)));
    operation.check();
    await handOn(sink, [session.header() as Bytes], operation);
    await runFrames({ session, direction: "seal", reader, sink, operation });
  } catch (error) {
    const failure = operation.stop(error);
    reader.cancel(failure);
    throw failure;
  } finally {
    message.free();
    session?.free();
    operation.end();
  }
}
