import type { OperationOptions } from "../base/operation.js";
import { refuseMisspelt } from "../base/option-names.js";
import { checkOperationOptions } from "../base/options.js";
import { preparing, readerOf, type Source } from "../io/source.js";
import type { StoredEnvelope } from "../object/open.js";
import type { Description, ObjectDescription } from "./description.js";

/** What `inspect` does, wherever its other half, which has the WebAssembly, comes from. */
export async function describe(
  load: () => Promise<typeof import("./inspection.js")>,
  given: Source | StoredEnvelope,
  options: OperationOptions,
): Promise<Description | ObjectDescription> {
  if (isEnvelope(given)) {
    checkOperationOptions(options, {});
    refuseMisspelt(given, ["metadata", "instructionFile"], "object.");
    return (await load()).inspectObject(given);
  }
  const reader = readerOf(given);
  preparing(reader, () => checkOperationOptions(options, {}));
  const { inspectMessage } = await load().catch((failure) => {
    reader.cancel(failure);
    throw failure;
  });
  return inspectMessage(reader, options);
}

function isEnvelope(given: Source | StoredEnvelope): given is StoredEnvelope {
  return typeof given === "object" && given !== null && "metadata" in given;
}
