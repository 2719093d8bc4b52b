import { bytesOf } from "./bytes.js";
import { BongtuError } from "./errors.js";
import type { Kms, KmsDecryptRequest, KmsDecryptResponse } from "./kms.js";
import type { Operation } from "./operation.js";
import type { OpenSession } from "./wasm/bongtu_wasm.js";

/** The verified header as the session gives it. */
export interface Unwrapped {
  readonly suite: string;
  readonly encryptionContext: readonly (readonly [name: string, value: string])[];
  readonly frameLength: number;
}

/**
 * Puts the session's requests to KMS, one after the other, until a data key is unwrapped or none is
 * left to try.
 */
export async function unwrapDataKey(
  session: OpenSession,
  kms: Kms | undefined,
  operation: Operation,
): Promise<Unwrapped> {
  const failures: unknown[] = [];
  for (;;) {
    const request = session.request() as KmsDecryptRequest | undefined;
    if (request === undefined) {
      break;
    }
    if (kms === undefined) {
      throw new BongtuError("ERR_NO_KMS", "this keyring has no kms, so it cannot open");
    }
    const outcome = await ask(kms, request, operation);
    if ("failure" in outcome) {
      failures.unshift(outcome.failure);
      session.refuse(nameOf(outcome.failure));
    } else {
      answer(session, outcome.response);
    }
  }
  try {
    return session.unwrapped() as Unwrapped;
  } catch (error) {
    throw withCause(error, failures);
  }
}

type Outcome =
  | { readonly response: KmsDecryptResponse | undefined }
  | { readonly failure: unknown };

function ask(kms: Kms, request: KmsDecryptRequest, operation: Operation): Promise<Outcome> {
  const call = async (): Promise<Outcome> => {
    try {
      const response = await kms.decrypt(request, { signal: operation.signal });
      if (operation.stopped) {
        // Nobody waits for it any more.
        bytesOf(response?.Plaintext)?.fill(0);
      }
      return { response };
    } catch (failure) {
      return { failure };
    }
  };
  return operation.wait(call());
}

function answer(session: OpenSession, response: KmsDecryptResponse | undefined): void {
  const keyId = typeof response?.KeyId === "string" ? response.KeyId : undefined;
  const plaintext = bytesOf(response?.Plaintext);
  try {
    session.respond(keyId, plaintext);
  } finally {
    plaintext?.fill(0);
  }
}

/**
 * Gives `ERR_KMS` the failure it names. No other code has a cause: a refused ciphertext must look
 * like a local mismatch.
 */
function withCause(error: unknown, latestFirst: readonly unknown[]): unknown {
  if (error instanceof BongtuError && error.code === "ERR_KMS") {
    error.cause = latestFirst.find((failure) => error.message.endsWith(nameOf(failure)));
  }
  return error;
}

function nameOf(failure: unknown): string {
  return failure instanceof Error ? failure.name : "an error without a name";
}
