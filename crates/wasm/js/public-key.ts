import { type Bytes, bytesOf } from "./bytes.js";
import { BongtuError, inputError } from "./errors.js";
import { wasm } from "./load.js";
import { checkOptions, checkText } from "./options.js";
import type { PublicKey } from "./wasm/bongtu_wasm.js";

/**
 * A response of KMS GetPublicKey: the SDK's, or what the AWS CLI prints, where `PublicKey` is
 * base64.
 */
export interface GetPublicKeyResponse {
  readonly PublicKey?: Uint8Array | string | undefined;
  readonly KeyId?: string | undefined;
  readonly KeyUsage?: string | undefined;
  readonly KeySpec?: string | undefined;
  readonly EncryptionAlgorithms?: readonly string[] | undefined;
}

/** PEM, DER, base64 of DER, or the JSON or object of a GetPublicKey response. */
export type PublicKeyInput = string | Uint8Array | ArrayBuffer | GetPublicKeyResponse;

export interface PublicKeyOptions {
  /**
   * The ARN the key must belong to; a response for another key is refused. Multi-Region replicas
   * count as the same key.
   */
  readonly keyArn?: string | undefined;
  /**
   * The pin: SHA-256 of the SubjectPublicKeyInfo in lower-case hexadecimal; another key is refused.
   * Not `undefined`, so that a pin that got lost on its way is noticed.
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
  /** From the response or the options; a bare key does not say which it is. */
  readonly keyArn: string | undefined;
  /** The key's fingerprint: SHA-256 of its SubjectPublicKeyInfo, in lower-case hexadecimal. */
  readonly spkiSha256: string;
  /** What KMS will decrypt with this key. */
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
    checkText(options.keyArn, "keyArn");
    if ("spkiSha256" in options) {
      checkText(options.spkiSha256 ?? null, "spkiSha256");
    }
    return new KmsPublicKey(CONSTRUCT, parseAny(input, options));
  }

  /** How many bytes RSA alone can encrypt, without an envelope. */
  maxDirectBytes(algorithm: EncryptionAlgorithm): number {
    return this.#key.maxDirectBytes(checkText(algorithm, "algorithm") ?? "");
  }

  /** The key as DER, SubjectPublicKeyInfo (RFC 5280). */
  spki(): Uint8Array<ArrayBuffer> {
    return this.#key.spki() as Bytes;
  }

  static {
    handleOf = (key) => key.#key;
  }
}

function parseAny(input: PublicKeyInput, options: PublicKeyOptions): PublicKey {
  const bytes = typeof input === "string" ? utf8(input) : bytesOf(input);
  if (bytes === undefined) {
    return parseResponse(input, options);
  }
  // DER begins with 30, PEM with a dash, base64 of DER with M.
  return /^\s*\{/.test(start(bytes))
    ? parseResponse(parseJson(bytes), options)
    : wasm().PublicKey.parse(bytes, options.keyArn, options.spkiSha256);
}

function parseResponse(response: unknown, options: PublicKeyOptions): PublicKey {
  if (typeof response !== "object" || response === null || Array.isArray(response)) {
    throw inputError(
      "a public key is PEM, DER, base64 or a GetPublicKey response, as text, bytes or object",
    );
  }
  const { PublicKey, KeyId, KeyUsage, KeySpec, EncryptionAlgorithms } =
    response as GetPublicKeyResponse;
  const publicKey = typeof PublicKey === "string" ? fromBase64(PublicKey) : bytesOf(PublicKey);
  if (publicKey === undefined) {
    throw new BongtuError(
      "ERR_PUBLIC_KEY",
      "no GetPublicKey response: its PublicKey must be there, as bytes or base64",
    );
  }
  return wasm().PublicKey.fromResponse(
    publicKey,
    checkText(KeyId, "KeyId"),
    checkText(KeyUsage, "KeyUsage"),
    checkText(KeySpec, "KeySpec"),
    checkTexts(EncryptionAlgorithms, "EncryptionAlgorithms"),
    options.keyArn,
    options.spkiSha256,
  );
}

function parseJson(bytes: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new BongtuError("ERR_PUBLIC_KEY", "a GetPublicKey response that is not JSON", { cause });
  }
}

function checkTexts(value: unknown, name: string): string[] | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (!Array.isArray(value) || value.some((text) => typeof text !== "string")) {
    throw inputError(`${name} must be an array of strings`);
  }
  return value;
}

function fromBase64(text: string): Bytes | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function start(bytes: Bytes): string {
  return new TextDecoder().decode(bytes.subarray(0, 64));
}

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}
