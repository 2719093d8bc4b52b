/**
 * Every code that a {@link BongtuError} can carry. docs/errors.md says when each occurs and what to
 * do.
 */
export const ERROR_CODES = [
  // the public key
  "ERR_PUBLIC_KEY",
  "ERR_PRIVATE_KEY",
  "ERR_KEY_TYPE",
  "ERR_KEY_SIZE",
  "ERR_KEY_EXPONENT",
  "ERR_KEY_USAGE",
  "ERR_KEY_ALGORITHM",
  "ERR_KEY_PIN",
  "ERR_KEY_ARN",
  "ERR_KEY_MISMATCH",
  // sealing
  "ERR_CONTEXT",
  "ERR_FRAME_LENGTH",
  "ERR_TOO_LARGE",
  "ERR_NO_PUBLIC_KEY",
  "ERR_SOURCE_CHANGED",
  // opening: what the bytes say
  "ERR_BASE64",
  "ERR_NOT_SEALED",
  "ERR_MALFORMED",
  "ERR_TRUNCATED",
  "ERR_TRAILING_DATA",
  "ERR_METADATA",
  "ERR_LIMIT",
  "ERR_UNSUPPORTED",
  "ERR_COMMITMENT_POLICY",
  // opening: what the keys say
  "ERR_NO_KMS",
  "ERR_NO_MATCHING_KEY",
  "ERR_UNWRAP",
  "ERR_KMS",
  "ERR_COMMITMENT",
  "ERR_AUTHENTICATION",
  "ERR_CONTEXT_MISMATCH",
  // requests to S3
  "ERR_SSE",
  "ERR_UPLOAD_HEADERS",
  "ERR_POLICY",
  "ERR_PART_SIZE",
  "ERR_S3",
  "ERR_UPLOAD",
  "ERR_SPOOL",
  "ERR_QUOTA",
  // arguments, sources, the platform
  "ERR_INPUT",
  "ERR_SOURCE",
  "ERR_ABORTED",
  "ERR_STATE",
  "ERR_RANDOM",
  "ERR_WASM",
] as const;

export type BongtuErrorCode = (typeof ERROR_CODES)[number];

/**
 * Every failure of this package is a BongtuError; `code` is stable and meant for programs, `message` for
 * people.
 */
export class BongtuError extends Error {
  override readonly name = "BongtuError";
  readonly code: BongtuErrorCode;

  /**
   * `options.cause` is somebody else's failure behind this one: of a source, of KMS, of the
   * caller's signal.
   */
  constructor(code: BongtuErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** @internal What WebAssembly throws. */
export function errorOf(code: BongtuErrorCode, message: string): BongtuError {
  return new BongtuError(code, message);
}

export function inputError(message: string, options?: ErrorOptions): BongtuError {
  return new BongtuError("ERR_INPUT", message, options);
}

/** The words of somebody else's failure, for the end of a message. */
export function wordsOf(cause: unknown): string {
  const { name, message } = (cause ?? {}) as Partial<Error>;
  return String(message || name || cause);
}

/** `reason` is what was given to `AbortController.abort`, `cancel` or `abort`. */
export function abortedError(reason: unknown): BongtuError {
  return new BongtuError("ERR_ABORTED", "this was stopped before it was complete", {
    cause: reason,
  });
}

export function disposedError(): BongtuError {
  return new BongtuError("ERR_STATE", "it was disposed of and cannot be used any more");
}

/** Says nothing about why: neither may the platform's own error reach the caller. */
export function authenticationError(): BongtuError {
  return new BongtuError(
    "ERR_AUTHENTICATION",
    "the data was changed, or it was sealed with another key",
  );
}
