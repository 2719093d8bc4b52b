import { readHeader } from "./header.js";
import { wasm } from "./load.js";
import { Operation, type OperationOptions } from "./operation.js";
import { checkOperationOptions } from "./options.js";
import { Rechunker } from "./rechunk.js";
import { headsOf } from "./records.js";
import { readerOf, type Source } from "./source.js";

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

/** Describes a message, or the beginning of one, without any key. */
export async function inspect(
  source: Source,
  options: OperationOptions = {},
): Promise<Description> {
  checkOperationOptions(options);
  const reader = readerOf(source);
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
