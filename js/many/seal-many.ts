import { checkOperationOptions } from "../base/options.js";
import type { Source } from "../io/source.js";
import type { Keyring } from "../keys/keyring.js";
import { MESSAGE_OPTIONS, type SealOptions, seal, sealedSize } from "../message/seal.js";
import { checkMany, MANY_OPTIONS, type ManyOptions, type ManyOutcome, many } from "./many.js";

export interface SealManyOptions extends SealOptions, ManyOptions {}

/**
 * Seals each source to a message of its own, as `seal` does, a few at a time. Each has an outcome:
 * a message or the error that there is none for.
 */
export function sealMany(
  keyring: Keyring,
  sources: Iterable<Source> | AsyncIterable<Source>,
  options: SealManyOptions = {},
): AsyncGenerator<ManyOutcome<Uint8Array<ArrayBuffer>>, void, undefined> {
  checkOperationOptions(options, { ...MESSAGE_OPTIONS, ...MANY_OPTIONS });
  checkMany(sources, options);
  const { encryptionContext, frameLength } = options;
  sealedSize(keyring, 0, { encryptionContext, frameLength }); // refuses what no source could mend
  return many(
    sources,
    (source, operation) => seal(keyring, source, { encryptionContext, frameLength, ...operation }),
    options,
  );
}
