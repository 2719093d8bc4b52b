// Small secrets: one line of text, for the places that hold strings (docs/formats.md 1.1 and 6.1). The rules here are those of
// crates/core/src/secret.rs, and one table of cases tests both: a WebAssembly module for them would be larger than they are. Only
// what looks like a wrapped key is asked of WebAssembly.

import { type Bytes, bytesOf } from "../base/bytes.js";
import { BongtuError, inputError } from "../base/errors.js";
import { Operation, type OperationOptions } from "../base/operation.js";
import {
  checkLimits,
  checkOperationOptions,
  checkText,
  contextPairs,
  type EncryptionContext,
} from "../base/options.js";
import { type UnwrapSession, unwrapDataKey } from "../engine/unwrap.js";
import { wrapDataKey } from "../executor/choose.js";
import { keyringParts } from "../keys/descriptor.js";
import type { Keyring } from "../keys/keyring.js";
import type { KmsDecryptRequest } from "../keys/kms.js";
import { openKeyring } from "../keys/open-keyring.js";
import { type EncryptionAlgorithm, KmsPublicKey } from "../keys/public-key.js";
import { OPEN_OPTIONS, type OpenOptions, open } from "../message/open.js";
import { seal, sealedSize } from "../message/seal.js";
import { openWasm } from "../modules/open.js";

/**
 * `armoured`: base64 of an AWS Encryption SDK message, as `seal` makes it. `direct`: base64 of one
 * RSA block over the secret itself, which `aws kms decrypt` opens by itself; its KMS key should open
 * direct secrets and nothing else.
 */
export type SecretForm = "armoured" | "direct";

/** @internal */
export const SECRET_FORMS: readonly SecretForm[] = ["armoured", "direct"];

/**
 * Characters that one value may have. Where several share the room it is what one has that is
 * alone; crates/core/src/secret/target.rs says where each number comes from.
 */
const CAPACITIES = {
  "ssm-standard": 4096,
  "ssm-advanced": 8192,
  "secrets-manager": 65_536,
  lambda: 4087,
  codebuild: 5500,
  "cloudwatch-logs": 262_118,
};

/**
 * Where a value will be stored: a standard (4,096 characters) or advanced (8,192) parameter of SSM
 * Parameter Store; Secrets Manager (65,536); an environment variable of Lambda (4 KB for all
 * variables together, names included: one value alone has 4,087 characters) or CodeBuild (about
 * 5,500 for all together); a field of an event in CloudWatch Logs (262,118, which every Region
 * takes).
 */
export type SecretTarget = keyof typeof CAPACITIES;

/** @internal */
export const SECRET_TARGETS = Object.keys(CAPACITIES) as SecretTarget[];

export interface SecretOptions extends OperationOptions {
  /** `armoured` unless set. */
  readonly form?: SecretForm | undefined;
  /** A value that does not fit there is refused (`ERR_LIMIT`) before it is sealed; direct ones always do. */
  readonly target?: SecretTarget | undefined;
  /** Of an armoured secret, as in `seal`; a direct one has none. */
  readonly encryptionContext?: EncryptionContext | undefined;
  /** With a `KmsPublicKey`: RSAES_OAEP_SHA_256 unless set. A keyring has its own. */
  readonly algorithm?: EncryptionAlgorithm | undefined;
}

export interface OpenSecretOptions extends OpenOptions {
  /** A value of the other form is refused before KMS is asked; either is opened unless set. */
  readonly form?: SecretForm | undefined;
}

/**
 * Seals a secret, offline, to one line of base64 (RFC 4648 section 4). Text is sealed as UTF-8.
 *
 * Armoured, a secret of any length takes `4 * Math.ceil(sealedSize(keyring, length) / 3)`
 * characters. Direct, it has at least 1 byte and at most `publicKey.maxDirectBytes(algorithm)`, and
 * takes 344, 512 or 684 characters; for this a `KmsPublicKey` is enough.
 */
export async function sealSecret(
  key: Keyring | KmsPublicKey,
  secret: string | Uint8Array | ArrayBuffer,
  options: SecretOptions = {},
): Promise<string> {
  const known = { form: true, target: true, encryptionContext: true, algorithm: true } as const;
  checkOperationOptions(options, known);
  const { form = "armoured", target } = options;
  checkForm(form);
  if (target !== undefined && !SECRET_TARGETS.includes(target)) {
    throw inputError(`target must be one of ${SECRET_TARGETS.join(", ")}`);
  }
  const bytes = bytesOfSecret(secret);
  try {
    const sealed = form === "direct" ? sealDirect : sealArmoured;
    return toBase64(await sealed(key, bytes, options));
  } finally {
    bytes.fill(0);
  }
}

/**
 * Opens what `sealSecret` made, in either form, or another writer of one of them; it may be broken
 * into lines. The options are those of `open`, and `form`. The caller may wipe the result. Text that
 * nobody sealed is `ERR_NOT_SEALED`: do not use it in the secret's place, since whoever stores it
 * chose it.
 *
 * A direct secret costs one `kms:Decrypt` under the keyring's own ARN and algorithm, and has no
 * encryption context: one that is asked for is `ERR_CONTEXT_MISMATCH`. One that is the wrapped data
 * key of a message or object, as far as that can be told, is `ERR_UNWRAP`.
 */
export async function openSecret(
  keyring: Keyring,
  value: string,
  options: OpenSecretOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkOperationOptions(options, { ...OPEN_OPTIONS, form: true });
  const { form, ...others } = options;
  if (form !== undefined) {
    checkForm(form);
  }
  const { bytes, direct } = decoded(value);
  const found = direct ? "direct" : "armoured";
  if (form !== undefined && form !== found) {
    const demanded = `${NOUNS[found]} secret where ${NOUNS[form]} one is demanded`;
    throw new BongtuError("ERR_MALFORMED", demanded);
  }
  return direct
    ? openDirect(keyring, bytes, others)
    : (await open(keyring, bytes, others)).plaintext;
}

const NOUNS = { armoured: "an armoured", direct: "a direct" };

function checkForm(form: SecretForm): void {
  if (!SECRET_FORMS.includes(form)) {
    throw inputError("form must be armoured or direct");
  }
}

async function sealArmoured(
  keyring: Keyring | KmsPublicKey,
  secret: Bytes,
  { algorithm, target, encryptionContext, signal, onProgress }: SecretOptions,
): Promise<Bytes> {
  if (keyring instanceof KmsPublicKey) {
    throw inputError("a KmsPublicKey seals direct secrets only; an armoured one needs a keyring");
  }
  refuseAlgorithm(algorithm);
  const options = { encryptionContext, signal, onProgress };
  checkFit(sealedSize(keyring, secret.length, options), target);
  return seal(keyring, secret, options);
}

const DEFAULT_ALGORITHM = "RSAES_OAEP_SHA_256";
const HASHES = { RSAES_OAEP_SHA_1: "SHA-1", RSAES_OAEP_SHA_256: "SHA-256" } as const;

async function sealDirect(
  key: Keyring | KmsPublicKey,
  secret: Bytes,
  options: SecretOptions,
): Promise<Bytes> {
  if (contextPairs(options.encryptionContext).length > 0) {
    throw new BongtuError(
      "ERR_CONTEXT",
      "a direct secret has no encryption context; use the armoured form",
    );
  }
  const { publicKey, algorithm } = directKey(key, options);
  const most = publicKey.maxDirectBytes(algorithm);
  if (!publicKey.encryptionAlgorithms.includes(algorithm)) {
    throw new BongtuError(
      "ERR_KEY_ALGORITHM",
      `${algorithm} is not an encryption algorithm of this key`,
    );
  }
  if (secret.length === 0) {
    throw inputError(
      "an empty secret cannot be direct, since KMS returns no empty plaintext; use the armoured form",
    );
  }
  if (openWasm().isWrappedKey(secret)) {
    throw inputError(
      "a direct secret in the shape of a wrapped data key would never be opened; use the armoured form",
    );
  }
  checkLimit("bytes of a direct secret (the armoured form takes more)", secret.length, most);
  const operation = new Operation(options);
  try {
    operation.check();
    const block = await operation.wait(wrapDataKey(publicKey, HASHES[algorithm], secret));
    operation.advance(secret.length, secret.length);
    return block;
  } finally {
    operation.end();
  }
}

function directKey(
  key: Keyring | KmsPublicKey,
  { algorithm }: SecretOptions,
): { publicKey: KmsPublicKey; algorithm: EncryptionAlgorithm } {
  if (key instanceof KmsPublicKey) {
    return { publicKey: key, algorithm: algorithm === undefined ? DEFAULT_ALGORITHM : algorithm };
  }
  refuseAlgorithm(algorithm);
  const parts = keyringParts(key);
  if (parts.kind === "kms") {
    throw symmetricError();
  }
  if (parts.publicKey === undefined) {
    throw new BongtuError("ERR_NO_PUBLIC_KEY", "this keyring has no public key, so it cannot seal");
  }
  return { publicKey: parts.publicKey, algorithm: parts.algorithm ?? DEFAULT_ALGORITHM };
}

async function openDirect(keyring: Keyring, block: Bytes, options: OpenOptions): Promise<Bytes> {
  const parts = keyringParts(keyring);
  const { kms, keyArn, algorithm = DEFAULT_ALGORITHM } = parts;
  // Only a message has a use for these two; a wrong one is refused all the same.
  const commitmentPolicy = checkText(options.commitmentPolicy, "commitmentPolicy");
  new (openWasm().OpenSession)(openKeyring(parts), [], commitmentPolicy).free();
  checkLimits(options.limits);
  if (parts.kind === "kms" || keyArn === undefined) {
    throw symmetricError();
  }
  if (contextPairs(options.encryptionContext).length > 0) {
    throw new BongtuError("ERR_CONTEXT_MISMATCH", "a direct secret has no encryption context");
  }
  const operation = new Operation(options);
  try {
    operation.check();
    const request = { KeyId: keyArn, CiphertextBlob: block, EncryptionAlgorithm: algorithm };
    const secret = await unwrapDataKey<Bytes>(new DirectSession(request), kms, operation);
    try {
      operation.advance(block.length, block.length);
    } catch (error) {
      secret.fill(0);
      throw error;
    }
    return secret;
  } finally {
    operation.end();
  }
}

/** A direct secret's one request, and what its answer is taken for. */
class DirectSession implements UnwrapSession {
  readonly #keyArn: string;
  #request: KmsDecryptRequest | undefined;
  #secret: Bytes | undefined;
  #failure = new BongtuError(
    "ERR_UNWRAP",
    "the secret cannot be decrypted with this key and algorithm",
  );

  constructor(request: KmsDecryptRequest) {
    this.#keyArn = request.KeyId;
    this.#request = request;
  }

  request(): KmsDecryptRequest | undefined {
    return this.#request;
  }

  respond(keyId?: string, plaintext?: Bytes): void {
    this.#request = undefined;
    if (keyId === this.#keyArn && plaintext?.length && !openWasm().isWrappedKey(plaintext)) {
      this.#secret = plaintext.slice();
    }
  }

  refuse(name: string): void {
    this.#request = undefined;
    if (name !== "InvalidCiphertextException" && name !== "IncorrectKeyException") {
      this.#failure = new BongtuError("ERR_KMS", `the request to KMS failed: ${name}`);
    }
  }

  unwrapped(): Bytes {
    if (this.#secret === undefined) {
      throw this.#failure;
    }
    return this.#secret;
  }
}

/** What KMS Encrypt and GenerateDataKey begin their ciphertexts with. */
const SYMMETRIC = ["\x01\x02\x02\0x", "\x01\x02\x03\0x", "\x01\x01\x02\0x", "\x01\x01\x03\0x"];

/**
 * Decodes a value and tells a block from a message. Their lengths and first bytes may be the same,
 * but every message to a KMS RSA key names that kind of key, in 11 bytes that no block has but by a
 * chance of less than 2^-79.
 */
function decoded(value: string): { readonly bytes: Bytes; readonly direct: boolean } {
  if (typeof value !== "string") {
    throw inputError("a sealed secret must be a string");
  }
  const binary = fromBase64(value);
  if (binary === undefined) {
    throw refusal(value, "a sealed secret is standard base64, in lines or in one");
  }
  if (SYMMETRIC.some((start) => binary.startsWith(start))) {
    throw new BongtuError(
      "ERR_UNSUPPORTED",
      "this is the ciphertext of a symmetric KMS key, which KMS opens by itself",
    );
  }
  const direct = [256, 384, 512].includes(binary.length) && !binary.includes("aws-kms-rsa");
  if (!direct && !binary.startsWith("\x02") && !binary.startsWith("\x01\x80")) {
    throw refusal(value, "this is neither a message nor an RSA block");
  }
  return { bytes: Uint8Array.from(binary, (character) => character.charCodeAt(0)), direct };
}

/** Bytes as characters. Nothing but the one right spelling is taken, which `atob` alone does not see to, in any lines. */
function fromBase64(value: string): string | undefined {
  const lines = value.split(/[\r\n]+/).map((line) => line.split(/[\ufeff \t]+/).filter(Boolean));
  const line = lines.flat().join("");
  try {
    const binary = atob(line);
    return lines.every(({ length }) => length <= 1) && btoa(binary) === line ? binary : undefined;
  } catch {
    return undefined;
  }
}

function toBase64(bytes: Bytes): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** A copy, so that the caller may wipe theirs at once. */
function bytesOfSecret(secret: unknown): Bytes {
  if (typeof secret !== "string") {
    const bytes = bytesOf(secret);
    if (bytes === undefined) {
      throw inputError("a secret must be text or bytes");
    }
    return bytes.slice();
  }
  if (/\p{Surrogate}/u.test(secret)) {
    throw inputError("a secret with a lone surrogate is not text");
  }
  return new TextEncoder().encode(secret);
}

/** Base64 makes four characters of three bytes, and of what is left. */
function checkFit(bytes: number, target: SecretTarget | undefined): void {
  if (target !== undefined) {
    checkLimit(`characters for ${target}`, 4 * Math.ceil(bytes / 3), CAPACITIES[target]);
  }
}

function checkLimit(what: string, found: number, limit: number): void {
  if (found > limit) {
    throw new BongtuError("ERR_LIMIT", `${what} ${found}, at most ${limit}`);
  }
}

function refuseAlgorithm(algorithm: unknown): void {
  if (algorithm !== undefined) {
    throw inputError("algorithm goes with a KmsPublicKey; a keyring has its own");
  }
}

function symmetricError(): BongtuError {
  return new BongtuError(
    "ERR_UNSUPPORTED",
    "secrets go to RSA keys only, not to a symmetric KMS key",
  );
}

/**
 * Plain text, which nobody sealed, is told from something sealed that is broken or written in
 * another way: that is long, or has a word that begins as messages do (docs/formats.md 2.4).
 */
function refusal(value: string, broken: string): BongtuError {
  // UTF-16 that was read byte by byte.
  const letters = value.replaceAll("\0", "");
  const bare = letters.trim().replace(/^["']|["']$/g, "");
  const lines = bare.split(/[ \t\n\f\r]+/).filter((line) => line !== "");
  const begins = /(?:^|[^A-Za-z0-9_])(?:Ag[RV]4|AYA[A-D])/.test(letters);
  const long =
    lines.join("").length >= LONG &&
    lines.every((line) => /^[A-Za-z0-9+/_=-]+$/.test(line)) &&
    lines.slice(0, -1).every((line) => line.length >= LINE);
  return begins || long
    ? new BongtuError("ERR_MALFORMED", broken)
    : new BongtuError("ERR_NOT_SEALED", "this is not sealed: a sealed secret is long base64");
}

/** Characters that may be what is left of something sealed. Passwords and tokens are shorter. */
const LONG = 136;
/** No line of such text is shorter, but the last. */
const LINE = 32;
