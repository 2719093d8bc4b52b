import type { EncryptionAlgorithm } from "./public-key.js";

/** A request of KMS Decrypt, in the AWS SDK's shape. */
export interface KmsDecryptRequest {
  readonly KeyId: string;
  readonly CiphertextBlob: Uint8Array<ArrayBuffer>;
  readonly EncryptionAlgorithm: EncryptionAlgorithm;
}

export interface KmsDecryptResponse {
  readonly KeyId?: string | undefined;
  /** Wiped once it was used. */
  readonly Plaintext?: Uint8Array | undefined;
}

/**
 * What decrypts data keys: KMS, or whoever stands in for it. `bongtu/aws` makes one of an AWS SDK
 * client. It fails by rejecting with an error whose `name` is KMS's (`AccessDeniedException`, …).
 */
export interface Kms {
  decrypt(
    request: KmsDecryptRequest,
    options: { readonly signal: AbortSignal },
  ): Promise<KmsDecryptResponse>;
}
