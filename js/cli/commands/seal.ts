import { Keyring, sealStream } from "../../node.js";
import { command, parseAlgorithm, parseCount, parsePairs } from "../args.js";
import { openInput } from "../files/input.js";
import { OUTPUT, openOutput } from "../files/output.js";
import { run } from "../files/pipeline.js";
import { readNamedSealingKey, SEALING_KEY } from "../keys/keys.js";
import { showProgress } from "../terminal/progress.js";
import { text } from "../terminal/text.js";

const HELP = text`Usage: bongtu seal -k PUB [--key-arn ARN] [options] [-o OUT] [FILE|-]

Seals FILE (or standard input) to the public half of an AWS KMS RSA key, offline and without
credentials. The result is an AWS Encryption SDK message (suite 0x0478, KMS RSA keyring), opened by
\`bongtu open\` and by the AWS Encryption SDKs, with kms:Decrypt on that key and nothing else.

Options:
  -k, --public-key PUB     the key as KMS exports it: PEM, DER, base64 of DER, a JWK, or the JSON
                           that GetPublicKey answers; - is standard input
      --key-arn ARN        the key's ARN, which the message carries; needed unless PUB is that
                           JSON, which names it (aliases and bare key ids cannot be used)
      --spki-sha256 HEX    seal to the key with this fingerprint and to no other; \`bongtu key\`
                           shows it
  -a, --algorithm NAME     RSAES_OAEP_SHA_256 (default) or RSAES_OAEP_SHA_1; whoever opens the
                           message has to know which
  -c, --context NAME=VALUE a pair of the encryption context: authenticated, NOT secret; may be
                           repeated
      --frame-length N     bytes of plaintext per frame (default 262144)
  -o, --output OUT         write OUT, which is created or replaced only once it is complete (a new
                           one with mode 0600); - or no -o is standard output
      --no-overwrite       fail if OUT exists already or appears meanwhile
  -h, --help               show this text

Examples:
  bongtu seal -k inbox.json -o report.pdf.sealed report.pdf
  bongtu seal -k inbox.pem --key-arn arn:aws:kms:eu-west-1:111122223333:key/… \\
      -c purpose=backup -c host=db1 -o db.sealed db.dump
  tar cz photos | bongtu seal -k inbox.json | aws s3 cp - s3://bucket/photos.sealed
`;

export const seal = command({
  name: "seal",
  help: HELP,
  options: {
    ...SEALING_KEY,
    algorithm: { type: "string", short: "a" },
    context: { type: "string", short: "c", multiple: true },
    "frame-length": { type: "string" },
    ...OUTPUT,
  },
  async run(values, operand) {
    const encryptionContext = parsePairs("-c", values.context);
    const frameLength = parseCount("--frame-length", values["frame-length"]);
    const algorithm = parseAlgorithm(values.algorithm);
    const { publicKey, keyArn } = await readNamedSealingKey(values, operand);
    const keyring = Keyring.kmsRsa({ publicKey, keyArn, algorithm });

    const input = await openInput(operand, { steady: true });
    const progress = showProgress("sealing", input.size);
    const { onProgress } = progress;
    const pair = sealStream(keyring, { encryptionContext, frameLength, onProgress });
    await run(input, pair, await openOutput(values)).finally(progress.end);
  },
});
