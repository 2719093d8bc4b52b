import { kmsRsaAnyKey } from "../../../keys/keyring.js";
import { BongtuError, Keyring, type Kms } from "../../../node.js";
import { type ObjectWrap, openObjectBy } from "../../../object/open.js";
import { command, refuseSharedInput } from "../../args.js";
import { type Input, openInput } from "../../files/input.js";
import { OUTPUT, openOutput } from "../../files/output.js";
import { complete } from "../../files/pipeline.js";
import { OPENING_KEY, openingKms } from "../../keys/keys.js";
import { showProgress } from "../../terminal/progress.js";
import { text } from "../../terminal/text.js";
import { readEnvelope, requiredMetadata } from "./envelope.js";

const HELP = text`Usage: bongtu object open --kms ARN [--region R] [--endpoint-url U] --metadata META.json
                          [options] [-o OUT] [BODY|-]
       bongtu object open --private-key PEM --metadata META.json [options] [-o OUT] [BODY|-]

Opens BODY (or standard input) with its metadata, an object of the Amazon S3 Encryption Clients:
sealed to an RSA key by \`bongtu object seal\` or by those clients (RSA-OAEP-SHA1), or by them through
a symmetric KMS key (kms+context, kms).

Options:
      --kms ARN            unwrap the data key with kms:Decrypt on this key, RSA or symmetric;
                           credentials are found as everywhere in AWS SDKs
      --region R           the Region to ask (default: the one in ARN)
      --endpoint-url U     the endpoint to ask (default: AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL,
                           or AWS's own)
      --private-key PEM    unwrap with the RSA private key in this file (PKCS#8 or PKCS#1, no
                           passphrase)
      --metadata META.json the object's user metadata: a JSON object of names, with or without
                           x-amz-meta-, or what \`aws s3api get-object\` or head-object prints; -
                           is standard input
      --instruction-file PATH
                           the body of the object's instruction file, if it has one
      --allow-v2           open objects of version 2 too, which do not commit to their key
  -o, --output OUT         write OUT, which is created or replaced only once everything in BODY is
                           verified (a new one with mode 0600); - or no -o is standard output
      --no-overwrite       fail if OUT exists already or appears meanwhile
  -h, --help               show this text

Nothing is written before all of BODY is verified. BODY is read twice for that; one from a pipe
is kept meanwhile, still sealed, in a temporary file in the folder that TMPDIR names (or /tmp). If
the process is killed (SIGKILL), a file .bongtu-….tmp beside OUT may keep what was written so far.

Examples:
  aws s3api get-object --bucket B --key report.pdf body > meta.json
  bongtu object open --kms arn:aws:kms:eu-west-1:111122223333:key/… --metadata meta.json \\
      -o report.pdf body
`;

export const openObject = command({
  name: "object open",
  help: HELP,
  options: {
    ...OPENING_KEY,
    metadata: { type: "string" },
    "instruction-file": { type: "string" },
    "allow-v2": { type: "boolean" },
    ...OUTPUT,
  },
  async run(values, operand) {
    const metadata = requiredMetadata(values.metadata);
    const instructionFile = values["instruction-file"];
    refuseSharedInput({
      "--metadata": metadata,
      "--instruction-file": instructionFile,
      BODY: operand ?? "-",
    });
    const { kms, keyArn } = await openingKms(values);
    const envelope = await readEnvelope({ metadata, instructionFile });

    const input = await openInput(operand);
    const output = await openOutput(values);
    const progress = showProgress("opening", input.size && 2 * input.size);
    await complete(output, async () => {
      const { plaintext } = await openObjectBy(
        (wrap) => keyringFor(wrap, keyArn, kms),
        { ...envelope, body: rereadable(operand, input) },
        {
          commitmentPolicy: values["allow-v2"] ? "REQUIRE_ENCRYPT_ALLOW_DECRYPT" : undefined,
          onProgress: progress.onProgress,
        },
      );
      await plaintext.pipeTo(output.stream);
    }).finally(progress.end);
  },
});

/** An ARN does not tell what kind of key it is, but the object does. */
function keyringFor(wrap: ObjectWrap, keyArn: string | undefined, kms: Kms): Keyring {
  if (wrap === "RSA-OAEP-SHA1") {
    return keyArn === undefined ? kmsRsaAnyKey(kms) : Keyring.kmsRsa({ keyArn, kms });
  }
  if (keyArn === undefined) {
    throw new BongtuError(
      "ERR_NO_MATCHING_KEY",
      `the data key is wrapped by a symmetric KMS key (${wrap}), which only --kms ARN can ask`,
    );
  }
  return Keyring.kms({ keyArn, kms });
}

/** A file is opened again for the second reading; the library keeps the body that comes from anything else. */
function rereadable(operand: string | undefined, { size, stream }: Input) {
  if (size === undefined) {
    return stream;
  }
  let first: Input["stream"] | undefined = stream;
  return async () => {
    const body = first ?? (await openInput(operand)).stream;
    first = undefined;
    return body;
  };
}
