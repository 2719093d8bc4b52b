import { CustomerKey, Keyring } from "../../../node.js";
import { command, parseAlgorithm } from "../../args.js";
import { readSmall } from "../../files/input.js";
import { OUTPUT, openOutput } from "../../files/output.js";
import { deliver } from "../../files/pipeline.js";
import { readNamedSealingKey, SEALING_KEY } from "../../keys/keys.js";
import { text } from "../../terminal/text.js";
import { place } from "./place.js";

const HELP = text`Usage: bongtu sse key -k PUB [--key-arn ARN] --bucket B --key KEY [options] [-o OUT] [FILE|-]

Makes a customer key for one object, 32 random bytes with which S3 encrypts it (SSE-C), and seals it
to the public half of an AWS KMS RSA key. OUT is an AWS Encryption SDK message whose encryption
context names bucket and key; \`bongtu sse headers\` opens it. The key itself is not shown.

Keep OUT beside the object, say under KEY and ".customer-key": S3 keeps no copy of the key, and the
object's metadata will not do, since they cannot be read without it. Store OUT before the object and
replace neither: an object whose key was replaced is lost.

FILE is an existing key of 32 bytes; - is standard input. Without FILE, a new key is made.

Options:
  -k, --public-key PUB     the key as KMS exports it: PEM, DER, base64 of DER, a JWK, or the JSON
                           that GetPublicKey answers; - is standard input
      --key-arn ARN        the key's ARN; needed unless PUB is that JSON, which names it
      --spki-sha256 HEX    seal to the key with this fingerprint and to no other
  -a, --algorithm NAME     RSAES_OAEP_SHA_256 (default) or RSAES_OAEP_SHA_1
      --bucket B           the object's bucket
      --key KEY            the object's key
  -o, --output OUT         write OUT, created or replaced only once it is complete (a new one with
                           mode 0600); - or no -o is standard output
      --no-overwrite       fail if OUT exists already or appears meanwhile
  -h, --help               show this text

Examples:
  bongtu sse key -k inbox.json --bucket inbox --key report.pdf -o report.pdf.customer-key
  aws s3 cp report.pdf.customer-key s3://inbox/report.pdf.customer-key
`;

export const sseKey = command({
  name: "sse key",
  help: HELP,
  options: {
    ...SEALING_KEY,
    algorithm: { type: "string", short: "a" },
    bucket: { type: "string" },
    key: { type: "string" },
    ...OUTPUT,
  },
  readsSecret: true,
  async run(values, operand) {
    const where = place(values);
    const algorithm = parseAlgorithm(values.algorithm);
    // Without FILE, standard input is free for the public key.
    const { publicKey, keyArn } = await readNamedSealingKey(values, operand ?? "");
    const keyring = Keyring.kmsRsa({ publicKey, keyArn, algorithm });
    const key = operand === undefined ? CustomerKey.generate() : await readKey(operand);
    try {
      await deliver(await openOutput(values), () => key.seal(keyring, where));
    } finally {
      key.dispose();
    }
  },
});

async function readKey(operand: string): Promise<CustomerKey> {
  const bytes = await readSmall(operand, "a customer key");
  try {
    return CustomerKey.from(bytes);
  } finally {
    bytes.fill(0);
  }
}
