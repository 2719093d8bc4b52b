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
import { preparing, type Reader, readerOf, type Source } from "../io/source.js";
import { type KeyringParts, keyringParts } from "../keys/descriptor.js";
import type { Keyring } from "../keys/keyring.js";
import { sealKeyring } from "../keys/seal-keyring.js";
import { sealWasm } from "../modules/seal.js";
import { Rereadable, type RereadableSource } from "../sealed/rereadable.js";
import { type Sealed, SealedRange } from "../sealed/sealed.js";
import { SealedSession } from "../sealed/session.js";
import type { MessageSealing } from "../wasm/bongtu_seal.js";

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
  const sealing = preparing(reader, () => prepare(keyring, options, reader.size));
  const message = new Collector();
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
  const plaintext = new Rereadable(source);
  const { parts, message, operation } = prepare(keyring, options, plaintext.size);
  const wrap = async () => {
    await plaintext.checkEmptiness(operation);
    message.begin();
    const pieces = message.wrappedPieces(await operation.wait(rsaWrapped(message, parts)));
    return new SealedRange(await SealedSession.make(pieces, plaintext, options));
  };
  return await operation.run(wrap, { session: message });
}

/** The exact length of the message that `plaintextLength` bytes make. */
export function sealedSize(
  keyring: Keyring,
  plaintextLength: number,
  options: MessageOptions = {},
): number {
  if (typeof plaintextLength !== "number") {
    throw inputError("plaintextLength must be a number");
  }
  const message = messageOf(keyringParts(keyring), options, plaintextLength);
  try {
    return message.size;
  } finally {
    message.free();
  }
}

interface Sealing {
  readonly parts: KeyringParts;
  readonly message: MessageSealing;
  readonly operation: Operation;
}

/** Finds out all that is wrong with the arguments, before there is any key. */
function prepare(keyring: Keyring, options: SealOptions, size?: number): Sealing {
  const parts = keyringParts(keyring);
  const message = messageOf(parts, options, size);
  return { parts, message, operation: new Operation(options) };
}

function messageOf(parts: KeyringParts, options: MessageOptions, size?: number): MessageSealing {
  // Whoever asks for a size has the options of `seal` in hand.
  checkOperationOptions<SealOptions>(options, MESSAGE_OPTIONS);
  const context = contextPairs(options.encryptionContext);
  const frameLength = checkNumber(options.frameLength, "frameLength");
  return new (sealWasm().MessageSealing)(sealKeyring(parts), context, frameLength, size);
}

async function run({ parts, message, operation }: Sealing, reader: Reader, sink: Sink) {
  const seal = async () => {
    if (reader.size !== undefined) {
      sink.expect?.(message.size);
    }
    message.begin();
    const session = message.wrapped(await operation.wait(rsaWrapped(message, parts)));
    try {
      operation.check();
      await handOn(sink, [session.header() as Bytes], operation);
      await runFrames({ session, direction: "seal", reader, sink, operation });
    } finally {
      session.free();
    }
  };
  await operation.run(seal, { reader, session: message });
}
