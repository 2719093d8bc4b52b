import { Keyring, type ObjectFormat, sealObjectStream } from "../../../node.js";
import { command, parseChoice, parsePairs } from "../../args.js";
import { openInput } from "../../files/input.js";
import { OUTPUT } from "../../files/output.js";
import { run } from "../../files/pipeline.js";
import { refuseSameOutputs } from "../../files/same-file.js";
import { readNamedSealingKey, SEALING_KEY } from "../../keys/keys.js";
import { usageError } from "../../terminal/failure.js";
import { showProgress } from "../../terminal/progress.js";
import { json, text } from "../../terminal/text.js";
import { requiredMetadata } from "./envelope.js";
import { openOutputs } from "./outputs.js";

const HELP = text`Usage: bongtu object seal -k PUB [--key-arn ARN] --metadata META.json [options]
                          [-o BODY] [FILE|-]

Seals FILE (or standard input) to the public half of an AWS KMS RSA key, offline and without
credentials, as an object of the Amazon S3 Encryption Clients: a body, and the user metadata to
store with it. \`bongtu object open\` opens it, and so do those clients when their keyring asks
kms:Decrypt for the data key (RSAES_OAEP_SHA_1).

Options:
  -k, --public-key PUB     the key as KMS exports it: PEM, DER, base64 of DER, a JWK, or the JSON
                           that GetPublicKey answers; - is standard input
      --key-arn ARN        the key's ARN; needed unless PUB is that JSON, which names it (the
                           object does not carry it, but a pair of -m may)
      --spki-sha256 HEX    seal to the key with this fingerprint and to no other; \`bongtu key\`
                           shows it
      --format v3|v2       version of the format: v3 (default), which commits to its key, or v2 for
                           clients from before December 2025
  -m, --material-description NAME=VALUE
                           a pair that is stored in the metadata: NOT secret, NOT
                           authenticated; may be repeated
      --metadata META.json where the metadata go, as one JSON object of names without x-amz-meta-
      --instruction-file PATH
                           write the wrapped key here and not to the metadata; to be stored before
                           the object, under its name and ".instruction"
  -o, --output BODY        write BODY; - or no -o is standard output
      --no-overwrite       fail if any of these files exists already
  -h, --help               show this text

All files are created or replaced together, and only once everything is complete (new ones with mode
0600).

Examples:
  bongtu object seal -k inbox.json --metadata meta.json -o body report.pdf
  aws s3api put-object --bucket B --key report.pdf --metadata file://meta.json --body body
`;

export const sealObject = command({
  name: "object seal",
  help: HELP,
  options: {
    ...SEALING_KEY,
    format: { type: "string" },
    "material-description": { type: "string", short: "m", multiple: true },
    metadata: { type: "string" },
    "instruction-file": { type: "string" },
    ...OUTPUT,
  },
  async run(values, operand) {
    const format = parseChoice("--format", FORMATS, values.format);
    const materialDescription = parsePairs("-m", values["material-description"]);
    const metadata = requiredMetadata(values.metadata);
    const instructionFile = values["instruction-file"];
    await checkOutputs(
      { "--instruction-file": instructionFile, "--metadata": metadata },
      values.output,
    );
    const { publicKey, keyArn } = await readNamedSealingKey(values, operand);
    const keyring = Keyring.kmsRsa({ publicKey, keyArn });

    const input = await openInput(operand, { steady: true });
    const progress = showProgress("sealing", input.size);
    const { onProgress } = progress;
    const object = await sealObjectStream(keyring, {
      format,
      materialDescription,
      instructionFile: instructionFile !== undefined,
      // Files that the system makes up as they are read claim to be empty.
      size: input.size || undefined,
      onProgress,
    });
    const texts = [{ out: metadata, text: `${json(object.metadata)}` }];
    if (instructionFile !== undefined && object.instructionFile !== undefined) {
      texts.unshift({ out: instructionFile, text: object.instructionFile.body });
    }
    const output = await openOutputs(texts, values.output, values["no-overwrite"]);
    await run(input, object, output).finally(progress.end);
  },
});

const FORMATS: readonly ObjectFormat[] = ["v3", "v2"];

/** Each output is a file of its own, and standard output is the body's. */
async function checkOutputs(
  texts: Readonly<Record<string, string | undefined>>,
  body: string | undefined,
): Promise<void> {
  const given = Object.entries(texts).filter(([, path]) => path !== undefined);
  for (const [option, path] of given) {
    if (path === "-") {
      throw usageError(`${option} takes a file: standard output is for the body`);
    }
  }
  await refuseSameOutputs({ "-o": body, ...Object.fromEntries(given) });
}
