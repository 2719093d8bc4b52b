// Opening what stands for a small secret, in whichever form it was sealed.

import type { Bytes } from "../base/bytes.js";
import { BongtuError, inputError } from "../base/errors.js";
import { checkOperationOptions, checkText } from "../base/options.js";
import { unwrapDataKey } from "../engine/unwrap.js";
import type { Keyring } from "../keys/keyring.js";
import { OPEN_OPTIONS, type OpenOptions, open, prepare } from "../message/open.js";
import { openWasm } from "../modules/open.js";
import type { OpenSecretOptions } from "./options.js";

/** The limit `MAX_CHARACTERS` of crates/core/src/secret, with room for line breaks. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

/**
 * Opens what `sealSecret` made, in either form, or another writer of one of them; it may be broken
 * into lines. The options are those of `open`, and `form`. The caller may wipe the result. Text that
 * nobody sealed is `ERR_NOT_SEALED`: do not use it in the secret's place, since whoever stores it
 * chose it.
 *
 * A direct secret costs one `kms:Decrypt` under the keyring's own ARN and algorithm, and has no
 * encryption context: one that is asked for is `ERR_CONTEXT_MISMATCH`. One that is the wrapped data
 * key of a message or object, as far as that can be told, is `ERR_UNWRAP`.
 */
export async function openSecret(
  keyring: Keyring,
  value: string,
  options: OpenSecretOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkOperationOptions(options, { ...OPEN_OPTIONS, form: true });
  const { form, ...others } = options;
  const { direct, bytes } = read(value, checkText(form, "form"));
  return direct
    ? openDirect(keyring, bytes, others)
    : (await open(keyring, bytes, others)).plaintext;
}

/** The text may be a secret that nobody sealed: no copy of it is left behind. */
function read(value: string, form: string | undefined): { direct: boolean; bytes: Bytes } {
  if (typeof value !== "string") {
    throw inputError("a sealed secret must be a string");
  }
  // Before it is copied: whoever stores it chose its length.
  if (value.length > MOST_CHARACTERS) {
    throw new BongtuError(
      "ERR_LIMIT",
      `characters of a sealed secret: ${value.length}, at most ${MOST_CHARACTERS}`,
    );
  }
  const text = new TextEncoder().encode(value);
  try {
    return openWasm().readSecret(text, form);
  } finally {
    text.fill(0);
  }
}

async function openDirect(keyring: Keyring, block: Bytes, options: OpenOptions): Promise<Bytes> {
  const { session, kms, operation } = prepare(keyring, options);
  const open = async () => {
    session.direct(block);
    const secret = await unwrapDataKey<Bytes>(session, kms, operation);
    try {
      operation.advance(block.length, block.length);
    } catch (error) {
      secret.fill(0);
      throw error;
    }
    return secret;
  };
  return await operation.run(open, { session });
}
