import { CustomerKey, type S3Operation, sse } from "../../../node.js";
import { command, parseAlgorithm, parsePairs } from "../../args.js";
import { readSmall } from "../../files/input.js";
import { checkNoOverwrite, OUTPUT, openOutput, print } from "../../files/output.js";
import { deliver } from "../../files/pipeline.js";
import type { Output } from "../../files/replacement.js";
import { OPENING_KEY, openingKeyring } from "../../keys/keys.js";
import { usageError } from "../../terminal/failure.js";
import { json, type Text, text } from "../../terminal/text.js";
import { place } from "./place.js";

const HELP = text`Usage: bongtu sse headers --mode s3|kms|dsse [options]
       bongtu sse headers --bucket B --key KEY --kms ARN [options] [-o OUT] SEALED|-
       bongtu sse headers --bucket B --key KEY --private-key PEM [options] [-o OUT] SEALED|-

Prints the headers of server-side encryption for one request, as a JSON object: for SSE-S3, SSE-KMS
or DSSE-KMS, or for SSE-C with the customer key that \`bongtu sse key\` sealed. The latter CARRY THE
KEY: send them over HTTPS only, and never log them.

Options:
      --operation NAME     the operation of S3 as its API names it (default PutObject); one that
                           must not carry them gets none; with SSE-C it is refused
      --mode MODE          s3, kms or dsse
      --key-id ID          with kms or dsse: the symmetric KMS key, by id, ARN or alias (default:
                           the account's aws/s3)
  -c, --context NAME=VALUE with kms or dsse: a pair for the encryption context; may be repeated
      --bucket-key         with kms: ask S3 to use a bucket key
      --bucket B           with SEALED: the bucket that the customer key was sealed for
      --key KEY            with SEALED: the object's key that it was sealed for
      --kms ARN            unwrap with kms:Decrypt on this key; credentials are found as everywhere
                           in AWS SDKs
      --region R           the Region of KMS to ask (default: the one in ARN)
      --endpoint-url U     the endpoint of KMS to ask (default: AWS_ENDPOINT_URL_KMS,
                           AWS_ENDPOINT_URL, or AWS's own)
      --private-key PEM    unwrap with the private half in this file
      --under-any-arn      with --kms, also open what was sealed under another ARN than this
  -a, --algorithm NAME     RSAES_OAEP_SHA_256 (default) or RSAES_OAEP_SHA_1: as it was sealed
      --copy-source        with SSE-C: the headers with the key of the source of a copy
  -o, --output OUT         write OUT; - or no -o is standard output, which must not be a terminal
                           when a key is printed
      --no-overwrite       fail if OUT exists already or appears meanwhile
  -h, --help               show this text

Examples:
  bongtu sse headers --mode kms --key-id alias/inbox --bucket-key
  bongtu sse headers --operation GetObject --bucket inbox --key report.pdf --kms arn:… \\
      -o headers.json report.pdf.customer-key
`;

export const sseHeaders = command({
  name: "sse headers",
  help: HELP,
  options: {
    ...OPENING_KEY,
    "under-any-arn": { type: "boolean" },
    operation: { type: "string" },
    mode: { type: "string" },
    "key-id": { type: "string" },
    context: { type: "string", short: "c", multiple: true },
    "bucket-key": { type: "boolean" },
    bucket: { type: "string" },
    key: { type: "string" },
    algorithm: { type: "string", short: "a" },
    "copy-source": { type: "boolean" },
    ...OUTPUT,
  },
  readsSecret: true,
  async run(values, operand) {
    const operation = (values.operation ?? "PutObject") as S3Operation;
    if (values.mode !== undefined) {
      refuse(values, CUSTOMER_KEY_OPTIONS, "goes with SEALED, not with --mode");
      if (operand !== undefined) {
        throw usageError("give either --mode or SEALED");
      }
      checkNoOverwrite(values);
      const headers = json(modeOf(values.mode, values).headers(operation));
      return values.output === undefined
        ? print(headers)
        : write(await openOutput(values), async () => headers);
    }
    if (operand === undefined) {
      throw usageError("give --mode, or SEALED: the customer key that `bongtu sse key` sealed");
    }
    refuse(values, MODE_OPTIONS, "goes with --mode");
    const where = place(values);
    const keyring = await openingKeyring(values, parseAlgorithm(values.algorithm));
    const sealed = await readSmall(operand, "a sealed customer key");
    await write(await openOutput(values), async () => {
      const key = await CustomerKey.open(keyring, sealed, where);
      try {
        const source = values["copy-source"] === true;
        return json(source ? key.copySourceHeaders(operation) : key.headers(operation));
      } finally {
        key.dispose();
      }
    });
  },
});

const MODE_OPTIONS = ["key-id", "context", "bucket-key"] as const;
const CUSTOMER_KEY_OPTIONS = [
  "bucket",
  "key",
  "kms",
  "region",
  "endpoint-url",
  "private-key",
  "under-any-arn",
  "algorithm",
  "copy-source",
] as const;

function refuse(values: object, options: readonly string[], why: string): void {
  const given = options.find((option) => option in values);
  if (given !== undefined) {
    throw usageError(`--${given} ${why}`);
  }
}

function modeOf(
  mode: string,
  values: {
    readonly "key-id"?: string | undefined;
    readonly context?: string[] | undefined;
    readonly "bucket-key"?: boolean | undefined;
  },
) {
  const { "key-id": keyId, "bucket-key": bucketKey } = values;
  const context = parsePairs("-c", values.context);
  switch (mode) {
    case "s3":
      refuse(values, MODE_OPTIONS, "goes with --mode kms");
      return sse.s3();
    case "kms":
      return sse.kms({ keyId, context, bucketKey });
    case "dsse":
      refuse(values, ["bucket-key"], "goes with --mode kms");
      return sse.dsse({ keyId, context });
    default:
      throw usageError(`--mode takes s3, kms or dsse, not '${mode}'`);
  }
}

function write(output: Output, make: () => Promise<Text>): Promise<void> {
  return deliver(output, async () => new TextEncoder().encode(`${await make()}`));
}
