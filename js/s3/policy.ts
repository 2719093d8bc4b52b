// Bucket policies, and what an existing one enforces.

import { BongtuError } from "../base/errors.js";
import type { Names } from "../base/option-names.js";
import { checkFlag, checkOptions, checkText, requiredText } from "../base/options.js";
import { policyWasm } from "../modules/policy.js";
import { type Readers, readOptions } from "./request/arguments.js";

/** The bucket that the policy is for. */
export interface PolicyBucket {
  readonly bucket: string;
  /** `aws` unless set; `aws-cn` and others have their own. */
  readonly partition?: string | undefined;
}

export interface BucketPolicyOptions extends PolicyBucket {
  /** Denies plain HTTP. */
  readonly tlsOnly?: boolean | undefined;
  /** Denies older versions of TLS. */
  readonly minimumTls?: "1.2" | "1.3" | undefined;
  /**
   * Denies uploads under anything but this KMS key, and those that name none.
   *
   * In an upload in parts only CreateMultipartUpload names a key. UploadPart, which is the same
   * action (`s3:PutObject`), carries no such header, and S3 is reported to deny it then. For uploads
   * in parts make this key the bucket's default encryption, and set `allowDefault`.
   */
  readonly kmsKeyArn?: string | undefined;
  /**
   * Beside `kmsKeyArn`: lets uploads pass that name no encryption, parts among them, for buckets
   * whose default is that key.
   */
  readonly allowDefault?: boolean | undefined;
  /** Denies uploads without (`require`) or with (`forbid`) a customer key. */
  readonly customerKey?: "require" | "forbid" | undefined;
  /** Denies uploads that could replace an object: they must say `If-None-Match: *`. */
  readonly createOnly?: boolean | undefined;
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Deny";
  readonly Principal: "*";
  readonly Action: string;
  readonly Resource: string | readonly string[];
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The document that PutBucketPolicy takes, as JSON. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

const BUCKET = { bucket: requiredText, partition: checkText } as const;
const POLICY_OPTIONS: Readers<BucketPolicyOptions> = {
  ...BUCKET,
  tlsOnly: checkFlag,
  minimumTls: checkText,
  kmsKeyArn: checkText,
  allowDefault: checkFlag,
  customerKey: checkText,
  createOnly: checkFlag,
};

function build(options: BucketPolicyOptions): PolicyDocument {
  return JSON.parse(policyWasm().bucketPolicy(readOptions(options, POLICY_OPTIONS)));
}

/** The statements of a single rule, for a policy that has others. */
function statements<O extends PolicyBucket>(
  options: O,
  known: Names<Omit<O, keyof PolicyBucket>>,
  rule: (options: O) => Omit<BucketPolicyOptions, "bucket">,
): readonly PolicyStatement[] {
  checkOptions<PolicyBucket>(options, { ...BUCKET, ...known });
  const { bucket, partition } = options;
  return build({ bucket, partition, ...rule(options) }).Statement;
}

/**
 * A bucket policy that enforces the rules asked for. Each is a Deny, and allows nothing by itself.
 * The functions beside it give the statements of one rule.
 */
export const bucketPolicy = /* @__PURE__ */ Object.assign(build, {
  tlsOnly: (options: PolicyBucket) => statements(options, {}, () => ({ tlsOnly: true })),

  minimumTls: (options: PolicyBucket & { readonly version: "1.2" | "1.3" }) =>
    statements(options, { version: true }, ({ version }) => ({
      minimumTls: requiredText(version, "version") as typeof version,
    })),

  requireKms: (
    options: PolicyBucket & {
      readonly keyArn: string;
      readonly allowDefault?: boolean | undefined;
    },
  ) =>
    statements(options, { keyArn: true, allowDefault: true }, ({ keyArn, allowDefault }) => ({
      kmsKeyArn: requiredText(keyArn, "keyArn"),
      allowDefault,
    })),

  requireCustomerKey: (options: PolicyBucket) =>
    statements(options, {}, () => ({ customerKey: "require" })),

  forbidCustomerKey: (options: PolicyBucket) =>
    statements(options, {}, () => ({ customerKey: "forbid" })),

  createOnly: (options: PolicyBucket) => statements(options, {}, () => ({ createOnly: true })),
});

export type PolicyRule =
  | "tls-only"
  | "minimum-tls"
  | "require-kms"
  | "kms-key"
  | "require-customer-key"
  | "forbid-customer-key"
  | "create-only";

export interface PolicyFinding {
  readonly rule: PolicyRule;
  /** The Sid of the statement. */
  readonly sid?: string;
  readonly text: string;
}

export interface PolicyExplanation {
  /** Rules that hold for everybody and all objects. */
  readonly enforces: readonly PolicyFinding[];
  /** Rules that hold for some only; `text` says for whom. */
  readonly partly: readonly PolicyFinding[];
  readonly notEnforced: readonly PolicyFinding[];
  /** Things that no policy can see. */
  readonly cannotSee: string;
}

/**
 * Says what an existing bucket policy enforces of the rules that {@link bucketPolicy} knows. Takes
 * the document, its JSON, or a response of GetBucketPolicy. What is longer than the 20 KB that S3
 * takes is `ERR_POLICY`.
 */
export function explain(policy: string | object): PolicyExplanation {
  const [enforces, partly, notEnforced, cannotSee] = policyWasm().explainPolicy(
    document(policy),
  ) as [Finding[], Finding[], Finding[], string];
  return {
    enforces: enforces.map(finding),
    partly: partly.map(finding),
    notEnforced: notEnforced.map(finding),
    cannotSee,
  };
}

type Finding = [rule: PolicyRule, sid: string | undefined, text: string];

function finding([rule, sid, text]: Finding): PolicyFinding {
  return sid === undefined ? { rule, text } : { rule, sid, text };
}

function document(policy: unknown): unknown {
  const parsed = typeof policy === "string" ? parse(policy) : policy;
  let response: unknown;
  try {
    response = (parsed as { Policy?: unknown } | null | undefined)?.Policy;
  } catch (cause) {
    throw new BongtuError("ERR_POLICY", "this policy cannot be read", { cause });
  }
  return typeof response === "string" ? parse(response) : parsed;
}

/** White space, of which S3 stores none, may make it longer than what S3 takes. */
const MAX_TEXT = 256 * 1024;

function parse(text: string): unknown {
  if (text.length > MAX_TEXT) {
    throw new BongtuError(
      "ERR_POLICY",
      "this is not a policy document: it is longer than S3 takes",
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BongtuError("ERR_POLICY", "this is not a policy document: it is not JSON", { cause });
  }
}
