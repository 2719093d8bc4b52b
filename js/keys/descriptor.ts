import { inputError } from "../base/errors.js";
import type { Kms } from "./kms.js";
import type { EncryptionAlgorithm, KmsPublicKey } from "./public-key.js";

/** The description of a keyring. There is no secret in it: each module that needs a keyring makes its own from it. */
export interface KeyringDescriptor {
  /** `kms-rsa`: an RSA key in KMS; `kms`: a symmetric one. */
  readonly kind: "kms-rsa" | "kms";
  /** `arn:aws:kms:REGION:ACCOUNT:key/ID`. */
  readonly keyArn: string | undefined;
  /** The key that an RSA keyring seals to; a keyring without it only opens. */
  readonly publicKey: KmsPublicKey | undefined;
  /**
   * The algorithm of an RSA keyring. `undefined` means RSAES_OAEP_SHA_256 for messages and secrets, RSAES_OAEP_SHA_1 for
   * objects, which take no other.
   */
  readonly algorithm: EncryptionAlgorithm | undefined;
  /** It opens what names another ARN, too, under its own. */
  readonly underAnyArn: boolean;
}

/**
 * The parts of a keyring that operations need.
 * @internal
 */
export interface KeyringParts extends Omit<KeyringDescriptor, "kind"> {
  /** `kms-rsa-any` opens what was sealed to any RSA key, under the ARN that is named there. */
  readonly kind: KeyringDescriptor["kind"] | "kms-rsa-any";
  readonly kms: Kms | undefined;
}

/** What a module that takes keyrings over refuses when they are made. */
interface KeyringChecks {
  /** It knows public keys, too. */
  readonly seals: boolean;
  /** Whether it can be asked: `bongtu/slim` has the modules that it is given. */
  readonly isHere: () => boolean;
  /** A key ARN without what may surround it. */
  readonly keyArn: (text: string) => string;
  /** Refuses what does not go together. */
  readonly takeOver: (parts: KeyringParts) => unknown;
}

/** What seals comes first. */
const checks: KeyringChecks[] = [];

/**
 * Says who checks keyrings: the module that seals if a page has it, or else the one that opens. A page
 * with neither has no use of a keyring. So what makes keyrings brings no module by itself.
 * @internal
 */
export function checkKeyringsBy(module: KeyringChecks): void {
  if (module.seals) {
    checks.unshift(module);
  } else {
    checks.push(module);
  }
}

/** @internal */
export function keyringChecks(): Partial<KeyringChecks> {
  return checks.find(({ isHere }) => isHere()) ?? checks[0] ?? {};
}

// Beside the class and not in it: what needs a keyring's parts would need all that makes keyrings.
const partsOf = new WeakMap<object, KeyringParts>();

/** @internal */
export function remember(keyring: object, parts: KeyringParts): void {
  partsOf.set(keyring, parts);
}

/** @internal */
export function keyringParts(keyring: unknown): KeyringParts {
  const parts = partsOf.get(keyring as object);
  if (parts === undefined) {
    throw inputError("the keyring must be made by Keyring.kmsRsa or Keyring.kms");
  }
  return parts;
}

/**
 * Calls `takeOver` once for a keyring, and keeps what it made as long as the keyring is there.
 * @internal
 */
export function once<Handle>(
  takeOver: (parts: KeyringParts) => Handle,
): (parts: KeyringParts) => Handle {
  const taken = new WeakMap<KeyringParts, Handle>();
  return (parts) => {
    const handle = taken.get(parts) ?? takeOver(parts);
    taken.set(parts, handle);
    return handle;
  };
}
