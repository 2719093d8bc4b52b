// What S3 and those between answer to a request, and whether it is worth asking again.

import { BongtuError, inputError } from "../errors.js";
import { ignore } from "../operation.js";

/** A request that was not granted. */
export class Refusal extends Error {
  /** It may be granted when asked again. */
  readonly transient: boolean;
  /** S3's word for it, such as `NoSuchUpload`. */
  readonly reason: string | undefined;
  /** Milliseconds that the server asked to be left alone. */
  readonly retryAfter: number;
  /** What the caller is told. */
  readonly failure: unknown;
  /** The body of the answer, where there was one. */
  readonly text: string;

  constructor(
    failure: unknown,
    transient: boolean,
    details: { reason?: string | undefined; retryAfter?: number; text?: string } = {},
  ) {
    super("the request was not granted");
    this.failure = failure;
    this.transient = transient;
    this.reason = details.reason;
    this.retryAfter = details.retryAfter ?? 0;
    this.text = details.text ?? "";
  }
}

/** Codes that pass, whatever status they come with: a 200 may carry one, and a 400 two of them. */
const PASSING = new Set([
  "InternalError",
  "ServiceUnavailable",
  "SlowDown",
  "Throttling",
  "ThrottlingException",
  // Both are said of bytes that did not arrive as they were sent.
  "RequestTimeout",
  "BadDigest",
]);

/** Whether to ask again after this status and S3's code for it. */
export function passes(status: number, reason: string | undefined): boolean {
  const passing = status === 408 || status === 429 || (status >= 500 && status !== 501);
  return passing || PASSING.has(reason ?? "");
}

/** The refusal that a Response is, or nothing for one that grants the request. */
export async function refusalIn(response: Response, now: number): Promise<Refusal | undefined> {
  if (response.ok) {
    return undefined;
  }
  const text = await response.text().catch(() => "");
  return refused(response.status, text, retryAfter(response.headers.get("retry-after"), now));
}

/** The refusal that an `<Error>` is, of whatever status. */
export function refused(status: number, text: string, wait = 0): Refusal {
  const reason = element(text, "Code");
  const message = element(text, "Message");
  const said = [`S3 answered ${status}`, reason].filter(Boolean).join(" ");
  const failure = new BongtuError("ERR_S3", message === undefined ? said : `${said}: ${message}`);
  return new Refusal(failure, passes(status, reason), { reason, retryAfter: wait, text });
}

/** What is thrown by `fetch`, by an AWS SDK client or by bongtu itself. */
export function refusalOf(thrown: unknown, now: number): Refusal {
  if (thrown instanceof Refusal) {
    return thrown;
  }
  if (thrown instanceof BongtuError || isMistake(thrown)) {
    return new Refusal(thrown, false);
  }
  const status = statusOf(thrown);
  if (status === undefined) {
    return new Refusal(thrown, true); // no answer came
  }
  const { name, Code, message, $response } = thrown as SdkError;
  const reason = Code ?? name;
  const wait = retryAfter($response?.headers?.["retry-after"], now);
  const failure = new BongtuError("ERR_S3", `S3 answered ${status} ${reason}: ${message}`, {
    cause: thrown,
  });
  return new Refusal(failure, passes(status, reason), { reason, retryAfter: wait });
}

export function isResponse(value: unknown): value is Response {
  const { status, text } = (value ?? {}) as Partial<Response>;
  return typeof status === "number" && typeof text === "function";
}

/**
 * What a request resolved to if not to a Response: the output of an AWS SDK client, known by one of
 * these members. Other clients resolve to refusals too, so that what is not known grants nothing.
 */
export function outputOf(answer: unknown, name: string, members: readonly string[]) {
  const output = Object(answer) as Record<string, unknown>;
  const known = ["$metadata", ...members].some((member) => output[member] !== undefined);
  const status = statusIn(output) !== undefined || statusOf(output) !== undefined;
  if (Array.isArray(answer) || !known || status || saysError(output)) {
    const such = `an AWS SDK client, which has $metadata, ${members.join(" or ")}`;
    throw inputError(`${name} must give the Response of its request, or the output of ${such}`);
  }
  return output;
}

/** The status of an answer as other clients have it, XMLHttpRequest and axios among them. */
export function statusIn(answer: unknown): number | undefined {
  const { status, statusCode } = Object(answer) as Record<string, unknown>;
  return [status, statusCode].find((value) => typeof value === "number");
}

/** Many servers have a member for that, which is empty where there is none. */
export function saysError(answer: unknown): boolean {
  const { error } = Object(answer) as Record<string, unknown>;
  return error !== undefined && error !== null && error !== false;
}

/** A body that nobody wants is read, so that its connection can be used again. */
export function drain(response: Response): void {
  response.arrayBuffer().catch(ignore);
}

/** The text of the first element of this name, its entities resolved. */
export function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(?:quot|amp|lt|gt|apos|#(\d+)|#x([0-9a-fA-F]+));/g, unescaped);
}

/** The contents of all elements of this name, as they stand. */
export function elements(xml: string, name: string): string[] {
  const all = xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, "g"));
  return Array.from(all, ([, content = ""]) => content);
}

/** A server that wants to be left alone for longer is asked again after this many milliseconds. */
const LONGEST_WAIT = 10 * 60 * 1000;

/** Milliseconds from now on; seconds and dates alike. */
export function retryAfter(value: string | null | undefined, now: number): number {
  if (value === null || value === undefined) {
    return 0;
  }
  const wait = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Math.min(Math.max(Number.isNaN(wait) ? 0 : wait, 0), LONGEST_WAIT);
}

interface SdkError {
  readonly name?: string;
  readonly Code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
  readonly $response?: { readonly headers?: Record<string, string>; readonly statusCode?: unknown };
  readonly status?: unknown;
  readonly statusCode?: unknown;
}

function statusOf(thrown: unknown): number | undefined {
  const { $metadata, $response, status, statusCode } = (thrown ?? {}) as SdkError;
  const all = [$metadata?.httpStatusCode, $response?.statusCode, status, statusCode];
  return all.find((value): value is number => typeof value === "number" && value >= 300);
}

/**
 * Of whoever wrote the callback. A TypeError may be one too, but so does `fetch` fail; and a
 * SyntaxError, but so does `json()` of a page that a proxy sent instead.
 */
function isMistake(thrown: unknown): boolean {
  return thrown instanceof ReferenceError || thrown instanceof RangeError;
}

const ENTITIES: Record<string, string> = {
  "&quot;": '"',
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&apos;": "'",
};

function unescaped(entity: string, decimal?: string, hex?: string): string {
  const known = ENTITIES[entity];
  if (known !== undefined) {
    return known;
  }
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}
