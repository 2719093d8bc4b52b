// Tells whether a request failed on its way. `fetch` then throws a TypeError, as every mistake in the caller's own function does.

/** The messages by which `fetch` says so. Without anchors they would match the messages of mistakes too. */
const WORDS = [
  // Chromium, with the host behind it since 2025; Electron
  "failed to fetch",
  "network error",
  "net::err_",
  // Firefox
  "networkerror",
  "error in (?:body|input) stream",
  "content-length header of network response",
  // Safari
  "load failed",
  "type error$",
  "cancell?ed$",
  "the (?:network|internet) connection",
  "the request timed out",
  "could not connect to the server",
  "a server with the specified hostname",
  "an ssl error",
  "the certificate for this server",
  "the operation couldn.t be completed",
  "origin .{1,300} is not allowed by",
  "preflight response",
  // Node
  "fetch failed",
  "terminated$",
  "other side closed",
  "socket hang up",
  // Deno
  "error (?:sending request|reading a body|trying to connect)",
  "request or response body error",
  "connection (?:closed|error|refused|reset)",
  // Bun
  "unable to connect",
  "the socket connection",
  "was there a typo in the url or port",
  // React Native, and those who imitate fetch
  "network (?:request failed|request timed out|connection lost)",
];
const NETWORK = new RegExp(`^(?:${WORDS.join("|")})`, "i");

/** Codes of systems, of Node's client and of Bun. Those of wrong arguments begin with ERR_. */
const CODE =
  /^(?:E[A-Z0-9]+|EAI_[A-Z]+|UND_ERR_[A-Z_]+|Connection[A-Z]\w*|FailedToOpenSocket|Timeout)$/;

/** Errors that only a program makes. */
const MISTAKES = new Set(["ReferenceError", "RangeError", "URIError", "EvalError"]);

/**
 * Whether it is a mistake in the caller's function. A SyntaxError may be one too, but so does
 * `json()` fail of a page that a proxy sent instead.
 */
export function isMistake(thrown: unknown): boolean {
  // Errors are known by name, not by instanceof: a frame's errors are of other classes.
  const { name } = Object(thrown) as { readonly name?: unknown };
  if (typeof name !== "string") {
    return false;
  }
  return MISTAKES.has(name) || (name === "TypeError" && !isOfNetwork(thrown));
}

/** Whether a client said that a request or its answer did not get through. */
export function isOfNetwork(thrown: unknown): boolean {
  const { name, message, stack, cause, code } = Object(thrown) as Thrown;
  const causeCode = (Object(cause) as { readonly code?: unknown }).code;
  return (
    (typeof message === "string" && NETWORK.test(message)) ||
    [code, causeCode].some((found) => typeof found === "string" && CODE.test(found)) ||
    // Safari's are in the user's language, and thrown by no line of a program.
    (name === "TypeError" && (stack === undefined || stack === ""))
  );
}

interface Thrown {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly code?: unknown;
}

const LONGEST = 300;

/** The message of a failure, in one line. */
export function wordsOf(failure: unknown): string {
  const { message, cause } = Object(failure) as { readonly message?: unknown; cause?: unknown };
  const behind = Object(cause) as { readonly message?: unknown; readonly code?: unknown };
  const said = isText(message) ? message : isText(failure) ? failure : "it did not say why";
  // Node's fetch says in the cause alone what failed.
  const why = [behind.message, behind.code].find(isText);
  const all = why === undefined || said.includes(why) ? said : `${said} (${why})`;
  return all.slice(0, LONGEST).replace(/\s+/g, " ").trim();
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
