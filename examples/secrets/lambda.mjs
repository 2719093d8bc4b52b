// An AWS Lambda function whose environment holds sealed secrets. They are opened once, before the first event, and kept in memory.
//
// Its environment: KEY_ARN, the RSA key; SEALED_…, each sealed with its own name as the encryption context:
//
//   bongtu secret seal -k key.json -c variable=SEALED_TOKEN --target lambda --trim-newline token.txt
//
// Its role: kms:Decrypt with that key.

import { KMSClient } from "@aws-sdk/client-kms";
import { Keyring, openSecret } from "bongtu";
import { kms } from "bongtu/aws";

const secrets = await openEnvironment(process.env);

export async function handler() {
  return { names: Object.keys(secrets), tokenLength: secrets.SEALED_TOKEN.length };
}

async function openEnvironment({ KEY_ARN, ...variables }) {
  const keyring = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: kms(new KMSClient({})) });
  const sealed = Object.entries(variables).filter(([variable]) => variable.startsWith("SEALED_"));
  const opened = sealed.map(async ([variable, value]) => {
    const secret = await openSecret(keyring, value, { encryptionContext: { variable } });
    return [variable, new TextDecoder().decode(secret)];
  });
  return Object.fromEntries(await Promise.all(opened));
}
