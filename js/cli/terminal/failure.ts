import { getSystemErrorMap } from "node:util";
import { BongtuError } from "../../node.js";
import { type Text, text } from "./text.js";

/** A failure of the command line's own: of its arguments (exit status 2) or of a file (1). */
export class CliError extends Error {
  readonly code: "ERR_USAGE" | "ERR_FILE";

  constructor(code: CliError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CliError";
    this.code = code;
  }
}

/** The reader of standard output went away, as `head` does: nothing to report, nobody to report to. */
export class BrokenPipe extends Error {}

export function usageError(message: string): CliError {
  return new CliError("ERR_USAGE", message);
}

export function fileError(message: string, cause?: unknown): CliError {
  return new CliError("ERR_FILE", message, { cause });
}

/** If the library failed because a file of ours failed, that file's failure. */
export function rootOf(failure: unknown): unknown {
  const cause = failure instanceof BongtuError ? failure.cause : undefined;
  return cause instanceof CliError || cause instanceof BrokenPipe ? cause : failure;
}

export function exitStatus(failure: unknown): number {
  return failure instanceof CliError && failure.code === "ERR_USAGE" ? 2 : 1;
}

/**
 * What standard error says about a failure: its code, its cause where somebody else has one, what to try. `secrets` are words of the
 * command line that it does not repeat.
 */
export function describeFailure(
  failure: unknown,
  command?: string,
  secrets: readonly string[] = [],
): Text {
  if (failure instanceof BrokenPipe) {
    return text``;
  }
  if (!(failure instanceof CliError || failure instanceof BongtuError)) {
    return text`bongtu: internal error: ${describeCause(failure)}\n`;
  }
  const message = withhold(failure.message, secrets);
  const lines = [text`bongtu: ${failure.code}: ${message}\n`];
  if (failure.cause !== undefined) {
    lines.push(text`  cause: ${withhold(describeCause(failure.cause), secrets)}\n`);
  }
  if (failure.code === "ERR_USAGE") {
    lines.push(text`  see: ${command === undefined ? "bongtu" : `bongtu ${command}`} --help\n`);
  }
  const [group = ""] = command?.split(" ") ?? [];
  const hint =
    failure.code === "ERR_FILE" && message !== failure.message
      ? WITHHELD_HINT
      : (COMMAND_HINTS[command ?? ""]?.[failure.code] ??
        (GROUP_HINTS[group] ?? HINTS)[failure.code]);
  return hint === undefined ? text`${lines}` : text`${lines}  hint: ${hint}\n`;
}

/** Messages put quotes around the words that they repeat. */
function withhold(message: string, secrets: readonly string[]): string {
  return secrets.reduce((kept, secret) => kept.replaceAll(`'${secret}'`, "'…'"), message);
}

const WITHHELD_HINT =
  "what names no file is not shown, in case it is the secret itself: that belongs into a file or on standard input";

/** Advice that holds whatever the failure's details, which a failed decryption must not tell. */
const HINTS: Readonly<Record<string, string>> = {
  ERR_COMMITMENT_POLICY: "bongtu opens only messages that commit to their key (suite 0x0478)",
  ERR_CONTEXT_MISMATCH: "`bongtu inspect` shows the encryption context that the message claims",
  ERR_NO_MATCHING_KEY: "`bongtu inspect` lists the keys that the message was sealed to",
  ERR_NOT_SEALED:
    "the body of an S3 Encryption Client object goes to `bongtu object open --metadata META.json`, its metadata to `bongtu object inspect`",
  ERR_UNWRAP:
    "key and -a ALGORITHM must be those it was sealed with; no message records its algorithm",
};

const GROUP_HINTS: Readonly<Record<string, typeof HINTS>> = {
  object: {
    ERR_COMMITMENT_POLICY:
      "--allow-v2 opens it, which is for objects from a bucket whose writers you trust",
    ERR_NOT_SEALED:
      "copies in parts lose metadata, and with them the key: look at the object that was copied; a message is opened with `bongtu open`",
    ERR_UNWRAP: "the key must be the one that the object was sealed to, which no object names",
  },
  sse: { ...HINTS, ERR_NOT_SEALED: "SEALED is what `bongtu sse key` has written" },
  secret: {
    ERR_NOT_SEALED:
      "`bongtu secret seal` makes sealed secrets; do not use this one in the place of one, since whoever stores it chose it",
    ERR_CONTEXT_MISMATCH:
      "an armoured secret claims what `base64 -d | bongtu inspect -` shows; a direct one has no context",
    ERR_NO_MATCHING_KEY: "`base64 -d | bongtu inspect -` lists the keys that it was sealed to",
    ERR_UNWRAP:
      "key and -a ALGORITHM must be those it was sealed with; no secret records its algorithm",
  },
};

const NO_TEMPORARY_FILE =
  "a body from a pipe is kept in a temporary file: TMPDIR names its folder; or give BODY as a file";

const COMMAND_HINTS: Readonly<Record<string, typeof HINTS>> = {
  "object open": { ERR_LIMIT: NO_TEMPORARY_FILE, ERR_SOURCE: NO_TEMPORARY_FILE },
};

function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) {
    return String(cause);
  }
  const { code, errno } = cause as NodeJS.ErrnoException;
  const [, meaning] = (errno !== undefined && getSystemErrorMap().get(errno)) || [];
  if (meaning !== undefined) {
    return `${meaning} (${code})`;
  }
  // A refused connection to a name with several addresses has its messages one level down.
  const messages =
    cause instanceof AggregateError ? cause.errors.map((error) => error.message) : [];
  return `${cause.name}: ${cause.message || messages.join("; ") || code}`;
}
