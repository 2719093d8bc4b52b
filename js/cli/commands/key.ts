import { ALGORITHMS, command, required } from "../args.js";
import { print } from "../files/output.js";
import { readPublicKey } from "../keys/keys.js";
import { padded, type Text, table, text } from "../terminal/text.js";

const HELP = text`Usage: bongtu key FILE|-

Describes an exported KMS public key: its spec, its ARN if FILE carries it, the fingerprint
to pin it by, and how many bytes the key itself takes. (\`bongtu seal\` has no such limit: what it
gives to the key is a data key of 32 bytes.)

FILE is what KMS exports: PEM, DER, base64 of DER, a JWK, or the JSON that GetPublicKey answers.
- is standard input. The fingerprint is that of the key as KMS exports it, whatever form FILE has.

Options:
  -h, --help    show this text

Examples:
  aws kms get-public-key --key-id alias/inbox --output json > inbox.json
  bongtu key inbox.json
`;

export const key = command({
  name: "key",
  help: HELP,
  options: {},
  async run(_values, operand) {
    const file = required(operand, "FILE is missing: the public key to tell about");
    const publicKey = await readPublicKey(file);
    const limits = ALGORITHMS.map((algorithm, index): [string, Text] => [
      index === 0 ? "direct limits" : "",
      publicKey.encryptionAlgorithms.includes(algorithm)
        ? text`${padded(algorithm, 18)}  ${publicKey.maxDirectBytes(algorithm)} bytes`
        : text`${padded(algorithm, 18)}  not offered by this key`,
    ]);
    await print(
      table([
        ["key spec", publicKey.keySpec],
        ["key ARN", publicKey.keyArn ?? "not in this file"],
        ["SPKI SHA-256", publicKey.spkiSha256],
        ...limits,
      ]),
    );
  },
});
