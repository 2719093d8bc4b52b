import type { Bytes } from "../base/bytes.js";
import { inputError } from "../base/errors.js";
import { checkOptions, checkText } from "../base/options.js";
import { sealWasm } from "../modules/seal.js";
import type { PublicKey } from "../wasm/bongtu_seal.js";
import { publicKeyBytes, publicKeyError } from "./public-key-input.js";
import { readPublicKeysBy } from "./read-public-key.js";

/**
 * A response of KMS GetPublicKey: the SDK's, or what the AWS CLI prints, where `PublicKey` is
 * base64. Where `KeyId` is given, `KeyUsage` must be, too.
 */
export interface GetPublicKeyResponse {
  readonly PublicKey?: Uint8Array | string | undefined;
  readonly KeyId?: string | undefined;
  readonly KeyUsage?: string | undefined;
  readonly KeySpec?: string | undefined;
  readonly EncryptionAlgorithms?: readonly string[] | undefined;
}

/** A JSON Web Key of an RSA key, as `crypto.subtle.exportKey("jwk", …)` gives it. */
export interface RsaJsonWebKey {
  readonly kty?: string | undefined;
  readonly n?: string | undefined;
  readonly e?: string | undefined;
}

/**
 * PEM, DER or base64 of DER (SubjectPublicKeyInfo or PKCS#1), a JWK, or a GetPublicKey response, as
 * text, as the bytes of a file, or as an object.
 */
export type PublicKeyInput =
  | string
  | Uint8Array
  | ArrayBuffer
  | GetPublicKeyResponse
  | RsaJsonWebKey;

export interface PublicKeyOptions {
  /**
   * The ARN the key must belong to; a response for another key is refused. Multi-Region replicas
   * count as the same key.
   */
  readonly keyArn?: string | undefined;
  /**
   * The pin: SHA-256 of the SubjectPublicKeyInfo in lower-case hexadecimal; another key is refused.
   * `undefined` is refused, so that a pin that got lost on its way is noticed.
   */
  readonly spkiSha256?: string;
}

export type EncryptionAlgorithm = "RSAES_OAEP_SHA_1" | "RSAES_OAEP_SHA_256";

const CONSTRUCT = Symbol();

/** @internal */
export let handleOf: (key: KmsPublicKey) => PublicKey;

/** The public half of an AWS KMS key of usage ENCRYPT_DECRYPT: RSA_2048, RSA_3072 or RSA_4096. */
export class KmsPublicKey {
  readonly #key: PublicKey;
  /** `RSA_2048`, `RSA_3072` or `RSA_4096`. */
  readonly keySpec: string;
  /** The ARN from the response or the options; a bare key has none. */
  readonly keyArn: string | undefined;
  /** The key's fingerprint: SHA-256 of its SubjectPublicKeyInfo, in lower-case hexadecimal. */
  readonly spkiSha256: string;
  /** The algorithms with which KMS will decrypt under this key. */
  readonly encryptionAlgorithms: readonly string[];

  private constructor(construct: symbol, key: PublicKey) {
    if (construct !== CONSTRUCT) {
      throw inputError("use KmsPublicKey.parse");
    }
    this.#key = key;
    const { keySpec, keyArn, spkiSha256, encryptionAlgorithms } = key.describe();
    this.keySpec = keySpec;
    this.keyArn = keyArn;
    this.spkiSha256 = spkiSha256;
    this.encryptionAlgorithms = Object.freeze(encryptionAlgorithms);
    Object.freeze(this);
  }

  static parse(input: PublicKeyInput, options: PublicKeyOptions = {}): KmsPublicKey {
    checkOptions(options, { keyArn: true, spkiSha256: true });
    const keyArn = checkText(options.keyArn, "keyArn");
    const spkiSha256 =
      "spkiSha256" in options ? checkText(options.spkiSha256 ?? null, "spkiSha256") : undefined;
    return new KmsPublicKey(CONSTRUCT, parseAny(input, keyArn, spkiSha256));
  }

  /** The most bytes that RSA alone can encrypt, without an envelope. */
  maxDirectBytes(algorithm: EncryptionAlgorithm): number {
    return this.#key.maxDirectBytes(checkText(algorithm, "algorithm") ?? "");
  }

  /** The key as DER, SubjectPublicKeyInfo (RFC 5280). */
  spki(): Uint8Array<ArrayBuffer> {
    return this.#key.spki() as Bytes;
  }

  static {
    handleOf = (key) => {
      // `instanceof` is true of a proxy and of what inherits from a key, too.
      if (!(#key in key)) {
        throw inputError("this is not the KmsPublicKey itself, but made of one");
      }
      return key.#key;
    };
  }
}

readPublicKeysBy((given) =>
  given instanceof KmsPublicKey ? given : KmsPublicKey.parse(given as PublicKeyInput),
);

function parseAny(
  input: PublicKeyInput,
  keyArn: string | undefined,
  spkiSha256: string | undefined,
): PublicKey {
  if (input instanceof KmsPublicKey) {
    throw publicKeyError("this is a KmsPublicKey already. Use it as it is");
  }
  return sealWasm().PublicKey.parse(publicKeyBytes(input), keyArn, spkiSha256);
}
