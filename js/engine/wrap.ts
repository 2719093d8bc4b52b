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
import type { MessageSealing, ObjectSealing, Pieces } from "../wasm/bongtu_seal.js";

/** Wraps what a session asks for under the keyring's public key. */
export async function rsaWrapped(
  session: MessageSealing | ObjectSealing,
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

/** Has KMS make and wrap a data key. */
export async function generateDataKey(
  session: ObjectSealing,
  { kms }: KeyringParts,
  operation: Operation,
): Promise<Pieces> {
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
