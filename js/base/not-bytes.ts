// Names the things that people give where bytes belong, and says what to give instead.

import { isBlob } from "./blob.js";
import { bytesOf } from "./bytes.js";
import { type BongtuError, inputError } from "./errors.js";

/** `what` is what a message calls the thing that `value` was given for. */
export function notBytes(value: unknown, what: string): BongtuError {
  const [name, advice] = described(value);
  return inputError(`${what} must be bytes, not ${name}; ${advice}`);
}

const ENCODE = "encode text with new TextEncoder().encode(…)";
const ALL = "sources are Uint8Array, ArrayBuffer, Blob, ReadableStream and AsyncIterable";
const FROM_JSON = "bytes that went through JSON";

/**
 * Things are known by members that their kind has, since other realms and libraries have classes of their
 * own. The first that fits counts.
 */
const KINDS: readonly (readonly [members: string, name: string, advice: string])[] = [
  ["then", "a Promise", "await it"],
  ["parts dispose", "something sealed", "use its stream() or await its blob()"],
  ["bodyUsed", "a Response", "use its body, as in response.body"],
  ["getFile", "a file handle", "await getFile()"],
  ["getFileHandle", "a folder", "give one file at a time"],
  ["getAsFile", "an item of a DataTransfer", "use its getAsFile()"],
  ["append getAll", "a FormData", "give one file at a time, as its get(name) returns it"],
  ["item length", "a FileList", "give one file at a time"],
  ["files", "what has files", "give one file at a time"],
  ["createReadStream", "a file handle", "use its createReadStream()"],
  ["releaseLock read", "a stream's reader", "give the stream itself"],
  ["readable writable", "a pair of streams", "use its readable"],
  ["pipe", "a stream that cannot be iterated", "use new Readable().wrap(stream)"],
  ["Body", "an answer of the AWS SDK", "use its Body"],
  ["slice size", "a Blob without stream() and arrayBuffer()", "read it with a FileReader"],
];

function described(value: unknown): readonly [name: string, advice: string] {
  if (typeof value === "string") {
    return ["a string", ENCODE];
  }
  if (typeof value === "function") {
    return ["a function", "call it"];
  }
  if (typeof value !== "object" || value === null) {
    return [value == null ? `${value}` : `a ${typeof value}`, ALL];
  }
  if (isBlob(value)) {
    return ["a Blob", "use its stream() or await its arrayBuffer()"];
  }
  const { data, 0: first } = value as { data?: unknown; 0?: unknown };
  if (isBlob(first)) {
    return [nameOf(value, "a list of files"), "give one file at a time"];
  }
  if (bytesOf(first) !== undefined) {
    return ["an array of pieces", "join them with new Blob(pieces)"];
  }
  if (typeof first === "number") {
    return Array.isArray(value)
      ? ["an array of numbers", "use Uint8Array.from(numbers)"]
      : [FROM_JSON, "use Uint8Array.from(Object.values(json))"];
  }
  if (Array.isArray(data) && "type" in value) {
    return [FROM_JSON, "use Uint8Array.from(json.data)"];
  }
  const kind = KINDS.find(([members]) => members.split(" ").every((member) => member in value));
  return [nameOf(value, kind?.[1] ?? "an object"), kind?.[2] ?? ALL];
}

/** The name of its class, if the platform or a library gave it one. */
function nameOf(value: object, otherwise: string): string {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return ["Object", "Array"].includes(tag) ? otherwise : `a ${tag}`;
}
