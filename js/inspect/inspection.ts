// The work of inspect, once this module is fetched.

import { Operation, type OperationOptions } from "../base/operation.js";
import { checkText, stringPairs } from "../base/options.js";
import { Rechunker } from "../engine/rechunk.js";
import { headsOf, type Layout } from "../engine/records.js";
import type { Reader } from "../io/source.js";
import { readHeader } from "../message/header.js";
import { inspectWasm } from "../modules/inspect.js";
import type { StoredEnvelope } from "../object/open.js";
import type { Description, ObjectDescription } from "./description.js";

/** A description as it crosses from WebAssembly. Pairs are a list there, because an object would lose a pair named `__proto__`. */
type Described = Omit<Description, "encryptionContext"> & {
  readonly encryptionContext: readonly (readonly [name: string, value: string])[];
};

export function inspectObject({ metadata, instructionFile }: StoredEnvelope): ObjectDescription {
  const pairs = stringPairs(metadata, "metadata", "ERR_METADATA");
  const file = checkText(instructionFile, "instructionFile");
  const { materialDescription, unreadableDescription, plaintextLength, ...others } =
    inspectWasm().inspectObject(pairs, file);
  return {
    format: "object",
    ...others,
    materialDescription: Object.fromEntries(materialDescription),
    ...(unreadableDescription === undefined ? {} : { unreadableDescription }),
    ...(plaintextLength === undefined ? {} : { plaintextLength }),
  };
}

export async function inspectMessage(
  reader: Reader,
  options: OperationOptions,
): Promise<Description> {
  const operation = new Operation(options);
  const session = new (inspectWasm().InspectSession)();
  const look = async () => {
    const { length, rest } = await readHeader(session, reader, operation);
    operation.advance(length, reader.size);
    const layout = session.layout() as Layout;
    const blocks = new Rechunker(reader, layout.blockLength, layout.lookahead, rest);
    let last = false;
    while (!last) {
      const block = await operation.wait(blocks.next());
      session.plan(headsOf(layout, block.bytes), block.bytes.length, block.last);
      operation.advance(block.bytes.length, reader.size);
      last = block.last;
    }
    const { encryptionContext, ...others } = session.describe() as Described;
    return { encryptionContext: Object.fromEntries(encryptionContext), ...others };
  };
  return await operation.run(look, { reader, session });
}
