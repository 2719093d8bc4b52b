// A Kms in front of another one.

import { checkKms, type Kms, type KmsCallOptions } from "../keys/kms.js";

/** Makes one call of the Kms behind: now or later, once or again. */
type Around = <R>(call: () => Promise<R>, options: KmsCallOptions) => Promise<R>;

/** A Kms with the operations of `kms`, each of whose calls goes through `around`. */
export function wrapped(kms: Kms, around: Around): Kms {
  const { generateDataKey } = checkKms(kms);
  return {
    decrypt: (request, options) => around(async () => kms.decrypt(request, options), options),
    ...(generateDataKey && {
      generateDataKey: (request, options) =>
        around(async () => generateDataKey.call(kms, request, options), options),
    }),
  };
}

/**
 * Under this name a Kms says how often it tries each call by itself. One for all bundles, since the
 * entry that makes them may be bundled apart.
 */
const ATTEMPTS = Symbol.for("bongtu.kms.attempts");

export type Attempts = () => Promise<number | undefined>;

/** Has `kms` say it. */
export function withAttempts<K extends Kms>(kms: K, attempts: Attempts | undefined): K {
  return attempts === undefined ? kms : Object.defineProperty(kms, ATTEMPTS, { value: attempts });
}

/** What a Kms says of it, if anything. */
export function attemptsOf(kms: Kms): Attempts | undefined {
  return (kms as { readonly [ATTEMPTS]?: Attempts })[ATTEMPTS];
}
