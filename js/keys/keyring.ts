import { inputError } from "../base/errors.js";
import { checkOptions, checkText } from "../base/options.js";
import {
  type KeyringDescriptor,
  type KeyringParts,
  keyringChecks,
  remember,
} from "./descriptor.js";
import { checkKms, type Kms } from "./kms.js";
import type { EncryptionAlgorithm, KmsPublicKey, PublicKeyInput } from "./public-key.js";
import { readPublicKey } from "./read-public-key.js";

export interface KmsRsaOptions {
  /** The key that data is sealed to; a keyring without it only opens. */
  readonly publicKey?: KmsPublicKey | PublicKeyInput | undefined;
  /**
   * `arn:aws:kms:REGION:ACCOUNT:key/ID`; neither an alias nor a bare id. Needed unless `publicKey`
   * came with it.
   */
  readonly keyArn?: string | undefined;
  /** RSAES_OAEP_SHA_256 unless set, and RSAES_OAEP_SHA_1 for objects, which take no other. Messages do not
   * record it: whoever opens one must know it. */
  readonly algorithm?: EncryptionAlgorithm | undefined;
  /** The KMS that opens; a keyring without it only seals. */
  readonly kms?: Kms | undefined;
  /**
   * Whether it also opens messages that name another ARN than `keyArn`, by asking `kms` for `keyArn`: for
   * data that was sealed under an ARN with a mistake in it. docs/opening.md says more.
   */
  readonly underAnyArn?: boolean | undefined;
}

export interface KmsOptions {
  /** `arn:aws:kms:REGION:ACCOUNT:key/ID` of a symmetric key. */
  readonly keyArn: string;
  /** Asked at every seal (`generateDataKey`) and every open (`decrypt`). */
  readonly kms: Kms;
}

const CONSTRUCT = Symbol();

/** Only this module can make a keyring; the class hands out its constructor while it is being defined. */
let make: (parts: KeyringParts) => Keyring;

/** Says how data keys are wrapped and unwrapped. */
export class Keyring implements KeyringDescriptor {
  readonly #parts: KeyringParts;

  private constructor(construct: symbol, parts: KeyringParts) {
    if (construct !== CONSTRUCT) {
      throw inputError("use Keyring.kmsRsa or Keyring.kms");
    }
    this.#parts = parts;
    remember(this, parts);
    keyringChecks().takeOver?.(parts);
    Object.freeze(this);
  }

  /** An RSA key in KMS: seals offline to its public half, opens by `kms:Decrypt`. */
  static kmsRsa(options: KmsRsaOptions): Keyring {
    checkOptions(options, {
      publicKey: true,
      keyArn: true,
      algorithm: true,
      kms: true,
      underAnyArn: true,
    });
    const algorithm = checkText(options.algorithm, "algorithm") as EncryptionAlgorithm | undefined;
    const kms = options.kms === undefined ? undefined : checkKms(options.kms);
    const { publicKey: given } = options;
    const publicKey = given === undefined ? undefined : (readPublicKey(given) as KmsPublicKey);
    const keyArn = checkKeyArn(options.keyArn === undefined ? publicKey?.keyArn : options.keyArn);
    const { underAnyArn = false } = options;
    if (typeof underAnyArn !== "boolean") {
      throw inputError("underAnyArn must be true or false");
    }
    const what = { kind: "kms-rsa", keyArn, publicKey, algorithm, underAnyArn } as const;
    return new Keyring(CONSTRUCT, { ...what, kms });
  }

  /**
   * A symmetric key in KMS, for S3 objects: their data keys are made and decrypted by KMS, so
   * sealing needs it too. Messages cannot be sealed or opened with it.
   */
  static kms(options: KmsOptions): Keyring {
    checkOptions(options, { keyArn: true, kms: true });
    const keyArn = checkKeyArn(options.keyArn);
    return new Keyring(CONSTRUCT, { ...NONE, kind: "kms", keyArn, kms: checkKms(options.kms) });
  }

  get kind(): KeyringDescriptor["kind"] {
    const { kind } = this.#parts;
    return kind === "kms-rsa-any" ? "kms-rsa" : kind;
  }

  get keyArn(): string | undefined {
    return this.#parts.keyArn;
  }

  get publicKey(): KmsPublicKey | undefined {
    return this.#parts.publicKey;
  }

  get algorithm(): EncryptionAlgorithm | undefined {
    return this.#parts.algorithm;
  }

  get underAnyArn(): boolean {
    return this.#parts.underAnyArn;
  }

  static {
    make = (parts) => new Keyring(CONSTRUCT, parts);
  }
}

const NONE = {
  keyArn: undefined,
  publicKey: undefined,
  algorithm: undefined,
  underAnyArn: false,
} as const;

/**
 * Opens what was sealed to any KMS RSA key, asking `kms` under the ARN that the message names, or
 * without any where none is named: for the command line, which may hold the private key itself. Such a
 * request has no `KeyId`, which no `Kms` of a caller ever meets.
 * @internal
 */
export function kmsRsaAnyKey(kms: Kms, algorithm?: EncryptionAlgorithm): Keyring {
  return make({ ...NONE, kind: "kms-rsa-any", algorithm, kms });
}

/**
 * A key ARN without what may surround it.
 * @internal
 */
export function checkKeyArn(keyArn: unknown): string {
  if (typeof keyArn !== "string") {
    throw inputError("keyArn must be a string; only a GetPublicKey response brings its own");
  }
  return keyringChecks().keyArn?.(keyArn) ?? keyArn;
}
