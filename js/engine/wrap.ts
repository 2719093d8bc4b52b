import type { Bytes } from "../base/bytes.js";
import { BongtuError } from "../base/errors.js";
import type { Operation } from "../base/operation.js";
import { wrapDataKey } from "../executor/choose.js";
import type { OaepHash } from "../executor/executor.js";
import type { KeyringParts } from "../keys/descriptor.js";
import {
  ask,
  type KmsGenerateDataKeyRequest,
  type KmsGenerateDataKeyResponse,
  keyIdOf,
  kmsError,
  sdkRequest,
} from "../keys/kms.js";
import { bytesAnswered, wipeAnswer } from "../keys/kms-answer.js";

/** A session whose data key waits for its wrap. */
export interface WrapSession {
  /** `undefined` where KMS wraps. */
  wrapHash(): string | undefined;
  wrapPlaintext(): Uint8Array;
}

/** Wraps what a session asks for under the keyring's public key. */
export async function rsaWrapped(
  session: WrapSession,
  { publicKey }: KeyringParts,
): Promise<Bytes> {
  if (publicKey === undefined) {
    throw new BongtuError("ERR_NO_PUBLIC_KEY", "this keyring has no public key, so it cannot seal");
  }
  const plaintext = session.wrapPlaintext() as Bytes;
  try {
    return await wrapDataKey(publicKey, session.wrapHash() as OaepHash, plaintext);
  } finally {
    plaintext.fill(0);
  }
}

/** A session that has KMS make its data key. */
export interface GenerateSession<T> {
  request(): unknown;
  generated(keyId?: string, plaintext?: Uint8Array, ciphertextBlob?: Uint8Array): T;
}

/** Has KMS make and wrap a data key. */
export async function generateDataKey<T>(
  session: GenerateSession<T>,
  { kms }: KeyringParts,
  operation: Operation,
): Promise<T> {
  if (typeof kms?.generateDataKey !== "function") {
    throw new BongtuError("ERR_NO_KMS", "the keyring's kms has no generateDataKey");
  }
  const request = sdkRequest<KmsGenerateDataKeyRequest>(session.request());
  const outcome = await ask<KmsGenerateDataKeyResponse>(
    async (options) => kms.generateDataKey?.(request, options) ?? {},
    operation,
  );
  if ("failure" in outcome) {
    throw kmsError(outcome.failure);
  }
  const { response } = outcome;
  const call = "kms.generateDataKey";
  const plaintext = bytesAnswered(response, "Plaintext", call);
  try {
    const wrapped = bytesAnswered(response, "CiphertextBlob", call);
    return session.generated(keyIdOf(response), plaintext, wrapped);
  } finally {
    plaintext.fill(0);
    wipeAnswer(response);
  }
}
