import { type BucketPolicyOptions, bucketPolicy } from "../../../node.js";
import { command, parseChoice } from "../../args.js";
import { print } from "../../files/output.js";
import { usageError } from "../../terminal/failure.js";
import { json, text } from "../../terminal/text.js";

const HELP = text`Usage: bongtu policy bucket --bucket B RULE…

Prints a bucket policy, as JSON for PutBucketPolicy. Every rule of it denies; it allows nothing, and
what it denies, nothing else can allow. Put its statements beside those that the bucket has already.

Rules:
      --tls-only               deny plain HTTP
      --minimum-tls VERSION    deny versions of TLS below 1.2 or 1.3
      --kms-key ARN            deny uploads under anything but this KMS key (SSE-KMS)
      --customer-key RULE      deny uploads without a customer key (require), or with one (forbid)
      --create-only            deny uploads that could replace an object: they must say
                               If-None-Match: *

Options:
      --bucket B               the bucket's name
      --partition P            aws (default), aws-cn, aws-us-gov, …
      --allow-default          with --kms-key: let uploads pass that name no encryption, for a
                               bucket whose default is that key. Uploads in parts need it: S3 is
                               reported to deny their parts, which name none
  -h, --help                   show this text

Examples:
  bongtu policy bucket --bucket inbox --tls-only --minimum-tls 1.2 --create-only > policy.json
  aws s3api put-bucket-policy --bucket inbox --policy file://policy.json
`;

export const policyBucket = command({
  name: "policy bucket",
  help: HELP,
  options: {
    bucket: { type: "string" },
    partition: { type: "string" },
    "tls-only": { type: "boolean" },
    "minimum-tls": { type: "string" },
    "kms-key": { type: "string" },
    "allow-default": { type: "boolean" },
    "customer-key": { type: "string" },
    "create-only": { type: "boolean" },
  },
  async run(values, operand) {
    const { bucket, partition } = values;
    if (operand !== undefined) {
      throw usageError(`'${operand}' is not an option`);
    }
    if (bucket === undefined) {
      throw usageError("--bucket B is missing: the bucket that the policy is for");
    }
    const policy = bucketPolicy({
      bucket,
      partition,
      tlsOnly: values["tls-only"],
      minimumTls: parseChoice("--minimum-tls", ["1.2", "1.3"], values["minimum-tls"]),
      kmsKeyArn: values["kms-key"],
      allowDefault: values["allow-default"],
      customerKey: parseChoice("--customer-key", ["require", "forbid"], values["customer-key"]),
      createOnly: values["create-only"],
    } satisfies BucketPolicyOptions);
    await print(json(policy));
  },
});
