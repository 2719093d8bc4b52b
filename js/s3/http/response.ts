// Reads what S3, or a server in between, answers to a request, and tells whether it is worth asking again.

import { BongtuError, inputError } from "../../base/errors.js";
import { type BodyText, DOCUMENT, PATIENCE_MS, readText } from "./body.js";
import { isMistake } from "./network.js";
import { begins, element } from "./xml.js";

/** A request that was not granted. */
export class Refusal extends Error {
  /** It may be granted when asked again. */
  readonly transient: boolean;
  /** S3's word for it, such as `NoSuchUpload`. */
  readonly reason: string | undefined;
  /** Milliseconds that the server asked to be left alone. */
  readonly retryAfter: number;
  /** The error that the caller gets. */
  readonly failure: unknown;
  /** The body of the answer, where there was one. */
  readonly text: string;

  constructor(
    failure: unknown,
    transient: boolean,
    { reason, retryAfter = 0, text = "" }: Partial<Answer> = {},
  ) {
    super("the request was not granted");
    this.failure = failure;
    this.transient = transient;
    this.reason = reason;
    this.retryAfter = retryAfter;
    this.text = text;
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

/** Codes of signatures and credentials whose time was up. */
const EXPIRED = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "TokenRefreshRequired",
  "RequestTimeTooSkewed",
  "RequestExpired",
  "ExpiredRequest",
]);

/** Whether to ask again after this status and S3's code for it. */
export function passes(status: number, reason: string | undefined): boolean {
  const passing = status === 408 || status === 429 || (status >= 500 && status !== 501);
  return passing || PASSING.has(reason ?? "");
}

/**
 * Whether the next attempt can succeed because the caller's function signs it anew. S3 says of
 * an expired presigned URL that access is denied; only its message gives the reason.
 */
function hasExpired({ status, reason, message }: Answer): boolean {
  const ofSignature = status === 400 || status === 401 || status === 403;
  return EXPIRED.has(reason ?? "") || (ofSignature && /\bexpired\b/i.test(message ?? ""));
}

/** An answer that refuses, from whatever client. */
interface Answer {
  readonly status: number;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly retryAfter?: number;
  readonly text?: string;
  /** The error that the client threw. */
  readonly cause?: unknown;
}

/** The longest word and sentence of an answer that are passed on. */
const LONGEST_REASON = 100;
const LONGEST_MESSAGE = 500;

function refusalFor(answer: Answer): Refusal {
  const { status, reason, message, cause } = answer;
  const said = ["S3 answered", status, reason?.slice(0, LONGEST_REASON)].filter(Boolean).join(" ");
  const failure = new BongtuError(
    "ERR_S3",
    message === undefined ? said : `${said}: ${message.slice(0, LONGEST_MESSAGE)}`,
    cause === undefined ? {} : { cause },
  );
  return new Refusal(failure, passes(status, reason) || hasExpired(answer), answer);
}

/** The refusal that a Response is, or nothing for one that grants the request. */
export async function refusalIn(response: Response, now: number): Promise<Refusal | undefined> {
  if (response.ok) {
    return undefined;
  }
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  const { text } = await readText(response, DOCUMENT, patience.signal)
    .catch(() => ({ text: "" }))
    .finally(() => clearTimeout(timer));
  return refused(response.status, text, retryAfter(response.headers.get("retry-after"), now));
}

/** The refusal that an `<Error>` is, of whatever status. */
export function refused(status: number, text: string, wait = 0): Refusal {
  const said = jsonIn(text);
  const reason = [element(text, "Code"), said.code, said.Code].find(isText);
  const message = [element(text, "Message"), said.message, said.Message].find(isText);
  return refusalFor({ status, reason, message, retryAfter: wait, text });
}

/** The answer of a server of the caller's own that passes on what S3 said to it. */
function jsonIn(text: string): Record<string, unknown> {
  try {
    return Object(text.startsWith("{") ? JSON.parse(text) : undefined);
  } catch {
    return {};
  }
}

/** Reads what `fetch`, an AWS SDK client, another client or bongtu itself has thrown. */
export async function refusalOf(thrown: unknown, now: number): Promise<Refusal> {
  if (thrown instanceof Refusal) {
    return thrown;
  }
  if (thrown instanceof BongtuError) {
    return new Refusal(thrown, false);
  }
  // Some throw the Response itself, others an error that has it.
  const response = [thrown, Object(thrown).response].find(isResponse);
  const refusal = response && (await refusalIn(response, now));
  if (refusal !== undefined) {
    return refusal;
  }
  const answer = answerIn(thrown, now);
  if (answer !== undefined) {
    return refusalFor({ ...answer, cause: thrown });
  }
  return new Refusal(thrown, !isMistake(thrown)); // no answer came
}

export function isResponse(value: unknown): value is Response {
  const { status, text, headers } = Object(value) as Partial<Response>;
  return (
    typeof status === "number" && typeof text === "function" && typeof headers?.get === "function"
  );
}

/** The text of the body of an answer that grants, up to so many bytes. */
export async function textOf(response: Response, limit: number): Promise<BodyText> {
  if (response.bodyUsed) {
    throw inputError("the body of the Response was read already; read one of its clone()");
  }
  try {
    return await readText(response, limit);
  } catch (failure) {
    throw new Refusal(failure, true); // the rest of the answer did not come
  }
}

/**
 * Reads the result of a request that is not a Response: the output of an AWS SDK client, known by one of
 * these members. Other clients resolve even if S3 refused, so an unknown result grants nothing.
 */
export function outputOf(answer: unknown, name: string, members: readonly string[]) {
  checkExpired(answer);
  const output = Object(answer) as Record<string, unknown>;
  const known = ["$metadata", ...members].some((member) => output[member] !== undefined);
  const status = statusIn(output) !== undefined || statusOf(output) !== undefined;
  if (Array.isArray(answer) || !known || status || saysError(output)) {
    const such = `an AWS SDK client, which has $metadata, ${members.join(" or ")}`;
    throw inputError(`${name} must give the Response of its request, or the output of ${such}`);
  }
  return output;
}

/** Has a request made again to which another client resolved, if a signature had expired. */
export function checkExpired(resolved: unknown): void {
  const answer = answerIn(resolved, 0);
  if (answer !== undefined && hasExpired(answer)) {
    throw refusalFor(answer);
  }
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

/** Errors and answers of AWS SDK clients, XMLHttpRequest, axios, got, superagent and the like. */
interface OtherAnswer {
  readonly name?: unknown;
  readonly Code?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
  readonly $response?: OtherResponse;
  readonly response?: OtherResponse;
}

interface OtherResponse {
  readonly headers?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
}

function answerIn(given: unknown, now: number): Answer | undefined {
  const status = statusOf(given);
  if (status === undefined) {
    return undefined;
  }
  const { Code, code, name, message, response } = Object(given) as OtherAnswer;
  const text = documentIn(given) ?? documentIn(response) ?? "";
  const reason = [Code, element(text, "Code"), code, name].find(isText);
  return {
    status,
    reason,
    message: [element(text, "Message"), message].find(isText),
    retryAfter: retryAfterIn(given, now),
    text,
  };
}

/** Milliseconds that whoever answered asked to be left alone. */
export function retryAfterIn(thrown: unknown, now: number): number {
  const { $response, response } = Object(thrown) as OtherAnswer;
  return retryAfter(headerOf($response ?? response, "retry-after"), now);
}

export function statusOf(given: unknown): number | undefined {
  const { $metadata, $response, response } = Object(given) as OtherAnswer;
  const all = [
    $metadata?.httpStatusCode,
    $response?.statusCode,
    statusIn(given),
    statusIn(response),
  ];
  return all.find((value): value is number => typeof value === "number" && value >= 300);
}

/** The XML of an error, by whatever name it is kept. */
function documentIn(given: unknown): string | undefined {
  for (const name of ["text", "responseText", "data", "body", "error"]) {
    const value = member(given, name);
    const text = isText(value) ? value.slice(0, DOCUMENT) : "";
    if (begins(text, "Code")) {
      return text;
    }
  }
  return undefined;
}

function headerOf(response: OtherResponse | undefined, name: string): string | undefined {
  const headers = Object(response?.headers) as Record<string, unknown>;
  const value = typeof headers.get === "function" ? headers.get(name) : headers[name];
  return isText(value) ? value : undefined;
}

/** Reading a member of an XMLHttpRequest may throw. */
function member(given: unknown, name: string): unknown {
  try {
    return Object(given)[name];
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
