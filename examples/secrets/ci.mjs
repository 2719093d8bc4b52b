// A CI job that has no AWS credentials seals a secret for a parameter; the job that deploys stores the file, and cannot read it:
//
//   printf %s "$DB_PASSWORD" | node ci.mjs key.json $SPKI_SHA256 /prod/db > db.sealed
//   aws ssm put-parameter --name /prod/db --type String --overwrite --value file://db.sealed
//
// key.json is in the repository: what `aws kms get-public-key` printed. The pin is not beside it, but among the job's own settings,
// so that who can change the one cannot change the other.

import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { Keyring, KmsPublicKey, sealSecret } from "bongtu";

const [keyFile, spkiSha256, parameter] = process.argv.slice(2);
const publicKey = KmsPublicKey.parse(await readFile(keyFile), { spkiSha256 });
const keyring = Keyring.kmsRsa({ publicKey });
const value = await sealSecret(keyring, await buffer(process.stdin), {
  target: "ssm-standard",
  // Who opens it asks for its name: what is stored in another secret's place does not open.
  encryptionContext: { parameter },
});
process.stdout.write(value);
