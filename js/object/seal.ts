// Sealing S3 Encryption Client objects.

import type { Bytes } from "../base/bytes.js";
import { BongtuError } from "../base/errors.js";
import { Operation, type OperationOptions } from "../base/operation.js";
import {
  checkFlag,
  checkNumber,
  checkOperationOptions,
  checkText,
  stringPairs,
} from "../base/options.js";
import { type Duplex, duplex } from "../engine/duplex.js";
import { type PieceLayout, sealPieces } from "../engine/pieces.js";
import { handOn, type Sink } from "../engine/pump.js";
import { type Block, Rechunker } from "../engine/rechunk.js";
import { generateDataKey, rsaWrapped } from "../engine/wrap.js";
import { importContentKey } from "../executor/choose.js";
import type { Reader } from "../io/source.js";
import { keyringParts } from "../keys/descriptor.js";
import type { Keyring } from "../keys/keyring.js";
import { sealKeyring } from "../keys/seal-keyring.js";
import { sealWasm } from "../modules/seal.js";
import { Rereadable, type RereadableSource } from "../sealed/rereadable.js";
import { type Sealed, SealedRange } from "../sealed/sealed.js";
import { SealedSession } from "../sealed/session.js";
import type { Pieces } from "../wasm/bongtu_seal.js";

/** A version of the format. */
export type ObjectFormat = "v2" | "v3";

export interface ObjectOptions extends OperationOptions {
  /** `v3`, which commits to its key, unless set; `v2` is for readers from before 2025. */
  readonly format?: ObjectFormat | undefined;
  /**
   * Stored in the metadata, readable by anybody. Under an RSA key it is bound to nothing: whoever
   * can write the metadata can change it. Under a symmetric KMS key it is the encryption context.
   */
  readonly materialDescription?: Readonly<Record<string, string>> | undefined;
  /** Puts the wrapped key into an object of its own beside this one. */
  readonly instructionFile?: boolean | undefined;
}

export interface ObjectStreamOptions extends ObjectOptions {
  /** Bytes of plaintext, where that is known. */
  readonly size?: number | undefined;
}

/** The parts that are stored beside an object's body. */
export interface ObjectEnvelope {
  /** User metadata, names without `x-amz-meta-`, as the AWS SDK's `Metadata` takes them. */
  readonly metadata: Record<string, string>;
  /** The same as HTTP headers. */
  readonly headers: Record<string, string>;
  /** To be stored under the object's own key and `suffix`, before the object. */
  readonly instructionFile?: InstructionFile;
}

export interface InstructionFile {
  readonly suffix: ".instruction";
  readonly metadata: Record<string, string>;
  readonly body: string;
}

/** The body, and what goes with it. */
export interface SealedObject extends Sealed, ObjectEnvelope {
  readonly format: ObjectFormat;
  /** The body's, exactly; it is `size` under its header's name. */
  readonly contentLength: number;
}

export interface SealedObjectStream extends Duplex, ObjectEnvelope {
  /** The body's, where the plaintext's size was given. */
  readonly contentLength?: number;
}

/**
 * Seals to an S3 Encryption Client object, whose body can be had in any parts, in any order and
 * again. `signal` and `onProgress` are for all that is read of it; each reading tells its own
 * progress.
 */
export async function sealObject(
  keyring: Keyring,
  source: RereadableSource,
  options: ObjectOptions = {},
): Promise<SealedObject> {
  const plaintext = new Rereadable(source);
  checkOperationOptions(options, OBJECT_OPTIONS);
  const sealing = prepare(keyring, options);
  try {
    await plaintext.checkEmptiness(sealing.operation);
    const { pieces, envelope } = await wrap(sealing, plaintext.size);
    const session = await SealedSession.make(pieces, plaintext, options);
    const body = new SealedRange(session, sealing.format);
    return Object.assign(body, envelope, { contentLength: body.size });
  } finally {
    sealing.operation.end();
  }
}

/**
 * Seals what is written to one side into the body that is read from the other, in constant memory.
 * The metadata are there before the first byte.
 */
export async function sealObjectStream(
  keyring: Keyring,
  options: ObjectStreamOptions = {},
): Promise<SealedObjectStream> {
  checkOperationOptions(options, { ...OBJECT_OPTIONS, size: true });
  const size = checkNumber(options.size, "size");
  const sealing = prepare(keyring, options);
  const { operation } = sealing;
  const { pieces, envelope } = await wrap(sealing, size).catch((error) => {
    operation.end();
    throw error;
  });
  const contentLength = (pieces.layout() as PieceLayout).size;
  const streams = duplex(operation, (reader, sink) =>
    run({ pieces, size, operation }, reader, sink),
  );
  return { ...streams, ...envelope, ...(contentLength === undefined ? {} : { contentLength }) };
}

type Sealing = ReturnType<typeof prepare>;

const OBJECT_OPTIONS = { format: true, materialDescription: true, instructionFile: true } as const;

function prepare(keyring: Keyring, options: ObjectOptions) {
  const { format, materialDescription, instructionFile } = options;
  return {
    keyring: keyringParts(keyring),
    format: (checkText(format, "format") ?? "v3") as ObjectFormat,
    description:
      materialDescription === undefined
        ? []
        : stringPairs(materialDescription, "materialDescription", "ERR_CONTEXT"),
    instructionFile: checkFlag(instructionFile, "instructionFile"),
    operation: new Operation(options),
  };
}

async function wrap(
  { keyring, format, description, instructionFile, operation }: Sealing,
  size: number | undefined,
): Promise<{ readonly pieces: Pieces; readonly envelope: ObjectEnvelope }> {
  const { ObjectSealing } = sealWasm();
  const sealing = new ObjectSealing(
    sealKeyring(keyring),
    format,
    description,
    instructionFile,
    size,
  );
  try {
    operation.check();
    const pieces =
      sealing.wrapHash() === undefined
        ? await generateDataKey(sealing, keyring, operation)
        : sealing.wrapped(await operation.wait(rsaWrapped(sealing, keyring)));
    return { pieces, envelope: envelopeOf(sealing.head()) };
  } finally {
    sealing.free();
  }
}

/** The head as the session gives it. */
interface Head {
  readonly metadata: readonly (readonly [name: string, value: string])[];
  readonly instructionFile: string | undefined;
}

/**
 * The names around the metadata, which Rust has as well: to make these objects there would cost each
 * page that seals 0.6 KB. Tests compare the two.
 */
function envelopeOf({ metadata, instructionFile: body }: Head): ObjectEnvelope {
  const envelope = {
    metadata: Object.fromEntries(metadata),
    headers: Object.fromEntries(metadata.map(([name, value]) => [`x-amz-meta-${name}`, value])),
  };
  const marker = { "x-amz-crypto-instr-file": "" };
  return body === undefined
    ? envelope
    : { ...envelope, instructionFile: { suffix: ".instruction", metadata: marker, body } };
}

interface Running {
  readonly pieces: Pieces;
  /** The size of the plaintext, where it was given. */
  readonly size: number | undefined;
  readonly operation: Operation;
}

/** The body of a stream. */
async function run({ pieces, size, operation }: Running, reader: Reader, sink: Sink) {
  const { blockPieces, pieceLength } = pieces.layout() as PieceLayout;
  const blocks = new Rechunker(reader, blockPieces * pieceLength, 0);
  let length = 0;
  const next = async (): Promise<Block> => {
    const block = await blocks.next();
    length += block.bytes.length;
    if (size !== undefined && (length > size || block.last !== (length === size))) {
      throw new BongtuError("ERR_SOURCE", `the source does not have the ${size} bytes it promised`);
    }
    if (size === undefined && block.last) {
      pieces.end(length);
    }
    return block;
  };
  try {
    operation.check();
    const key = await importContentKey(pieces.takeContentKey() as Bytes);
    try {
      await sealPieces({ pieces, key, operation, sink, first: 0, next, progress: { total: size } });
    } finally {
      key.dispose();
    }
    await handOn(sink, [pieces.tail() as Bytes], operation);
  } catch (error) {
    pieces.fail();
    throw operation.stop(error);
  } finally {
    blocks.wipe();
    pieces.free();
    operation.end();
  }
}
