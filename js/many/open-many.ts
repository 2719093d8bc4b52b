import { checkOperationOptions } from "../base/options.js";
import type { Source } from "../io/source.js";
import type { Keyring } from "../keys/keyring.js";
import { OPEN_OPTIONS, type Opened, type OpenOptions, open, prepare } from "../message/open.js";
import { checkMany, MANY_OPTIONS, type ManyOptions, type ManyOutcome, many } from "./many.js";

export interface OpenManyOptions extends OpenOptions, ManyOptions {}

/**
 * Opens each message as `open` does, a few at a time. Each has an outcome: what was opened, or the
 * error that there is nothing for. KMS is asked once for each message; `throttled` and `retrying`
 * keep to its quotas.
 */
export function openMany(
  keyring: Keyring,
  messages: Iterable<Source> | AsyncIterable<Source>,
  options: OpenManyOptions = {},
): AsyncGenerator<ManyOutcome<Opened>, void, undefined> {
  checkOperationOptions(options, { ...OPEN_OPTIONS, ...MANY_OPTIONS });
  checkMany(messages, options);
  const { encryptionContext, commitmentPolicy, limits } = options;
  const each = { encryptionContext, commitmentPolicy, limits };
  prepare(keyring, each).session.free(); // refuses what no message could mend
  return many(
    messages,
    (message, operation) => open(keyring, message, { ...each, ...operation }),
    options,
  );
}
