// bongtu/inspect: the same `inspect`, all there from the start, for scripts that may not import() (service workers).

import type { OperationOptions } from "./base/operation.js";
import { describe } from "./inspect/describe.js";
import type { Description, ObjectDescription } from "./inspect/description.js";
import * as inspection from "./inspect/inspection.js";
import type { Source } from "./io/source.js";
import type { StoredEnvelope } from "./object/open.js";

export { BongtuError, type BongtuErrorCode } from "./base/errors.js";
export type { OperationOptions, Progress } from "./base/operation.js";
export type { Description, ObjectDescription } from "./inspect/description.js";
export type { Source } from "./io/source.js";
export { ready } from "./modules/ready.js";
export type { StoredEnvelope } from "./object/open.js";

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
  return describe(async () => inspection, given, options);
}
