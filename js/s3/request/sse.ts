// Server-side encryption with keys that AWS holds.

import { inputError } from "../../base/errors.js";
import {
  checkFlag,
  checkOptions,
  checkText,
  requiredText,
  stringPairs,
} from "../../base/options.js";
import { s3Wasm } from "../../modules/s3.js";
import type { Encryption } from "../../wasm/bongtu_s3.js";
import { record } from "./arguments.js";
import type { CustomerKey } from "./customer-key.js";
import { customerKeys } from "./customer-keys.js";
import type { S3Operation } from "./s3-operation.js";

/** A response of KMS DescribeKey, which tells what kind of key it is about. */
export interface DescribeKeyResponse {
  readonly KeyMetadata?:
    | {
        readonly Arn?: string | undefined;
        readonly KeySpec?: string | undefined;
      }
    | undefined;
}

export interface SseDsseOptions {
  /**
   * The symmetric KMS key: its id or ARN, `alias/NAME` or the ARN of an alias. No name tells what
   * kind of key it is: where DescribeKey may be asked, its response stands here instead, and
   * anything but a symmetric key is refused. Without it, it is the account's `aws/s3`.
   */
  readonly keyId?: string | DescribeKeyResponse | undefined;
  /** Pairs for the encryption context, to which S3 adds the object's ARN. */
  readonly context?: Readonly<Record<string, string>> | undefined;
}

export interface SseKmsOptions extends SseDsseOptions {
  /** Whether S3 makes one KMS call for many objects. If this is not set, the bucket's setting counts. */
  readonly bucketKey?: boolean | undefined;
}

const CONSTRUCT = Symbol();

let encryptionOfSse: (sse: Sse) => Encryption;

/** A mode of server-side encryption, made by {@link sse}. */
export class Sse {
  readonly #encryption: Encryption;
  readonly mode: "AES256" | "aws:kms" | "aws:kms:dsse";

  /** @internal */
  constructor(construct: symbol, encryption: Encryption) {
    if (construct !== CONSTRUCT) {
      throw inputError("use sse.s3, sse.kms or sse.dsse");
    }
    this.#encryption = encryption;
    this.mode = encryption.modeName as Sse["mode"];
    Object.freeze(this);
  }

  /**
   * The headers for PutObject, CopyObject and CreateMultipartUpload (for PostObject fields of the
   * form); none for all other operations, which must not carry them.
   */
  headers(operation: S3Operation): Record<string, string> {
    return record(this.#encryption.headers(requiredText(operation, "operation"), undefined));
  }

  static {
    encryptionOfSse = (sse) => sse.#encryption;
  }
}

/** Server-side encryption with keys that AWS holds. The modes exclude each other. */
export const sse = {
  /** SSE-S3: keys of S3's own, as buckets do by default. */
  s3: ((options: object = {}): Sse => {
    // It has none, and those of the other modes would be lost.
    checkOptions(options, {});
    return new Sse(CONSTRUCT, s3Wasm().Encryption.s3());
  }) as () => Sse,

  /** SSE-KMS. Who uploads needs `kms:GenerateDataKey`, in parts also `kms:Decrypt`. */
  kms(options: SseKmsOptions = {}): Sse {
    checkOptions(options, { keyId: true, context: true, bucketKey: true });
    const { id, spec, context } = kmsArguments(options);
    const bucketKey = options.bucketKey;
    checkFlag(bucketKey, "bucketKey");
    return new Sse(CONSTRUCT, s3Wasm().Encryption.kms(id, spec, context, bucketKey));
  },

  /** DSSE-KMS: two layers under KMS keys. */
  dsse(options: SseDsseOptions = {}): Sse {
    if ((options as SseKmsOptions | null)?.bucketKey !== undefined) {
      throw inputError("bucketKey: DSSE-KMS has no bucket keys");
    }
    checkOptions(options, { keyId: true, context: true });
    const { id, spec, context } = kmsArguments(options);
    return new Sse(CONSTRUCT, s3Wasm().Encryption.dsse(id, spec, context));
  },
} as const;

/** How an object is to be encrypted at rest; undefined is the bucket's default. */
export type EncryptionMode = Sse | CustomerKey;

/**
 * Calls `use` with the handle of a mode; `"SSE-C"` is a key that is not known here.
 * @internal
 */
export function withEncryption<T>(
  mode: EncryptionMode | "SSE-C" | undefined,
  use: (encryption: Encryption) => T,
): T {
  if (mode instanceof Sse) {
    return use(encryptionOfSse(mode));
  }
  const customerKey = customerKeys.get(mode as CustomerKey);
  if (customerKey !== undefined) {
    return use(customerKey());
  }
  const { Encryption } = s3Wasm();
  if (mode !== undefined && mode !== "SSE-C") {
    throw inputError("mode must be made by sse.s3, sse.kms, sse.dsse or CustomerKey");
  }
  const other = mode === undefined ? Encryption.bucketDefault() : Encryption.anyCustomerKey();
  try {
    return use(other);
  } finally {
    other.free();
  }
}

function kmsArguments({ keyId, context }: SseDsseOptions) {
  return {
    ...kmsKey(keyId),
    context: context === undefined ? [] : stringPairs(context, "context", "ERR_CONTEXT"),
  };
}

/** The id and spec of a key. A key that is given as a public key is refused for its spec, which is RSA. */
function kmsKey(keyId: unknown): { id?: string | undefined; spec?: string | undefined } {
  if (typeof keyId !== "object" || keyId === null) {
    return { id: checkText(keyId, "keyId") };
  }
  const { KeyMetadata, KeyId, KeySpec, keyArn, keySpec } = keyId as Record<string, unknown>;
  const described = (KeyMetadata ?? {}) as Record<string, unknown>;
  const spec = described.KeySpec ?? KeySpec ?? keySpec;
  if (typeof spec !== "string") {
    throw inputError("keyId must be a string or a response of DescribeKey");
  }
  return { id: checkText(described.Arn ?? KeyId ?? keyArn, "keyId") ?? "", spec };
}
