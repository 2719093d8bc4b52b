import type { Command } from "../args.js";
import { group } from "../group.js";
import { text } from "../terminal/text.js";
import { policyBucket } from "./policy/bucket.js";
import { policyExplain } from "./policy/explain.js";

const HELP = text`Usage: bongtu policy COMMAND [options] …

Bucket policies of Amazon S3: what requests to a bucket must be like.

Commands:
  bucket     print a policy that enforces what is asked for
  explain    tell what an existing policy enforces, and what no policy can see

Options:
  -h, --help    show this text; after a command, the text of that command
`;

export const policyCommands: readonly Command[] = [policyBucket, policyExplain];

export const policy = group("policy", HELP, policyCommands);
