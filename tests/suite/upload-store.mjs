// A sealed message of several parts, an S3 in memory to upload it to, and a clock that does not wait.

import { sealBlob, uploadParts } from "bongtu";
import { assert } from "#harness";
import { useClock } from "../../pkg/js/platform/platform.js";
import { FakeS3, requestsTo } from "../support/fake-s3.mjs";
import { assertBytes, bytes, fixture } from "./support.mjs";

export const PART = 5 * 1024 * 1024;
export const DATA = bytes(3 * PART + 4321);
export const URL_OF_OBJECT = "https://bucket.example/key";

export function planOf({ size }, concurrency = 3, format = "message") {
  return { size, format, partSize: PART, partCount: Math.ceil(size / PART), concurrency };
}

export async function sealed() {
  const { keyring } = await fixture();
  return await sealBlob(keyring, DATA);
}

export const never = () => () => {};

/**
 * Time that passes at once; `slept` has how long each wait would have been. Deadlines pass when
 * `timer` says so, or never.
 */
export async function withClock(run, now = 0, timer = never) {
  const slept = [];
  const before = useClock({
    now: () => now,
    timer,
    random: () => 0.5,
    async sleep(ms) {
      slept.push(ms);
    },
  });
  try {
    return await run(slept);
  } finally {
    useClock(before);
  }
}

/** A store and the functions for it; `interfere(request, fetch)` stands in for the network. */
export function store(interfere = (request, fetch) => fetch(request)) {
  const s3 = new FakeS3();
  const seen = [];
  const fetch = async (url, init = {}) => {
    const query = new URL(url).searchParams;
    const { method = "GET" } = init;
    const part = query.get("partNumber");
    const what =
      part === null ? `${method}${query.has("uploads") ? " uploads" : ""}` : `part ${part}`;
    seen.push(what);
    const count = seen.filter((other) => other === what).length;
    return await interfere({ what, count, url, init }, (request = { url, init }) =>
      s3.fetch(request.url, request.init),
    );
  };
  return { s3, seen, requests: requestsTo(URL_OF_OBJECT, fetch) };
}

export async function assertStored({ s3 }, whole) {
  assertBytes(
    s3.objects.get("/key")?.bytes ?? new Uint8Array(),
    new Uint8Array(await whole.arrayBuffer()),
  );
  assert.equal(s3.uploads.size, 0, "an upload is left at the server");
}

export function assertNothing({ s3 }) {
  assert.equal(s3.objects.size, 0, "an object is there");
  assert.equal(s3.uploads.size, 0, "the upload was not aborted");
}

/** `change(requests, s3)` gives the functions that stand in for those of `requests`. Nothing waits before it tries again. */
export async function uploadTwoParts(change, options = {}) {
  const { keyring } = await fixture();
  const whole = await sealBlob(keyring, DATA.subarray(0, PART + 4321));
  const s3 = new FakeS3();
  const requests = requestsTo(URL_OF_OBJECT, (url, init) => s3.fetch(url, init));
  const before = useClock({ random: () => 0, sleep: async () => {} });
  try {
    await uploadParts(whole, planOf(whole, 1), {
      ...requests,
      ...change(requests, s3),
      ...options,
    });
    const { bytes: stored } = s3.objects.get("/key");
    assertBytes(stored, new Uint8Array(await whole.arrayBuffer()));
  } finally {
    useClock(before);
    whole.dispose();
  }
  return s3;
}
