import { encodingOf } from "../../../base/decode-text.js";
import { Keyring, sealSecret } from "../../../node.js";
import { secretNames } from "../../../secret/seal.js";
import { command, parseAlgorithm, parseChoice, parsePairs } from "../../args.js";
import { readSmall } from "../../files/input.js";
import {
  checkNoOverwrite,
  OUTPUT,
  type OutputValues,
  openOutput,
  print,
} from "../../files/output.js";
import { deliver } from "../../files/pipeline.js";
import { readNamedSealingKey, readSealingKey, SEALING_KEY } from "../../keys/keys.js";
import { usageError } from "../../terminal/failure.js";
import { text } from "../../terminal/text.js";

const HELP = text`Usage: bongtu secret seal -k PUB [--key-arn ARN] [options] [-o OUT] [FILE|-]

Seals the secret in FILE (or standard input) to the public half of an AWS KMS RSA key, offline and
without credentials. The result is one line of base64, opened by \`bongtu secret open\`. The secret is
never an argument, since other processes can see arguments.

Options:
  -k, --public-key PUB     the key as KMS exports it: PEM, DER, base64 of DER, a JWK, or the JSON
                           that GetPublicKey answers; - is standard input
      --key-arn ARN        the key's ARN; needed unless PUB is that JSON, which names it, or the
                           form is direct
      --spki-sha256 HEX    seal to the key with this fingerprint and to no other
  -a, --algorithm NAME     RSAES_OAEP_SHA_256 (default) or RSAES_OAEP_SHA_1; whoever opens the
                           secret has to know which
      --form FORM          armoured (default): base64 of an AWS Encryption SDK message, for up
                           to 64 KiB, opened by the AWS Encryption SDKs too; direct: base64 of one
                           RSA block (RSA_2048 holds 190 bytes), opened by \`aws kms decrypt\` too;
                           give direct secrets a KMS key of their own
  -c, --context NAME=VALUE a pair of the encryption context of an armoured secret: authenticated,
                           NOT secret; may be repeated
      --target T           refuse what is too long for ssm-standard or ssm-advanced (Parameter
                           Store), secrets-manager, lambda or codebuild (one environment variable,
                           if it were the only one), cloudwatch-logs (one event)
      --trim-newline       leave out a newline at the end of FILE, which is sealed otherwise
  -o, --output OUT         write OUT, created or replaced only once it is complete (a new one with
                           mode 0600); - or no -o is standard output. Without -o, and on a
                           terminal only, a newline follows the line
      --no-overwrite       fail if OUT exists already or appears meanwhile
  -h, --help               show this text

Examples:
  printf %s "$PASSWORD" | bongtu secret seal -k inbox.json --target ssm-standard -o db.sealed
  aws ssm put-parameter --name /prod/db --type String --value file://db.sealed
  bongtu secret seal -k inbox.json -c name=db --trim-newline password.txt
  bongtu secret seal -k inbox.pem --form direct - < token
`;

export const secretSeal = command({
  name: "secret seal",
  help: HELP,
  options: {
    ...SEALING_KEY,
    algorithm: { type: "string", short: "a" },
    form: { type: "string" },
    context: { type: "string", short: "c", multiple: true },
    target: { type: "string" },
    "trim-newline": { type: "boolean" },
    ...OUTPUT,
  },
  readsSecret: true,
  async run(values, operand) {
    const algorithm = parseAlgorithm(values.algorithm);
    const { forms, targets } = secretNames();
    const form = parseChoice("--form", forms, values.form);
    const encryptionContext = parsePairs("-c", values.context);
    const target = parseChoice("--target", targets, values.target);
    if (form === "direct" && values.context !== undefined) {
      throw usageError("-c goes with --form armoured: a direct secret has no encryption context");
    }
    const [key, options] =
      form === "direct"
        ? [await readSealingKey(values, operand), { form, algorithm, target }]
        : [
            Keyring.kmsRsa({ ...(await readNamedSealingKey(values, operand)), algorithm }),
            { encryptionContext, target },
          ];
    const secret = await readSmall(operand, "a secret");
    try {
      const end = values["trim-newline"] === true ? withoutNewline(secret) : secret.length;
      await deliverText(values, () => sealSecret(key, secret.subarray(0, end), options));
    } finally {
      secret.fill(0);
    }
  },
});

/** The length without one newline, of Unix or Windows, at the end. */
function withoutNewline(text: Buffer): number {
  const encoding = encodingOf(text);
  const newlines = ["\r\n", "\n"].map((newline) => {
    const bytes = Buffer.from(newline, encoding === "utf-8" ? "utf8" : "utf16le");
    return encoding === "utf-16be" ? bytes.swap16() : bytes;
  });
  const newline = newlines.find((bytes) => text.subarray(-bytes.length).equals(bytes));
  return text.length - (newline?.length ?? 0);
}

/** Text may go to a terminal; what is stored has to be the value and nothing else. */
async function deliverText(values: OutputValues, seal: () => Promise<string>): Promise<void> {
  checkNoOverwrite(values);
  if (values.output === undefined && process.stdout.isTTY) {
    return print(text`${await seal()}\n`);
  }
  await deliver(await openOutput(values), async () => new TextEncoder().encode(await seal()));
}
