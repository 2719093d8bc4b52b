// Shared by the suites: one key, one keyring, bytes in every shape a source can have.

import { Keyring, openObject } from "bongtu";
import { assert, executors, test } from "#harness";
import { useExecutors } from "../../pkg/js/platform/platform.js";
import { createKms, KEY_ARN } from "../harness/kms.mjs";

export const FRAME = 256 * 1024;
/** An object's grid. */
export const CHUNK = 512 * 1024;
/** The options with which objects of both versions open. */
export const BOTH = { commitmentPolicy: "REQUIRE_ENCRYPT_ALLOW_DECRYPT" };

let made;

/** The key of all suites that need no special one, and a keyring that seals and opens with it. */
export function fixture() {
  made ??= createKms().then((key) => ({
    ...key,
    keyring: Keyring.kmsRsa({ publicKey: key.publicKey, keyArn: KEY_ARN, kms: key.kms }),
  }));
  return made;
}

/**
 * Registers a test once for every executor of the platform, which is the only one while it runs.
 */
export function testWithEach(name, run) {
  for (const executor of executors) {
    test(`${name} [${executor.name}]`, () => withExecutor(executor, () => run(executor)));
  }
}

export async function withExecutor(executor, run) {
  const before = useExecutors([executor]);
  try {
    return await run();
  } finally {
    useExecutors(before);
  }
}

/** Bytes that look random and are the same every time. */
export function bytes(length, seed = 1) {
  const filled = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    filled[i] = state >>> 24;
  }
  return filled;
}

export function assertBytes(actual, expected, what = "bytes") {
  assert.equal(
    actual.length,
    expected.length,
    `${what}: ${actual.length} bytes, not ${expected.length}`,
  );
  const differing = actual.findIndex((byte, i) => byte !== expected[i]);
  assert.equal(differing, -1, `${what}: the first difference is at byte ${differing}`);
}

/** Asserts that a promise rejects with a BongtuError of this code, and returns the error. */
export async function failure(promise, code) {
  const [outcome] = await Promise.allSettled([promise]);
  assert.equal(outcome.status, "rejected", `fulfilled; ${code} was expected`);
  const { reason } = outcome;
  assert.equal(reason?.name, "BongtuError", `not a BongtuError: ${reason?.stack ?? reason}`);
  assert.equal(reason.code, code, `${reason.code} instead of ${code}: ${reason.message}`);
  saysItOnce(reason);
  return reason;
}

/** Code and text are shown together, so that no text begins with a heading that says its code again. */
function saysItOnce({ code, message }) {
  const words = code.slice("ERR_".length).toLowerCase().replaceAll("_", " ");
  const headings = [
    words,
    "not supported",
    "over a limit",
    "encryption context",
    "parts",
    "object metadata",
  ];
  const again = headings.find((heading) => message.toLowerCase().startsWith(`${heading}: `));
  assert.equal(again, undefined, `${code}: ${message}`);
}

/** The same for what throws. */
export function thrown(run, code) {
  try {
    run();
  } catch (error) {
    assert.equal(error.name, "BongtuError", `not a BongtuError: ${error.stack}`);
    assert.equal(error.code, code, `${error.code} instead of ${code}: ${error.message}`);
    saysItOnce(error);
    return error;
  }
  return assert.fail(`nothing was thrown; ${code} was expected`);
}

export function* pieces(data, size) {
  for (let start = 0; start < data.length; start += size) {
    yield data.subarray(start, start + size);
  }
}

export function streamOf(data, size) {
  const chunks = pieces(data, size);
  return new ReadableStream({
    pull(controller) {
      const { done, value } = chunks.next();
      if (done) {
        controller.close();
      } else {
        controller.enqueue(value.slice());
      }
    },
  });
}

/** Yields the same memory again and again, as a reading loop with one buffer does. */
export async function* reusing(data, size) {
  const buffer = new Uint8Array(size);
  for (const piece of pieces(data, size)) {
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
    buffer.fill(0xee);
  }
}

/** The same bytes in every shape that a source can have: a name and a function that makes one. */
export function shapes(data) {
  const surrounded = new Uint8Array(data.length + 64).fill(0xaa);
  surrounded.set(data, 37);
  const view = surrounded.subarray(37, 37 + data.length);
  const all = {
    Uint8Array: () => data,
    "subarray of a larger buffer": () => view,
    DataView: () => new DataView(surrounded.buffer, 37, data.length),
    ArrayBuffer: () => data.slice().buffer,
    Blob: () => new Blob([data]),
    "File of several parts": () => new File([...pieces(data, 100_000)], "name"),
    "ReadableStream in 1 MiB pieces": () => streamOf(data, 1024 * 1024),
    "ReadableStream in 65,537-byte pieces": () => streamOf(data, 65_537),
    "AsyncIterable that reuses its buffer": () => reusing(data, 10_000),
  };
  if (data.length <= 1000) {
    all["ReadableStream in 1-byte pieces"] = () => streamOf(data, 1);
    all["AsyncIterable in 1-byte pieces"] = () => reusing(data, 1);
  }
  if (typeof Buffer === "function") {
    // A small one lies somewhere in Node's pool, among other people's bytes.
    all.Buffer = () => Buffer.from(view);
  }
  if (typeof SharedArrayBuffer === "function") {
    all["view of a SharedArrayBuffer"] = () => {
      const shared = new Uint8Array(new SharedArrayBuffer(data.length + 8)).subarray(
        5,
        5 + data.length,
      );
      shared.set(data);
      return shared;
    };
  }
  return Object.entries(all);
}

/** The bytes of a Sealed. */
export async function sealedBytes(sealed) {
  return new Uint8Array(await sealed.arrayBuffer());
}

/** The object that S3 would return for a sealed object whose body is `body`. */
export function stored({ metadata, instructionFile }, body) {
  return { metadata, body, instructionFile: instructionFile?.body };
}

/** All plaintext of an object of either version. */
export async function openAll(keyring, object, options = {}) {
  const { plaintext } = await openObject(keyring, object, { ...BOTH, ...options });
  return readAll(plaintext);
}

/** Everything that a stream gives. */
export async function readAll(readable) {
  const reader = readable.getReader();
  const chunks = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return joined(chunks);
    }
    chunks.push(value);
  }
}

export function joined(chunks) {
  const whole = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let position = 0;
  for (const chunk of chunks) {
    whole.set(chunk, position);
    position += chunk.length;
  }
  return whole;
}

/**
 * Writes `data` in pieces to a pair and returns all that comes out; rejects if either side fails.
 */
export async function through({ readable, writable }, data, size = 65_536) {
  const [output] = await Promise.all([readAll(readable), streamOf(data, size).pipeTo(writable)]);
  return output;
}

/** Lets everything run that does not wait for the network or a clock. */
export function idle(milliseconds = 50) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
