import { BongtuError } from "../base/errors.js";
import type { Operation } from "../base/operation.js";
import {
  ask,
  type Kms,
  type KmsDecryptRequest,
  type KmsDecryptResponse,
  keyIdOf,
  nameOf,
  sdkRequest,
} from "../keys/kms.js";
import { bytesAnswered, wipeAnswer } from "../keys/kms-answer.js";
import type { ObjectOpening, OpenSession } from "../wasm/bongtu_open.js";

/**
 * Puts the session's requests to KMS, one after the other, until a data key is unwrapped or none is
 * left to try. Returns what the session says of itself then.
 */
export async function unwrapDataKey<Unwrapped>(
  session: OpenSession | ObjectOpening,
  kms: Kms | undefined,
  operation: Operation,
): Promise<Unwrapped> {
  const failures: unknown[] = [];
  for (;;) {
    const request = session.request();
    if (request === undefined) {
      break;
    }
    if (kms === undefined) {
      throw new BongtuError("ERR_NO_KMS", "this keyring has no kms, so it cannot open");
    }
    const outcome = await ask(
      async (options) => kms.decrypt(sdkRequest<KmsDecryptRequest>(request), options),
      operation,
    );
    if ("failure" in outcome) {
      failures.push(outcome.failure);
      session.refuse(nameOf(outcome.failure));
    } else {
      answer(session, outcome.response);
    }
  }
  try {
    return session.unwrapped() as Unwrapped;
  } catch (error) {
    throw withCause(error, failures.reverse());
  }
}

function answer(
  session: OpenSession | ObjectOpening,
  response: KmsDecryptResponse | undefined,
): void {
  const plaintext = bytesAnswered(response, "Plaintext", "kms.decrypt");
  try {
    session.respond(keyIdOf(response), plaintext);
  } finally {
    plaintext.fill(0);
    wipeAnswer(response);
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
