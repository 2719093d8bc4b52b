import { BongtuError, inputError } from "../base/errors.js";
import type { Operation } from "../base/operation.js";
import { wipeAnswer } from "./kms-answer.js";
import type { EncryptionAlgorithm } from "./public-key.js";

/** A request of KMS Decrypt, in the AWS SDK's shape: of an RSA key or of a symmetric one. */
export interface KmsDecryptRequest {
  readonly KeyId: string;
  readonly CiphertextBlob: Uint8Array<ArrayBuffer>;
  readonly EncryptionAlgorithm?: EncryptionAlgorithm;
  readonly EncryptionContext?: Record<string, string>;
}

export interface KmsDecryptResponse {
  readonly KeyId?: string | undefined;
  /** Wiped once it was used. */
  readonly Plaintext?: Uint8Array | undefined;
}

/** A request of KMS GenerateDataKey, in the AWS SDK's shape. */
export interface KmsGenerateDataKeyRequest {
  readonly KeyId: string;
  readonly KeySpec: "AES_256";
  readonly EncryptionContext: Record<string, string>;
}

export interface KmsGenerateDataKeyResponse extends KmsDecryptResponse {
  readonly CiphertextBlob?: Uint8Array | undefined;
}

export interface KmsCallOptions {
  readonly signal: AbortSignal;
}

/**
 * Decrypts data keys, and makes data keys under symmetric keys: KMS, or whatever stands in for it.
 * `bongtu/aws` makes one of an AWS SDK client. It fails by rejecting with an error whose `name` is
 * KMS's (`AccessDeniedException`, …).
 */
export interface Kms {
  decrypt(request: KmsDecryptRequest, options: KmsCallOptions): Promise<KmsDecryptResponse>;
  /** Only sealing with `Keyring.kms` needs it. */
  generateDataKey?(
    request: KmsGenerateDataKeyRequest,
    options: KmsCallOptions,
  ): Promise<KmsGenerateDataKeyResponse>;
}

export function checkKms(kms: Kms): Kms {
  if (typeof kms?.decrypt !== "function") {
    throw inputError("kms must have a decrypt method");
  }
  return kms;
}

/** How a call to KMS went. */
export type Outcome<R> = { readonly response: R | undefined } | { readonly failure: unknown };

/** Calls KMS; a plaintext that comes when nobody waits for it any more is wiped. */
export function ask<R extends KmsDecryptResponse>(
  call: (options: KmsCallOptions) => Promise<R>,
  operation: Operation,
): Promise<Outcome<R>> {
  const settled = async (): Promise<Outcome<R>> => {
    try {
      const response = await call({ signal: operation.signal });
      if (operation.stopped) {
        wipeAnswer(response);
      }
      return { response };
    } catch (failure) {
      // A Kms that bongtu made says that it was set up wrongly.
      if (failure instanceof BongtuError && failure.code === "ERR_INPUT") {
        throw failure;
      }
      return { failure };
    }
  };
  return operation.wait(settled());
}

/** Encryption contexts cross from WebAssembly as pairs. */
export function sdkRequest<R>(request: unknown): R {
  const { EncryptionContext: pairs, ...others } = request as { EncryptionContext?: [] };
  return (
    pairs === undefined ? others : { ...others, EncryptionContext: Object.fromEntries(pairs) }
  ) as R;
}

/** The key that a response names, if the name is text: Rust takes nothing else. */
export function keyIdOf(response: KmsDecryptResponse | undefined): string | undefined {
  return typeof response?.KeyId === "string" ? response.KeyId : undefined;
}

/** The failure of a call that nothing else is tried after. */
export function kmsError(failure: unknown): BongtuError {
  return new BongtuError("ERR_KMS", `the request to KMS failed: ${nameOf(failure)}`, {
    cause: failure,
  });
}

/** Any value may be thrown, and an error's name be any value or none to be read; Rust takes nothing but text. */
export function nameOf(failure: unknown): string {
  try {
    const name: unknown = failure instanceof Error ? failure.name : undefined;
    return typeof name === "string" && name !== "" ? name.slice(0, LONGEST_NAME) : NAMELESS;
  } catch {
    return NAMELESS;
  }
}

/** Names of AWS have some thirty characters. */
const LONGEST_NAME = 100;
const NAMELESS = "an error without a name";
