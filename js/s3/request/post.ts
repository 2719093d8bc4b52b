// Uploads of HTML forms: the policy that a server signs, and the form's fields.

import { inputError } from "../../base/errors.js";
import { refuseMisspelt } from "../../base/option-names.js";
import {
  checkFlag,
  checkObject,
  checkText,
  requiredText,
  stringPairs,
} from "../../base/options.js";
import { s3Wasm } from "../../modules/s3.js";
import type { SealedFormat } from "../../sealed/sealed.js";
import { endpointText, type Readers, readOptions, record, textOptions } from "./arguments.js";
import { type EncryptionMode, withEncryption } from "./sse.js";
import {
  type ChecksumAlgorithm,
  checkSize,
  checksumTexts,
  described,
  type UploadBody,
} from "./upload-request.js";

export interface PostPolicyOptions {
  readonly bucket: string;
  /** The exact key, which the server chose. */
  readonly key?: string | undefined;
  /** Or any key that begins so: the page can then overwrite all others that do. */
  readonly keyPrefix?: string | undefined;
  /** Least and most bytes of ciphertext; what the format and S3 (5 GiB) allow unless set. */
  readonly sizeRange?: readonly [least: number, most: number] | undefined;
  /** Until when, or for how many seconds from now; at most seven days. */
  readonly expires: Date | number;
  /** The format of the upload; objects must be sealed to an RSA key. */
  readonly format: SealedFormat;
  /** Whether an object of version 3 has a material description. */
  readonly materialDescription?: boolean | undefined;
  /** Server-side encryption. Of a customer key the policy holds nothing: the page can read it. */
  readonly mode?: EncryptionMode | "SSE-C" | undefined;
  /** A checksum that the form must bring. */
  readonly checksum?: ChecksumAlgorithm | undefined;
  /** The only type that is admitted; `application/octet-stream` unless set. */
  readonly contentType?: string | undefined;
}

const POLICY_OPTIONS: Readers<PostPolicyOptions> = {
  bucket: requiredText,
  key: checkText,
  keyPrefix: checkText,
  sizeRange: true,
  expires: true,
  format: requiredText,
  materialDescription: checkFlag,
  mode: true,
  checksum: checkText,
  contentType: checkText,
};

const FORM_OPTIONS: Readers<PostFormOptions> = {
  mode: true,
  checksum: true,
  key: checkText,
  endpoint: endpointText,
};

/** A condition as it stands in a policy. */
export type PostCondition =
  | Record<string, string>
  | ["starts-with", string, string]
  | ["content-length-range", number, number];

/** Signs a policy with Signature Version 4. */
export interface PostSigner {
  readonly accessKeyId: string;
  readonly region: string;
  /** The session token of temporary credentials. */
  readonly sessionToken?: string | undefined;
  /**
   * The signature in lower-case hexadecimal: HMAC-SHA-256 of `policy`, which is base64, under the
   * signing key of this scope.
   */
  sign(
    policy: string,
    scope: { readonly date: string; readonly region: string; readonly service: "s3" },
  ): string | Promise<string>;
}

export interface PostFormOptions {
  /** The customer key, where the policy asks for one. */
  readonly mode?: EncryptionMode | undefined;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
  /** The key, if the policy has a prefix. Without it S3 takes the file's name. */
  readonly key?: string | undefined;
  /** The URL that the form goes to: a customer key is refused for plain HTTP, unless it goes to this machine. */
  readonly endpoint?: string | URL | undefined;
}

export interface PostPolicy {
  /** ISO 8601, UTC. */
  readonly expiration: string;
  readonly conditions: readonly PostCondition[];
  /** Fields of the form that have one value only; `key` among them. */
  readonly fields: Readonly<Record<string, string>>;
  /** Warnings for the author of the server about these options; usually there are none. */
  readonly warnings: readonly string[];
  /** For `createPresignedPost` of `@aws-sdk/s3-presigned-post`: `createPresignedPost(client, it)`. */
  readonly presignedPost: {
    readonly Bucket: string;
    readonly Key: string;
    readonly Conditions: PostCondition[];
    readonly Fields: Record<string, string>;
    /** In seconds. */
    readonly Expires: number;
  };
  /** The policy as JSON, with conditions for a signer's own fields. */
  policy(extra?: Readonly<Record<string, string>>): string;
  /** The signed fields, for the page. */
  sign(signer: PostSigner): Promise<Record<string, string>>;
  /** {@link postForm}, for who signs and uploads in one place. */
  readonly form: typeof postForm;
}

/**
 * The policy of a form's upload, for a server to sign: it admits something sealed of one format and
 * as little else as a policy can tell.
 *
 * A form can replace an object, at an exact `key` too and as often as it likes until it expires: no
 * field of a form is `If-None-Match`. Where that matters let pages use presigned PUT with
 * `createOnly`, or choose a key that nobody else has, and look at what was stored by its version.
 *
 * No policy sees whether a body is sealed. A server finds out when it looks at what was stored:
 * `inspect` of the first bytes of a message (or of an object's metadata) needs no key.
 */
export function postPolicy(options: PostPolicyOptions): PostPolicy {
  const given = readOptions(options, POLICY_OPTIONS);
  const [least, most] = sizeRange(options.sizeRange);
  const now = Date.now();
  const expires = expiry(options.expires, now);
  const texts = [...given, ...textOptions({ least, most, now, expires })];
  const [expiration, json, pairs, warnings] = withEncryption(options.mode, (encryption) =>
    s3Wasm().postPolicy(encryption, texts),
  ) as [string, string, unknown, string[]];
  const conditions = JSON.parse(json) as PostCondition[];
  const fields = record(pairs);
  const { key = "", ...others } = fields;

  function policy(extra: Readonly<Record<string, string>> = {}): string {
    const more = Object.entries(extra).map(([name, value]) => ({ [name]: value }));
    return JSON.stringify({ expiration, conditions: [...conditions, ...more] });
  }

  return {
    expiration,
    conditions,
    fields,
    warnings,
    presignedPost: {
      Bucket: options.bucket,
      Key: key,
      Conditions: conditions.filter((condition) => !isPlace(condition)),
      Fields: others,
      Expires: Math.max(1, Math.floor((expires - now) / 1000)),
    },
    policy,
    sign: (signer) => sign(signer, fields, policy),
    form: postForm,
  };
}

/**
 * All fields of a form that uploads something sealed, in order: append them to a `FormData`, and
 * after them the body as the last, `file`.
 *
 * `signed` is what the server sent: what `sign` of a policy gave, or the `fields` of
 * `createPresignedPost`.
 */
export function postForm(
  signed: Readonly<Record<string, string>>,
  sealed: UploadBody,
  options: PostFormOptions = {},
): [name: string, value: string][] {
  const given = readOptions(options, FORM_OPTIONS);
  const { metadata } = described(sealed);
  const texts = [...given, ...checksumTexts(options.checksum)];
  const fields = stringPairs(signed, "the signed fields", "ERR_POLICY");
  return withEncryption(options.mode, (encryption) =>
    s3Wasm().postForm(encryption, fields, metadata, texts),
  ) as [string, string][];
}

async function sign(
  signer: PostSigner,
  fields: Readonly<Record<string, string>>,
  policy: (extra: Readonly<Record<string, string>>) => string,
): Promise<Record<string, string>> {
  checkObject(signer, "the signer");
  // Other names are accepted: a signer may well be an object with more members.
  refuseMisspelt(signer, ["accessKeyId", "region", "sessionToken", "sign"], "signer.");
  const accessKeyId = requiredText(signer.accessKeyId, "accessKeyId");
  const region = requiredText(signer.region, "region");
  const token = checkText(signer.sessionToken, "sessionToken");
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const date = time.slice(0, 8);
  const own = {
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${accessKeyId}/${date}/${region}/s3/aws4_request`,
    "x-amz-date": time,
    ...(token === undefined ? {} : { "x-amz-security-token": token }),
  };
  const encoded = base64(policy(own));
  const signature = await signer.sign(encoded, { date, region, service: "s3" });
  if (typeof signature !== "string" || !/^[0-9a-f]{64}$/.test(signature)) {
    throw inputError("sign must return 64 lower-case hexadecimal digits");
  }
  return { ...fields, ...own, policy: encoded, "x-amz-signature": signature };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Whether the SDK has an argument of its own for this condition. */
function isPlace(condition: PostCondition): boolean {
  return Array.isArray(condition)
    ? condition[1] === "$key"
    : "bucket" in condition || "key" in condition;
}

function sizeRange(range: unknown): [number | undefined, number | undefined] {
  if (range === undefined) {
    return [undefined, undefined];
  }
  if (!Array.isArray(range) || range.length !== 2) {
    throw inputError("sizeRange must be two numbers of bytes");
  }
  return [checkSize(range[0], "sizeRange"), checkSize(range[1], "sizeRange")];
}

/** In milliseconds since 1970. */
function expiry(expires: unknown, now: number): number {
  const time = typeof expires === "number" ? now + 1000 * expires : timeOf(expires);
  if (!Number.isFinite(time)) {
    throw inputError("expires must be a Date, or a number of seconds");
  }
  // Any time before 1970 counts as 1970, which is past too.
  return Math.min(Math.max(Math.floor(time), 0), Number.MAX_SAFE_INTEGER);
}

/** A Date is known by its method, not by instanceof: a frame's Date is another class. */
function timeOf(date: unknown): number {
  return typeof (date as Date | undefined)?.getTime === "function"
    ? (date as Date).getTime()
    : Number.NaN;
}
