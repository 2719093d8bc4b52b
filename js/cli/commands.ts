import type { Command } from "./args.js";
import { inspect } from "./commands/inspect.js";
import { key } from "./commands/key.js";
import { inspectObject } from "./commands/object/inspect.js";
import { openObject } from "./commands/object/open.js";
import { sealObject } from "./commands/object/seal.js";
import { open } from "./commands/open.js";
import { policyBucket } from "./commands/policy/bucket.js";
import { policyExplain } from "./commands/policy/explain.js";
import { policyKey } from "./commands/policy/key.js";
import { seal } from "./commands/seal.js";
import { secretOpen } from "./commands/secret/open.js";
import { secretSeal } from "./commands/secret/seal.js";
import { sseHeaders } from "./commands/sse/headers.js";
import { sseKey } from "./commands/sse/key.js";
import { group } from "./group.js";
import { text } from "./terminal/text.js";

const object = group(
  "object",
  text`Objects of the Amazon S3 Encryption Clients: a body, and the user metadata that S3 stores with it.`,
  [
    [sealObject, "seal a file to a public key, as a body and its metadata"],
    [openObject, "open a body with its metadata, through KMS or with the private key"],
    [inspectObject, "show what the metadata say about an object, without any key"],
  ],
);

const secret = group(
  "secret",
  text`Passwords, tokens and the like as one line of text, for the places that hold strings: parameters,
environment variables, fields of logs.`,
  [
    [secretSeal, "seal a secret to a public key"],
    [secretOpen, "open one, through KMS or with the private key"],
  ],
);

const sse = group(
  "sse",
  text`Server-side encryption: what S3 does to an object once it has it, sealed or not.`,
  [
    [sseKey, "make a customer key (SSE-C) and seal it to a public key"],
    [sseHeaders, "print the headers of a request, of SSE-C or of another mode"],
  ],
);

const policy = group(
  "policy",
  text`Policies of Amazon S3 buckets, which say what requests must be like, and of AWS KMS keys, which
say who may use them.`,
  [
    [policyBucket, "print a bucket policy that enforces what is asked for"],
    [policyExplain, "tell what an existing bucket policy enforces, and what no policy can see"],
    [policyKey, "print the policy of a key: who manages it and who opens with it"],
  ],
);

/** Longer names before those that they begin with. */
export const COMMANDS: readonly Command[] = [
  key,
  seal,
  open,
  inspect,
  ...object,
  ...secret,
  ...sse,
  ...policy,
];
