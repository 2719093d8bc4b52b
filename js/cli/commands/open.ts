import { openStream } from "../../node.js";
import { command, parseAlgorithm, parsePairs } from "../args.js";
import { openInput } from "../files/input.js";
import { OUTPUT, openOutput } from "../files/output.js";
import { run } from "../files/pipeline.js";
import { OPENING_KEY, openingKeyring } from "../keys/keys.js";
import { showProgress } from "../terminal/progress.js";
import { text } from "../terminal/text.js";

const HELP = text`Usage: bongtu open --kms ARN [--region R] [--endpoint-url U] [options] [-o OUT] [FILE|-]
       bongtu open --private-key PEM [options] [-o OUT] [FILE|-]

Opens FILE (or standard input), an AWS Encryption SDK message sealed to an AWS KMS RSA key, by
\`bongtu seal\` or by any AWS Encryption SDK.

Options:
      --kms ARN            unwrap the data key with kms:Decrypt on this key; credentials are found
                           as everywhere in AWS SDKs
      --region R           the Region to ask (default: the one in ARN)
      --endpoint-url U     the endpoint to ask (default: AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL,
                           or AWS's own)
      --private-key PEM    unwrap with the private half in this file (PKCS#8 or PKCS#1, no
                           passphrase), whatever key ARN the message names
      --under-any-arn      with --kms, also open what names another ARN, because it was sealed
                           under an ARN with a mistake in it
  -a, --algorithm NAME     RSAES_OAEP_SHA_256 (default) or RSAES_OAEP_SHA_1: the one it was sealed
                           with; the message does not tell
  -c, --context NAME=VALUE a pair that the encryption context must hold; may be repeated
  -o, --output OUT         write OUT, which is created or replaced only once everything in FILE is
                           verified (a new one with mode 0600); - or no -o is standard output
      --no-overwrite       fail if OUT exists already or appears meanwhile
  -h, --help               show this text

On standard output every byte is authentic, but only exit status 0 says that they are all there. If
the process is killed (SIGKILL), a file .bongtu-….tmp beside OUT may keep what was verified so far.

Examples:
  bongtu open --kms arn:aws:kms:eu-west-1:111122223333:key/… -o report.pdf report.pdf.sealed
  aws s3 cp s3://bucket/photos.sealed - | bongtu open --kms arn:… | tar xz
  bongtu open --private-key break-glass.pem -c purpose=backup -o db.dump db.sealed
`;

export const open = command({
  name: "open",
  help: HELP,
  options: {
    ...OPENING_KEY,
    "under-any-arn": { type: "boolean" },
    algorithm: { type: "string", short: "a" },
    context: { type: "string", short: "c", multiple: true },
    ...OUTPUT,
  },
  async run(values, operand) {
    const encryptionContext = parsePairs("-c", values.context);
    const keyring = await openingKeyring(values, parseAlgorithm(values.algorithm));

    const input = await openInput(operand);
    const progress = showProgress("opening", input.size);
    const { onProgress } = progress;
    const pair = openStream(keyring, { encryptionContext, onProgress });
    await run(input, pair, await openOutput(values)).finally(progress.end);
  },
});
