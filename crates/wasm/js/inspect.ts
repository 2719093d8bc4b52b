import { readHeader } from "./header.js";
import { wasm } from "./load.js";
import type { StoredEnvelope } from "./object/open.js";
import type { ObjectFormat } from "./object/seal.js";
import { Operation, type OperationOptions } from "./operation.js";
import { checkOperationOptions, checkText, stringPairs } from "./options.js";
import { Rechunker } from "./rechunk.js";
import { headsOf } from "./records.js";
import { type Reader, readerOf, type Source } from "./source.js";

/** What a message is made of. Nothing in it is verified: anybody could have written it. */
export interface Description {
  readonly format: "message";
  readonly version: number;
  readonly suite: {
    /** Such as `0x0478`. */
    readonly id: string;
    readonly name: string;
    readonly committing: boolean;
    readonly signed: boolean;
  };
  /** In hexadecimal. */
  readonly messageId: string;
  /** Unverified. */
  readonly encryptionContext: Record<string, string>;
  readonly encryptedDataKeys: readonly {
    readonly providerId: string;
    /** Of a KMS keyring: the key's ARN. */
    readonly providerInfo: string;
    readonly ciphertextLength: number;
  }[];
  readonly contentType: "framed" | "nonframed";
  readonly frameLength: number;
  readonly headerLength: number;
  /** The header's bytes, in order and without gaps. */
  readonly fields: readonly {
    readonly name: string;
    readonly start: number;
    readonly length: number;
  }[];
  /** As much of the body as was there. */
  readonly body: {
    readonly frames: number;
    readonly plaintextLength: number;
    readonly length: number;
    /** The final frame was there; no tag was checked. */
    readonly complete: boolean;
    /** Offset in the message. */
    readonly finalFrameStart?: number;
  };
}

/** As it crosses from WebAssembly: an object would lose a pair named `__proto__`. */
type Described = Omit<Description, "encryptionContext"> & {
  readonly encryptionContext: readonly (readonly [name: string, value: string])[];
};

/** What an object's envelope says. Nothing in it is verified: anybody could have written it. */
export interface ObjectDescription {
  readonly format: "object";
  readonly version: ObjectFormat;
  /** As the format names it: `AES/GCM/NoPadding` or `115`. */
  readonly contentAlgorithm: string;
  readonly committing: boolean;
  readonly wrap: "RSA-OAEP-SHA1" | "kms+context" | "kms";
  /** In bytes. */
  readonly wrappedKeyLength: number;
  /** Under a KMS wrap it is the encryption context. */
  readonly materialDescription: Record<string, string>;
  /** What some writers note of the plaintext, in bytes; it may as well be wrong. */
  readonly plaintextLength?: number;
}

/**
 * Describes, without any key, a message or the beginning of one, or an object by its metadata and
 * instruction file.
 */
export function inspect(envelope: StoredEnvelope): Promise<ObjectDescription>;
export function inspect(source: Source, options?: OperationOptions): Promise<Description>;
export async function inspect(
  given: Source | StoredEnvelope,
  options: OperationOptions = {},
): Promise<Description | ObjectDescription> {
  checkOperationOptions(options);
  return isEnvelope(given) ? inspectObject(given) : inspectMessage(readerOf(given), options);
}

function isEnvelope(given: Source | StoredEnvelope): given is StoredEnvelope {
  return typeof given === "object" && given !== null && "metadata" in given;
}

function inspectObject({ metadata, instructionFile }: StoredEnvelope): ObjectDescription {
  const pairs = stringPairs(metadata, "metadata", "ERR_METADATA");
  const file = checkText(instructionFile, "instructionFile");
  const { materialDescription, plaintextLength, ...others } = wasm().inspectObject(pairs, file);
  return {
    format: "object",
    ...others,
    materialDescription: Object.fromEntries(materialDescription),
    ...(plaintextLength === undefined ? {} : { plaintextLength }),
  };
}

async function inspectMessage(reader: Reader, options: OperationOptions): Promise<Description> {
  const operation = new Operation(options);
  const session = new (wasm().InspectSession)();
  try {
    const { length, rest } = await readHeader(session, reader, operation);
    operation.advance(length, reader.size);
    const blocks = new Rechunker(reader, session.blockLength, session.lookahead, rest);
    let last = false;
    while (!last) {
      const block = await operation.wait(blocks.next());
      session.plan(headsOf(session, block.bytes), block.bytes.length, block.last);
      operation.advance(block.bytes.length, reader.size);
      last = block.last;
    }
    const { encryptionContext, ...others } = session.describe() as Described;
    return { encryptionContext: Object.fromEntries(encryptionContext), ...others };
  } catch (error) {
    const failure = operation.stop(error);
    reader.cancel(failure);
    throw failure;
  } finally {
    session.free();
    operation.end();
  }
}
