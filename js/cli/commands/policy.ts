import type { Command } from "../args.js";
import { group } from "../group.js";
import { text } from "../terminal/text.js";
import { policyBucket } from "./policy/bucket.js";
import { policyExplain } from "./policy/explain.js";
import { policyKey } from "./policy/key.js";

const HELP = text`Usage: bongtu policy COMMAND [options] …

Policies of Amazon S3 buckets, which say what requests must be like, and of AWS KMS keys, which
say who may use them.

Commands:
  bucket     print a bucket policy that enforces what is asked for
  explain    tell what an existing bucket policy enforces, and what no policy can see
  key        print the policy of a key: who manages it and who opens with it

Options:
  -h, --help    show this text; after a command, the text of that command
`;

export const policyCommands: readonly Command[] = [policyBucket, policyExplain, policyKey];

export const policy = group("policy", HELP, policyCommands);
