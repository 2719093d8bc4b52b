import type { OperationOptions } from "../base/operation.js";
import { refuseMisspelt } from "../base/option-names.js";
import { checkOperationOptions } from "../base/options.js";
import { preparing, readerOf, type Source } from "../io/source.js";
import { fetched } from "../modules/compile.js";
import type { StoredEnvelope } from "../object/open.js";
import type { Description, ObjectDescription } from "./description.js";

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
  if (isEnvelope(given)) {
    checkOperationOptions(options, {});
    refuseMisspelt(given, ["metadata", "instructionFile"], "object.");
    return (await inspection()).inspectObject(given);
  }
  const reader = readerOf(given);
  preparing(reader, () => checkOperationOptions(options, {}));
  const { inspectMessage } = await inspection().catch((failure) => {
    reader.cancel(failure);
    throw failure;
  });
  return inspectMessage(reader, options);
}

/** Callers that only seal and open never inspect, so the module for that is fetched when it is first needed. */
function inspection(): Promise<typeof import("./inspection.js")> {
  return fetched(import("./inspection.js"), "that inspects");
}

function isEnvelope(given: Source | StoredEnvelope): given is StoredEnvelope {
  return typeof given === "object" && given !== null && "metadata" in given;
}
