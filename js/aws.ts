import { DecryptCommand, GenerateDataKeyCommand } from "@aws-sdk/client-kms";
import { inputError } from "./base/errors.js";
import type { Kms } from "./keys/kms.js";
import { withAttempts } from "./kms/wrapped.js";

/**
 * The part of `KMSClient` of the AWS SDK for JavaScript v3 that is needed here; its own type would
 * tie this package to one version.
 */
export interface KmsClient {
  send(command: never, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
  readonly config?: { readonly maxAttempts?: () => Promise<number> };
}

/** KMS, asked through the caller's own client: its region, credentials, retries and middleware. */
export function kms(client: KmsClient): Required<Kms> {
  if (typeof client?.send !== "function") {
    throw inputError("client must be a KMSClient of @aws-sdk/client-kms");
  }
  const send = async (command: unknown, signal: AbortSignal): Promise<object> =>
    (await client.send(command as never, { abortSignal: signal })) as object;
  const kms: Required<Kms> = {
    decrypt: (request, { signal }) => send(new DecryptCommand(request), signal),
    generateDataKey: (request, { signal }) => send(new GenerateDataKeyCommand(request), signal),
  };
  // A stand-in's configuration may be of any shape.
  const attempts = client.config?.maxAttempts;
  return withAttempts(kms, typeof attempts === "function" ? attempts : undefined);
}
