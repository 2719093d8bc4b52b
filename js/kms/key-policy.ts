// Policies of KMS keys: who administers a key, who exports its public half, who opens with it.

import { inputError } from "../base/errors.js";
import type { Names } from "../base/option-names.js";
import {
  checkFlag,
  checkOptions,
  checkText,
  contextPairs,
  type EncryptionContext,
  requiredText,
} from "../base/options.js";
import type { EncryptionAlgorithm } from "../keys/public-key.js";
import { policyWasm } from "../modules/policy.js";
import { textOptions } from "../s3/request/arguments.js";

/** What a key is used for. */
export interface KeyUse {
  /**
   * The algorithms with which an RSA key may open; both unless set. Objects are under
   * RSAES_OAEP_SHA_1, messages and secrets under RSAES_OAEP_SHA_256 unless they are told otherwise.
   */
  readonly encryptionAlgorithms?: readonly EncryptionAlgorithm[] | undefined;
  /** Opens only by way of a service, such as `lambda.eu-west-1.amazonaws.com`. */
  readonly viaService?: string | undefined;
  /** Whether it is a symmetric key, and no RSA key. */
  readonly symmetric?: boolean | undefined;
  /** Pairs that the encryption context of a symmetric key must have. */
  readonly encryptionContext?: EncryptionContext | undefined;
}

export interface KeyPolicyOptions extends KeyUse {
  /** The account that has the key: 12 digits. */
  readonly account: string;
  /** `aws` unless set; `aws-cn` and others have their own. */
  readonly partition?: string | undefined;
  /** ARNs of roles or users who manage the key, one at least. None of them may be an opener. */
  readonly administrators: readonly string[];
  /** ARNs of roles or users who open. */
  readonly openers: readonly string[];
  /**
   * ARNs of those who export the public half of an RSA key, or seal under a symmetric one. Whoever has the
   * public half needs no permission to seal.
   */
  readonly sealers?: readonly string[] | undefined;
  /**
   * Accounts whose administrators decide who opens there: by an identity policy of theirs, which
   * `keyPolicy.forOpeners` writes.
   */
  readonly otherAccounts?: readonly string[] | undefined;
  /** ARNs of log groups of CloudWatch Logs that are encrypted with a symmetric key. */
  readonly logGroups?: readonly string[] | undefined;
}

export interface OpenerPolicyOptions extends KeyUse {
  readonly keyArn: string;
}

export interface KeyPolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal?: Readonly<Record<"AWS" | "Service", string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}

/** For PutKeyPolicy or CreateKey, or for PutRolePolicy, as JSON. */
export interface KeyPolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly KeyPolicyStatement[];
}

const KEY_USE: Names<KeyUse> = {
  encryptionAlgorithms: true,
  viaService: true,
  symmetric: true,
  encryptionContext: true,
};

const POLICY_OPTIONS: Names<KeyPolicyOptions> = {
  ...KEY_USE,
  account: true,
  partition: true,
  administrators: true,
  openers: true,
  sealers: true,
  otherAccounts: true,
  logGroups: true,
};

function build(options: KeyPolicyOptions): KeyPolicyDocument {
  checkOptions(options, POLICY_OPTIONS);
  const account = requiredText(options.account, "account");
  const partition = checkText(options.partition, "partition");
  const texts = [
    ...textOptions({ account, partition }),
    ...listOption("administrators", options.administrators),
    ...listOption("openers", options.openers),
    ...listOption("sealers", options.sealers),
    ...listOption("otherAccounts", options.otherAccounts),
    ...listOption("logGroups", options.logGroups),
    ...useOptions(options),
  ];
  return JSON.parse(policyWasm().keyPolicy(texts, contextPairs(options.encryptionContext)));
}

function forOpeners(options: OpenerPolicyOptions): KeyPolicyDocument {
  checkOptions(options, { ...KEY_USE, keyArn: true });
  const texts = ["keyArn", requiredText(options.keyArn, "keyArn"), ...useOptions(options)];
  return JSON.parse(policyWasm().openerPolicy(texts, contextPairs(options.encryptionContext)));
}

/**
 * The policy of a key in least privilege: nobody gets `kms:*`, who opens may do nothing else, and who
 * administers does not open. `keyPolicy.forOpeners` writes the identity policy that goes with it, in
 * another account or in the same.
 */
export const keyPolicy = /* @__PURE__ */ Object.assign(build, { forOpeners });

function useOptions({ encryptionAlgorithms, viaService, symmetric }: KeyUse): string[] {
  if (encryptionAlgorithms?.length === 0) {
    throw inputError("encryptionAlgorithms must name one at least; unset, it means both");
  }
  return [
    ...listOption("encryptionAlgorithms", encryptionAlgorithms),
    ...textOptions({
      viaService: checkText(viaService, "viaService"),
      symmetric: checkFlag(symmetric, "symmetric"),
    }),
  ];
}

/** The option once for each of its values. */
function listOption(name: string, values: readonly string[] | undefined): string[] {
  if (values === undefined) {
    return [];
  }
  if (!Array.isArray(values) || values.some((value) => typeof value !== "string")) {
    throw inputError(`${name} must be an array of strings`);
  }
  return values.flatMap((value) => [name, value]);
}
