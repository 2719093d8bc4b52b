import { DecryptCommand } from "@aws-sdk/client-kms";
import type { Kms, KmsDecryptResponse } from "./kms.js";

/**
 * The part of `KMSClient` of the AWS SDK for JavaScript v3 that is needed here; its own type would
 * tie this package to one version.
 */
export interface KmsClient {
  send(command: never, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}

/** KMS, asked through the caller's own client: its region, credentials, retries and middleware. */
export function kms(client: KmsClient): Kms {
  return {
    async decrypt(request, { signal }) {
      const command = new DecryptCommand(request);
      return (await client.send(command as never, { abortSignal: signal })) as KmsDecryptResponse;
    },
  };
}
