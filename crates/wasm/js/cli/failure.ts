import { getSystemErrorMap } from "node:util";
import { BongtuError } from "../node.js";
import { printable } from "./text.js";

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

/** Where the library failed because a file of ours did, that file's failure. */
export function rootOf(failure: unknown): unknown {
  const cause = failure instanceof BongtuError ? failure.cause : undefined;
  return cause instanceof CliError || cause instanceof BrokenPipe ? cause : failure;
}

export function exitStatus(failure: unknown): number {
  return failure instanceof CliError && failure.code === "ERR_USAGE" ? 2 : 1;
}

/** What standard error says about a failure: its code, its cause where somebody else has one, what to try. */
export function describeFailure(failure: unknown, command?: string): string {
  if (failure instanceof BrokenPipe) {
    return "";
  }
  if (!(failure instanceof CliError || failure instanceof BongtuError)) {
    return `bongtu: internal error: ${describeCause(failure)}\n`;
  }
  let text = `bongtu: ${failure.code}: ${printable(failure.message)}\n`;
  if (failure.cause !== undefined) {
    text += `  cause: ${describeCause(failure.cause)}\n`;
  }
  if (failure.code === "ERR_USAGE") {
    text += `  see: ${command === undefined ? "bongtu" : `bongtu ${command}`} --help\n`;
  }
  const [group = ""] = command?.split(" ") ?? [];
  const hint = (GROUP_HINTS[group] ?? HINTS)[failure.code];
  return hint === undefined ? text : `${text}  hint: ${hint}\n`;
}

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
  secret: {
    ERR_CONTEXT_MISMATCH:
      "an armoured secret claims what `base64 -d | bongtu inspect -` shows; a direct one has no context",
    ERR_NO_MATCHING_KEY: "`base64 -d | bongtu inspect -` lists the keys that it was sealed to",
    ERR_UNWRAP:
      "key and -a ALGORITHM must be those it was sealed with; no secret records its algorithm",
  },
};

function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) {
    return printable(String(cause));
  }
  const { code, errno } = cause as NodeJS.ErrnoException;
  const [, meaning] = (errno !== undefined && getSystemErrorMap().get(errno)) || [];
  if (meaning !== undefined) {
    return `${meaning} (${code})`;
  }
  // A refused connection to a name with several addresses has its messages one level down.
  const messages =
    cause instanceof AggregateError ? cause.errors.map((error) => error.message) : [];
  return printable(`${cause.name}: ${cause.message || messages.join("; ") || code}`);
}
