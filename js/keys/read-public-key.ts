// Public keys for what makes keyrings, which does not bring what reads them.

import { inputError } from "../base/errors.js";

let read: ((given: unknown) => object) | undefined;

/** @internal */
export function readPublicKeysBy(reader: (given: unknown) => object): void {
  read = reader;
}

/** @internal */
export function readPublicKey(given: unknown): object {
  if (read === undefined) {
    throw inputError(
      "publicKey cannot be read here, where nothing that seals was imported; to open, give keyArn alone",
    );
  }
  return read(given);
}
