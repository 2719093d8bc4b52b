import type { OperationOptions } from "../base/operation.js";
import type { Source } from "../io/source.js";
import { fetched } from "../modules/compile.js";
import type { StoredEnvelope } from "../object/open.js";
import { describe } from "./describe.js";
import type { Description, ObjectDescription } from "./description.js";

/**
 * Describes, without any key, a message or the beginning of one, or an object by its metadata and
 * instruction file.
 */
export function inspect(envelope: StoredEnvelope): Promise<ObjectDescription>;
export function inspect(source: Source, options?: OperationOptions): Promise<Description>;
export function inspect(
  given: Source | StoredEnvelope,
  options: OperationOptions = {},
): Promise<Description | ObjectDescription> {
  // Who seals and opens never looks: what does is fetched by those who do.
  const load = () => fetched(import("./inspection.js"), "that inspects");
  return describe(load, given, options);
}
