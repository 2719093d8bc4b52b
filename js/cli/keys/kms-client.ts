import { BongtuError, type Kms } from "../../node.js";
import { usageError } from "../terminal/failure.js";

/** AWS KMS through the AWS SDK, which is loaded only here: sealing does without it. */
export async function remoteKms(
  keyArn: string,
  options: { region: string | undefined; endpoint: string | undefined },
): Promise<Kms> {
  const { endpoint } = options;
  if (endpoint !== undefined && !/^https?:\/\/./.test(endpoint)) {
    throw usageError(`--endpoint-url takes a URL (https://… or http://…), not '${endpoint}'`);
  }
  const { KMSClient, kms } = await importSdk();
  // A key answers only in the Region that its ARN names, whatever AWS_REGION says.
  const region = options.region ?? keyArn.split(":")[3];
  return kms(
    new KMSClient({ ...(region && { region }), ...(endpoint !== undefined && { endpoint }) }),
  );
}

/** Silences the SDK's notice about which Node its future releases need: it is not for whoever opens a file. */
const NO_NOTICE = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

async function importSdk() {
  process.env[NO_NOTICE] ??= "true";
  try {
    const { KMSClient } = await import("@aws-sdk/client-kms");
    return { KMSClient, ...(await import("../../aws.js")) };
  } catch (cause) {
    throw new BongtuError(
      "ERR_NO_KMS",
      "--kms needs the AWS SDK beside bongtu: npm install @aws-sdk/client-kms",
      { cause },
    );
  }
}
