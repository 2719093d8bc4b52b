// Small secrets: one line of text, for the places that hold strings (docs/formats.md 1.1 and 6.1).

import { type Bytes, bytesOf } from "../base/bytes.js";
import { inputError } from "../base/errors.js";
import { Operation, type OperationOptions } from "../base/operation.js";
import { checkOperationOptions, checkText, contextPairs } from "../base/options.js";
import { wrapDataKey } from "../executor/choose.js";
import type { OaepHash } from "../executor/executor.js";
import { keyringParts } from "../keys/descriptor.js";
import type { Keyring } from "../keys/keyring.js";
import { handleOf, KmsPublicKey } from "../keys/public-key.js";
import { sealKeyring } from "../keys/seal-keyring.js";
import { seal, sealedSize } from "../message/seal.js";
import { sealWasm } from "../modules/seal.js";
import type { SecretForm, SecretOptions, SecretTarget } from "./options.js";

/**
 * Seals a secret, offline, to one line of base64 (RFC 4648 section 4). Text is sealed as UTF-8.
 *
 * Armoured, a secret takes `4 * Math.ceil(sealedSize(keyring, length) / 3)` characters, at most
 * 4,194,304; what is larger is sealed as a message (`seal`). Direct, it has at least 1 byte and at most `publicKey.maxDirectBytes(algorithm)`, and
 * takes 344, 512 or 684 characters; for this a `KmsPublicKey` is enough.
 */
export async function sealSecret(
  key: Keyring | KmsPublicKey,
  secret: string | Uint8Array | ArrayBuffer,
  options: SecretOptions = {},
): Promise<string> {
  const known = { form: true, target: true, encryptionContext: true, algorithm: true } as const;
  checkOperationOptions(options, known);
  const { encryptionContext, signal, onProgress } = options;
  const form = checkText(options.form, "form") ?? "armoured";
  const target = checkText(options.target, "target");
  const direct = sealWasm().isDirectSecret(form, target);
  if (direct) {
    sealWasm().checkDirectContext(contextPairs(encryptionContext));
  }
  const bytes = bytesOfSecret(secret);
  try {
    if (key instanceof KmsPublicKey) {
      if (!direct) {
        throw inputError(
          "a KmsPublicKey seals direct secrets only; an armoured one needs a keyring",
        );
      }
      const algorithm = checkText(options.algorithm, "algorithm");
      const hash = handleOf(key).directHash(algorithm, bytes);
      return await sealDirect(key, hash, bytes, options);
    }
    if (options.algorithm !== undefined) {
      throw inputError("algorithm goes with a KmsPublicKey; a keyring has its own");
    }
    if (direct) {
      const parts = keyringParts(key);
      const hash = sealKeyring(parts).directHash(bytes);
      return await sealDirect(parts.publicKey as KmsPublicKey, hash, bytes, options);
    }
    sealWasm().checkCharacters(target, sealedSize(key, bytes.length, { encryptionContext }));
    return toBase64(await seal(key, bytes, { encryptionContext, signal, onProgress }));
  } finally {
    bytes.fill(0);
  }
}

async function sealDirect(
  publicKey: KmsPublicKey,
  hash: string,
  secret: Bytes,
  options: OperationOptions,
): Promise<string> {
  const operation = new Operation(options);
  return await operation.run(async () => {
    const block = await operation.wait(wrapDataKey(publicKey, hash as OaepHash, secret));
    operation.advance(secret.length, secret.length);
    return toBase64(block);
  });
}

/** A copy, so that the caller may wipe theirs at once. */
function bytesOfSecret(secret: unknown): Bytes {
  if (typeof secret !== "string") {
    const bytes = bytesOf(secret);
    if (bytes === undefined) {
      throw inputError("a secret must be text or bytes");
    }
    return bytes.slice();
  }
  if (/\p{Surrogate}/u.test(secret)) {
    throw inputError("a secret with a lone surrogate is not text");
  }
  return new TextEncoder().encode(secret);
}

function toBase64(bytes: Bytes): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * All forms and targets.
 * @internal
 */
export function secretNames(): {
  readonly forms: readonly SecretForm[];
  readonly targets: readonly SecretTarget[];
} {
  return sealWasm().secretNames();
}
