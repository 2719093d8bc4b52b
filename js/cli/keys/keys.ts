import { checkKeyArn, kmsRsaAnyKey } from "../../keys/keyring.js";
import {
  type EncryptionAlgorithm,
  Keyring,
  type Kms,
  KmsPublicKey,
  type PublicKeyOptions,
} from "../../node.js";
import { parseFingerprint, refuseSharedInput, required } from "../args.js";
import { readSmall } from "../files/input.js";
import { usageError } from "../terminal/failure.js";
import { remoteKms } from "./kms-client.js";
import { localKms, readPrivateKey } from "./private-key.js";

/** The options that say which key to seal to. */
export const SEALING_KEY = {
  "public-key": { type: "string", short: "k" },
  "key-arn": { type: "string" },
  "spki-sha256": { type: "string" },
} as const;

/** The options that say which key opens. */
export const OPENING_KEY = {
  kms: { type: "string" },
  region: { type: "string" },
  "endpoint-url": { type: "string" },
  "private-key": { type: "string" },
} as const;

type Values<O> = { readonly [name in keyof O]?: string | undefined };

/** Reads a public key in any form that KMS exports. */
export async function readPublicKey(
  file: string,
  options?: PublicKeyOptions,
): Promise<KmsPublicKey> {
  return KmsPublicKey.parse(await readSmall(file, "a public key"), options);
}

/** Reads the public key, whose ARN need not be known. */
export async function readSealingKey(
  values: Values<typeof SEALING_KEY>,
  operand: string | undefined,
): Promise<KmsPublicKey> {
  const spkiSha256 = parseFingerprint("--spki-sha256", values["spki-sha256"]);
  const file = required(values["public-key"], "-k PUB is missing: the public key to seal to");
  refuseSharedInput({ "-k": file, FILE: operand ?? "-" });
  const pin = spkiSha256 === undefined ? {} : { spkiSha256 };
  return await readPublicKey(file, { keyArn: values["key-arn"], ...pin });
}

/** Reads the public key, which names its ARN or is given one. */
export async function readNamedSealingKey(
  values: Values<typeof SEALING_KEY>,
  operand: string | undefined,
): Promise<{ publicKey: KmsPublicKey; keyArn: string }> {
  const publicKey = await readSealingKey(values, operand);
  const { keyArn } = publicKey;
  if (keyArn === undefined) {
    throw usageError(
      `--key-arn ARN is missing: '${values["public-key"]}' does not tell which KMS key it belongs to`,
    );
  }
  return { publicKey, keyArn };
}

/** AWS KMS and the key to ask it for, or a private key that answers for every ARN. */
export async function openingKms(
  values: Values<typeof OPENING_KEY>,
): Promise<{ kms: Kms; keyArn: string | undefined }> {
  const { kms: arn, region, "endpoint-url": endpoint, "private-key": privateKey } = values;
  const keyArn = arn === undefined ? undefined : checkKeyArn(arn);
  if (keyArn !== undefined && privateKey === undefined) {
    return { kms: await remoteKms(keyArn, { region, endpoint }), keyArn };
  }
  if (keyArn !== undefined || privateKey === undefined) {
    throw usageError("give one of --kms ARN and --private-key PEM");
  }
  if (region !== undefined || endpoint !== undefined) {
    const option = region !== undefined ? "--region" : "--endpoint-url";
    throw usageError(`${option} goes with --kms`);
  }
  return { kms: localKms(await readPrivateKey(privateKey)), keyArn: undefined };
}

/** The keyring of who opens what was sealed to an RSA key. */
export async function openingKeyring(
  values: Values<typeof OPENING_KEY> & { readonly "under-any-arn"?: boolean | undefined },
  algorithm: EncryptionAlgorithm | undefined,
): Promise<Keyring> {
  const underAnyArn = values["under-any-arn"];
  const { kms, keyArn } = await openingKms(values);
  if (keyArn !== undefined) {
    return Keyring.kmsRsa({ keyArn, kms, algorithm, underAnyArn });
  }
  if (underAnyArn) {
    throw usageError("--under-any-arn goes with --kms; a private key opens under any ARN");
  }
  return kmsRsaAnyKey(kms, algorithm);
}
