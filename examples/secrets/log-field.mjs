// Logs that hold what is personal sealed: whoever reads them, and CloudWatch Logs itself, sees a line of base64 there. With
// kms:Decrypt a field that is needed is opened, and CloudTrail says who did it.

import { openSecret, sealSecret } from "bongtu";

/**
 * A function that writes entries as lines of JSON, with the fields of these names sealed.
 * @param {import("bongtu").Keyring} keyring with the public key is enough
 */
export function createLogger(keyring, sealedFields, write = console.log) {
  return async (entry) => {
    const fields = Object.entries(entry).map(async ([name, value]) => {
      if (value === undefined || !sealedFields.includes(name)) return [name, value];
      const options = { encryptionContext: { field: name }, target: "cloudwatch-logs" };
      return [name, await sealSecret(keyring, JSON.stringify(value), options)];
    });
    write(JSON.stringify(Object.fromEntries(await Promise.all(fields))));
  };
}

/** @param {import("bongtu").Keyring} keyring with KMS */
export async function openField(keyring, line, field) {
  const secret = await openSecret(keyring, JSON.parse(line)[field], {
    encryptionContext: { field },
  });
  return JSON.parse(new TextDecoder().decode(secret));
}
