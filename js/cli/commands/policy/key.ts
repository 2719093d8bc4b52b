import { keyPolicy } from "../../../node.js";
import { command, parseAlgorithm, parsePairs } from "../../args.js";
import { print } from "../../files/output.js";
import { usageError } from "../../terminal/failure.js";
import { json, text } from "../../terminal/text.js";

const HELP = text`Usage: bongtu policy key --account ID --administrator ARN [--opener ARN] …
       bongtu policy key --for-openers KEY_ARN [options]

Prints the policy of a KMS key, as JSON for CreateKey or PutKeyPolicy, in least privilege: nobody
gets kms:*, who opens may do nothing else, and who administers does not open.

Who:
      --account ID          the account that has the key: 12 digits
      --administrator ARN   a role or user who manages it; may be repeated, and one is needed
      --opener ARN          one who may call kms:Decrypt; may be repeated
      --sealer ARN          one who exports the public half (of a symmetric key: seals); may be
                            repeated. Whoever has the public half needs no permission
      --other-account ID    an account whose administrators decide who opens there; may be
                            repeated. They need the policy that --for-openers prints
      --for-openers ARN     prints another policy: the one of IAM for those who open with the key
                            of this ARN, in another account or in the same. It takes -a,
                            --via-service, --symmetric and -c

Options:
  -a, --algorithm NAME      of an RSA key, to open with no other: RSAES_OAEP_SHA_256 or
                            RSAES_OAEP_SHA_1; may be repeated (default: both; objects are under
                            SHA_1, messages and secrets under SHA_256)
      --via-service NAME    open only by way of a service: lambda.eu-west-1.amazonaws.com
      --symmetric           it is a symmetric key
  -c, --context NAME=VALUE  of a symmetric key: a pair that the encryption context must have; may
                            be repeated
      --log-group ARN       of a symmetric key: a log group of CloudWatch Logs that is encrypted
                            with it; may be repeated
      --partition P         aws (default), aws-cn, aws-us-gov, …
  -h, --help                show this text

Examples:
  bongtu policy key --account 111122223333 -a RSAES_OAEP_SHA_256 \\
    --administrator arn:aws:iam::111122223333:role/admin \\
    --opener arn:aws:iam::111122223333:role/back-end > policy.json
  aws kms create-key --key-spec RSA_4096 --key-usage ENCRYPT_DECRYPT --policy file://policy.json
`;

export const policyKey = command({
  name: "policy key",
  help: HELP,
  options: {
    account: { type: "string" },
    administrator: { type: "string", multiple: true },
    opener: { type: "string", multiple: true },
    sealer: { type: "string", multiple: true },
    "other-account": { type: "string", multiple: true },
    algorithm: { type: "string", short: "a", multiple: true },
    "via-service": { type: "string" },
    symmetric: { type: "boolean" },
    context: { type: "string", short: "c", multiple: true },
    "log-group": { type: "string", multiple: true },
    "for-openers": { type: "string" },
    partition: { type: "string" },
  },
  async run(values, operand) {
    if (operand !== undefined) {
      throw usageError(`'${operand}' is not an option`);
    }
    const use = {
      encryptionAlgorithms: values.algorithm?.flatMap((name) => parseAlgorithm(name) ?? []),
      viaService: values["via-service"],
      symmetric: values.symmetric,
      encryptionContext: values.context && parsePairs("-c", values.context),
    };
    const ofKey = {
      account: values.account,
      partition: values.partition,
      administrators: values.administrator,
      openers: values.opener,
      sealers: values.sealer,
      otherAccounts: values["other-account"],
      logGroups: values["log-group"],
    };
    if (!values.symmetric && (values.context ?? values["log-group"]) !== undefined) {
      throw usageError("-c and --log-group go with --symmetric: an RSA key has no context");
    }
    const keyArn = values["for-openers"];
    if (keyArn !== undefined) {
      if (Object.values(ofKey).some((value) => value !== undefined)) {
        throw usageError("--for-openers goes with -a, --via-service, --symmetric and -c only");
      }
      return print(json(keyPolicy.forOpeners({ keyArn, ...use })));
    }
    const { account, administrators = [], openers = [] } = ofKey;
    if (account === undefined) {
      throw usageError("--account ID is missing: whose key it is");
    }
    await print(json(keyPolicy({ ...ofKey, ...use, account, administrators, openers })));
  },
});
