import { decodeText } from "../../../base/decode-text.js";
import { openSecret } from "../../../node.js";
import { secretNames } from "../../../secret/seal.js";
import { command, parseAlgorithm, parseChoice, parsePairs } from "../../args.js";
import { readSmall } from "../../files/input.js";
import { OUTPUT, openOutput } from "../../files/output.js";
import { deliver } from "../../files/pipeline.js";
import { OPENING_KEY, openingKeyring } from "../../keys/keys.js";
import { text } from "../../terminal/text.js";

const HELP = text`Usage: bongtu secret open --kms ARN [--region R] [--endpoint-url U] [options] [-o OUT] [FILE|-]
       bongtu secret open --private-key PEM [options] [-o OUT] [FILE|-]

Opens the secret in FILE (or standard input), one line of base64 that \`bongtu secret seal\` made, or
any other writer of AWS Encryption SDK messages or RSA-OAEP blocks, of up to 256 KiB. It finds out
which form it has. A KMS key that opens direct secrets should open nothing else.

Options:
      --kms ARN            decrypt with kms:Decrypt on this key; credentials are found as everywhere
                           in AWS SDKs
      --region R           the Region to ask (default: the one in ARN)
      --endpoint-url U     the endpoint to ask (default: AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL,
                           or AWS's own)
      --private-key PEM    decrypt with the private half in this file (PKCS#8 or PKCS#1, no
                           passphrase)
      --under-any-arn      with --kms, also open what names another ARN, because it was sealed
                           under an ARN with a mistake in it
  -a, --algorithm NAME     RSAES_OAEP_SHA_256 (default) or RSAES_OAEP_SHA_1: the one it was sealed
                           with; the secret does not tell
      --form FORM          armoured or direct: refuse a secret of the other form before KMS is asked
  -c, --context NAME=VALUE a pair that the encryption context must hold; may be repeated. A direct
                           secret has none
  -o, --output OUT         write OUT, which is created or replaced only once the secret is verified
                           (a new one with mode 0600); - or no -o is standard output, but
                           a terminal only with -o -
      --no-overwrite       fail if OUT exists already or appears meanwhile
  -h, --help               show this text

Examples:
  aws ssm get-parameter --name /prod/db --query Parameter.Value --output text |
      bongtu secret open --kms arn:aws:kms:eu-west-1:111122223333:key/… -o password
  bongtu secret open --private-key break-glass.pem -c name=db -o - db.sealed
`;

/** More than `bongtu secret seal` makes of all that it takes. */
const MOST = 256 * 1024;

export const secretOpen = command({
  name: "secret open",
  help: HELP,
  options: {
    ...OPENING_KEY,
    "under-any-arn": { type: "boolean" },
    algorithm: { type: "string", short: "a" },
    form: { type: "string" },
    context: { type: "string", short: "c", multiple: true },
    ...OUTPUT,
  },
  readsSecret: true,
  async run(values, operand) {
    const form = parseChoice("--form", secretNames().forms, values.form);
    const encryptionContext = parsePairs("-c", values.context);
    const keyring = await openingKeyring(values, parseAlgorithm(values.algorithm));

    const value = await readSmall(operand, "a sealed secret", MOST);
    const output = await openOutput(values);
    let secret: Uint8Array | undefined;
    const open = async () => {
      const options = { form, encryptionContext };
      secret = await openSecret(keyring, decodeText(value) ?? `${value}`, options);
      return secret;
    };
    await deliver(output, open).finally(() => secret?.fill(0));
  },
});
