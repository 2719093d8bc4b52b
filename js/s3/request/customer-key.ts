/// <reference lib="esnext.disposable" preserve="true" />
// SSE-C: keys that S3 encrypts with and forgets.

import { type Bytes, bytesOf } from "../../base/bytes.js";
import { BongtuError, disposedError, inputError } from "../../base/errors.js";
import type { OperationOptions } from "../../base/operation.js";
import {
  checkObject,
  checkOperationOptions,
  checkOptions,
  contextPairs,
  requiredText,
} from "../../base/options.js";
import type { Keyring } from "../../keys/keyring.js";
import { OPEN_OPTIONS, type OpenOptions, open } from "../../message/open.js";
import { MESSAGE_OPTIONS, type SealOptions, seal } from "../../message/seal.js";
import { s3Wasm } from "../../modules/s3.js";
import type { Encryption } from "../../wasm/bongtu_s3.js";
import { endpointText, type HeadersLike, headerPairs, record } from "./arguments.js";
import { customerKeys } from "./customer-keys.js";
import type { S3Operation } from "./s3-operation.js";

/** The place of an object. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

export interface CustomerKeyHeadersOptions {
  /** The URL that the request goes to: plain HTTP is refused unless it goes to this machine. */
  readonly endpoint?: string | URL | undefined;
  /** For a copy, the key that its source is encrypted with. */
  readonly copySource?: CustomerKey | undefined;
}

const CONSTRUCT = Symbol();

/**
 * A key of 32 bytes that S3 encrypts an object with (SSE-C). S3 keeps no copy of it: whoever loses
 * the key loses the object. It travels in every request for the object, and so is seen by S3 and by
 * whoever signs those requests; data that neither may see are sealed, instead or as well.
 *
 * It stays in memory until it is disposed of.
 */
export class CustomerKey {
  #encryption: Encryption | undefined;
  /** Base64 of the MD5 of the 32 bytes, by which S3 names the key in its responses. */
  readonly md5: string;

  private constructor(construct: symbol, encryption: Encryption) {
    if (construct !== CONSTRUCT) {
      throw inputError("use CustomerKey.generate, CustomerKey.from or CustomerKey.open");
    }
    this.#encryption = encryption;
    customerKeys.set(this, () => this.#live());
    this.md5 = encryption.md5;
    Object.freeze(this);
  }

  static generate(): CustomerKey {
    return new CustomerKey(CONSTRUCT, s3Wasm().Encryption.generateKey());
  }

  /** Copies the key, 32 bytes; the caller's own copy is the caller's to wipe. */
  static from(bytes: Uint8Array | ArrayBuffer): CustomerKey {
    const key = bytesOf(bytes);
    if (key === undefined) {
      throw inputError("a customer key is made from bytes");
    }
    return new CustomerKey(CONSTRUCT, s3Wasm().Encryption.customerKey(key));
  }

  /**
   * Opens what `seal` made, which must name this bucket and key (else `ERR_CONTEXT_MISMATCH`).
   */
  static async open(
    keyring: Keyring,
    sealed: Uint8Array | ArrayBuffer,
    options: ObjectPlace & OpenOptions,
  ): Promise<CustomerKey> {
    const { plaintext } = await open(keyring, sealed, located(options, OPEN_OPTIONS));
    try {
      return CustomerKey.from(plaintext);
    } finally {
      plaintext.fill(0);
    }
  }

  /**
   * The headers that carry the key: three, or six for a copy with `copySource`. For `PostObject`
   * they are fields of the form. An operation that takes none is refused, and so is plain HTTP.
   *
   * A request that is presigned has all of them among its signed headers.
   */
  headers(operation: S3Operation, options: CustomerKeyHeadersOptions = {}): Record<string, string> {
    checkOptions(options, { endpoint: true, copySource: true });
    const name = requiredText(operation, "operation");
    const endpoint = endpointText(options.endpoint);
    const headers = record(this.#live().headers(name, endpoint));
    const source = options.copySource;
    return source === undefined
      ? headers
      : { ...headers, ...checkCustomerKey(source).copySourceHeaders(operation, { endpoint }) };
  }

  /**
   * The three headers of the key that a copy's source is encrypted with, for a copy that is itself
   * encrypted in another way.
   */
  copySourceHeaders(
    operation: S3Operation,
    options: { readonly endpoint?: string | URL | undefined } = {},
  ): Record<string, string> {
    checkOptions(options, { endpoint: true });
    const name = requiredText(operation, "operation");
    return record(this.#live().copySourceHeaders(name, endpointText(options.endpoint)));
  }

  /**
   * Throws unless S3's response says that it used this key (`ERR_SSE`), or when it refused
   * (`ERR_S3`, with what to do about a 403). For PutObject, GetObject, HeadObject, copies,
   * CreateMultipartUpload and UploadPart; other operations do not tell. In a browser the bucket's
   * CORS rule must expose `x-amz-server-side-encryption-customer-algorithm` and `…-key-MD5`.
   */
  checkResponse(response: { readonly status: number; readonly headers: HeadersLike }): void {
    checkObject(response, "response");
    const { status, headers } = response;
    if (!Number.isInteger(status) || status < 100 || status > 999) {
      throw inputError("response.status must be an HTTP status");
    }
    this.#live().checkResponse(status, headerPairs(headers, "response.headers"));
  }

  /**
   * Seals the key to a message whose encryption context names `bucket` and `key`. Keep it in an
   * object beside that one (say, under its key and `.customer-key`), or in a store of your own: not
   * in the object's metadata, since HEAD itself needs the key. Store it before the object, and
   * replace neither (`If-None-Match: *`): an object whose key was replaced is lost.
   */
  async seal(
    keyring: Keyring,
    options: ObjectPlace & SealOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const sealOptions = located(options, MESSAGE_OPTIONS);
    const key = this.#live().exposeKey() as Bytes;
    try {
      return await seal(keyring, key, sealOptions);
    } finally {
      key.fill(0);
    }
  }

  /** Wipes the key; all but `md5` fails from then on. */
  dispose(): void {
    this.#encryption?.free();
    this.#encryption = undefined;
  }

  // Engines that do not know the symbol get the method under none: see below.
  declare [Symbol.dispose]: () => void;

  #live(): Encryption {
    if (this.#encryption === undefined) {
      throw disposedError();
    }
    return this.#encryption;
  }

  static {
    if (typeof Symbol.dispose === "symbol") {
      CustomerKey.prototype[Symbol.dispose] = CustomerKey.prototype.dispose;
    }
  }
}

function checkCustomerKey(key: unknown): CustomerKey {
  if (!(key instanceof CustomerKey)) {
    throw inputError("a customer key must be made by CustomerKey.generate, from or open");
  }
  return key;
}

/** The options of `seal` or `open`, whose names are `known`, with the place in the encryption context. */
function located(
  options: ObjectPlace & (SealOptions | OpenOptions),
  known: typeof MESSAGE_OPTIONS | typeof OPEN_OPTIONS,
): SealOptions | OpenOptions {
  checkOperationOptions<ObjectPlace & OperationOptions>(options, {
    bucket: true,
    key: true,
    ...known,
  });
  const bucket = requiredText(options.bucket, "bucket");
  const key = requiredText(options.key, "key");
  const { encryptionContext } = options;
  contextPairs(encryptionContext);
  if (encryptionContext !== undefined) {
    for (const name of ["bucket", "key"]) {
      if (Object.hasOwn(encryptionContext, name)) {
        throw new BongtuError("ERR_CONTEXT", `encryptionContext: ${name} is named by the options`);
      }
    }
  }
  const names = [...Object.keys(known), "signal", "onProgress"] as (keyof typeof options)[];
  // `...options` would leave out what they inherit.
  const others = Object.fromEntries(names.map((name) => [name, options[name]]));
  return { ...others, encryptionContext: { ...encryptionContext, bucket, key } };
}
