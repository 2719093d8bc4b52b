// Suites import this as "#harness" in a browser: a registry of tests, and as much of
// node:assert/strict as they use.

import { rustExecutor } from "../../pkg/js/executor/rust.js";
import { webCryptoExecutor } from "../../pkg/js/executor/webcrypto.js";

/** All that this platform has. */
export const executors = [webCryptoExecutor, rustExecutor];

const tests = [];

export function test(name, run) {
  tests.push({ name, run });
}

/**
 * Runs all tests one after the other; `report(name, failure)` has the failure as text, or
 * undefined.
 */
export async function runAll(report) {
  for (const { name, run } of tests) {
    try {
      await run();
      await report(name, undefined);
    } catch (error) {
      await report(name, error?.stack ?? String(error));
    }
  }
}

export const assert = {
  ok(value, message = `${show(value)} is not truthy`) {
    if (!value) {
      throw new Error(message);
    }
  },

  equal(actual, expected, message = `${show(actual)} is not ${show(expected)}`) {
    assert.ok(Object.is(actual, expected), message);
  },

  deepEqual(actual, expected, message = `${show(actual)} is not like ${show(expected)}`) {
    assert.ok(alike(actual, expected), message);
  },

  fail(message) {
    throw new Error(message);
  },

  /** `expected` is an object whose properties the error must have. */
  throws(run, expected) {
    let failure;
    try {
      run();
    } catch (error) {
      failure = { error };
    }
    assert.ok(failure !== undefined, `nothing was thrown; ${show(expected)} was expected`);
    checkProperties(failure.error, expected);
  },

  async rejects(promise, expected) {
    const [outcome] = await Promise.allSettled([promise]);
    assert.equal(outcome.status, "rejected", `fulfilled; ${show(expected)} was expected`);
    checkProperties(outcome.reason, expected);
  },
};

function checkProperties(error, expected) {
  const properties = Object.entries(expected);
  // A class or a pattern, which Node takes, has none here.
  assert.ok(properties.length > 0, `${show(expected)} has no properties to expect`);
  for (const [name, value] of properties) {
    assert.deepEqual(
      error?.[name],
      value,
      `${name} is ${show(error?.[name])}, not ${show(value)}: ${error?.stack ?? error}`,
    );
  }
}

function alike(a, b) {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b);
  }
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) {
    return false;
  }
  const names = namesIn(a);
  return (
    names.length === namesIn(b).length &&
    names.every((name) => Object.hasOwn(b, name) && alike(a[name], b[name]))
  );
}

/** Compares the properties of objects. Others, such as a Map, keep their contents elsewhere and would all seem alike. */
function namesIn(object) {
  const typed = ArrayBuffer.isView(object) && !(object instanceof DataView);
  const prototype = Object.getPrototypeOf(object);
  assert.ok(
    typed || [Object.prototype, Array.prototype, null].includes(prototype),
    `deepEqual does not look into ${Object.prototype.toString.call(object)}`,
  );
  return Object.keys(object);
}

function show(value) {
  if (ArrayBuffer.isView(value)) {
    return `${value.constructor.name}(${value.byteLength})`;
  }
  return typeof value === "string"
    ? JSON.stringify(value)
    : (JSON.stringify(value) ?? String(value));
}

/** The scenarios of tests/vectors. */
export async function loadVectors() {
  return (await fetch("/vectors.json")).json();
}

/** The place for spools in a browser. */
export async function spoolPlace() {
  return {};
}

/** The names and bytes of all files there. */
export async function keptFiles() {
  const found = [];
  const entries = (await navigator.storage.getDirectory()).entries();
  for (let next = await entries.next(); !next.done; next = await entries.next()) {
    const [name, handle] = next.value;
    found.push({ name, bytes: new Uint8Array(await (await handle.getFile()).arrayBuffer()) });
  }
  return found;
}
