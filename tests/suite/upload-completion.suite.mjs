// The end of an upload: every answer to Complete and ListParts, and whether the object is taken for the one that was sent.

import { uploadParts } from "bongtu";
import { assert, test } from "#harness";
import { failed } from "../support/fake-s3.mjs";
import { failure } from "./support.mjs";
import {
  assertNothing,
  assertStored,
  planOf,
  sealed,
  store,
  URL_OF_OBJECT,
  withClock,
} from "./upload-store.mjs";

for (const code of ["InternalError", "SlowDown"]) {
  test(`Complete with 200 and <Error> ${code}: asked again, not reported as done`, async () => {
    const whole = await sealed();
    const there = store(({ what, count }, fetch) =>
      what === "POST" && count <= 2 ? failed(200, code) : fetch(),
    );
    await withClock(() => uploadParts(whole, planOf(whole), there.requests));
    assert.equal(there.seen.filter((what) => what === "POST").length, 3);
    await assertStored(there, whole);
    whole.dispose();
  });
}

for (const [name, answer, code] of [
  ["200 and <Error> AccessDenied", () => failed(200, "AccessDenied"), "ERR_S3"],
  ["200 and <Error> InternalError for ever", () => failed(200, "InternalError"), "ERR_UPLOAD"],
  ["200 and nothing", () => new Response("\n\n\n"), "ERR_UPLOAD"],
  [
    "200 and half a document",
    () => new Response("<CompleteMultipartUploadResult><ETag>"),
    "ERR_UPLOAD",
  ],
  ["400 EntityTooSmall", () => failed(400, "EntityTooSmall"), "ERR_S3"],
  ["no connection", () => Promise.reject(new TypeError("Failed to fetch")), "ERR_UPLOAD"],
  ["no Response", () => undefined, "ERR_INPUT"],
  ["an XMLHttpRequest's 503", () => ({ status: 503, responseText: "<Error/>" }), "ERR_INPUT"],
  [
    "axios' 200",
    () => ({ status: 200, data: "<Error><Code>SlowDown</Code></Error>" }),
    "ERR_INPUT",
  ],
  ["500 and an ETag", () => ({ statusCode: 500, ETag: '"e"' }), "ERR_INPUT"],
  ["500 of an SDK's", () => ({ $metadata: { httpStatusCode: 500 } }), "ERR_INPUT"],
  ["an error", () => ({ error: "failed", ETag: '"e"' }), "ERR_INPUT"],
  ["an empty list", () => [], "ERR_INPUT"],
  ["an empty object", () => ({}), "ERR_INPUT"],
  ["text", () => "<CompleteMultipartUploadResult/>", "ERR_INPUT"],
  ["JSON with an error", () => Response.json({ error: "failed" }), "ERR_S3"],
  [
    "half of some JSON",
    () => new Response('{"key', { headers: { "content-type": "application/json" } }),
    "ERR_UPLOAD",
  ],
]) {
  test(`Complete answers ${name}: ${code}, aborted`, async () => {
    const whole = await sealed();
    const there = store(({ what }, fetch) => (what === "POST" ? answer() : fetch()));
    await withClock(() => failure(uploadParts(whole, planOf(whole), there.requests), code));
    assertNothing(there);
    whole.dispose();
  });
}

test("Complete was granted but the answer lost: the object itself tells", async () => {
  const whole = await sealed();
  for (const checksum of [undefined, "CRC32", "SHA256"]) {
    const there = store(async ({ what, count }, fetch) => {
      const answer = await fetch();
      if (what === "POST" && count === 1) throw new TypeError("Failed to fetch");
      return answer;
    });
    await withClock(() => uploadParts(whole, planOf(whole), { ...there.requests, checksum }));
    await assertStored(there, whole);
  }
  whole.dispose();
});

test("another object at the key is not taken for this one", async () => {
  const whole = await sealed();
  const other = await sealed();
  const there = store();
  await uploadParts(other, planOf(other), there.requests);
  const before = there.s3.objects.get("/key");
  const gone = store(({ what }, fetch) =>
    what === "POST" ? failed(404, "NoSuchUpload") : fetch(),
  );
  gone.s3.objects.set("/key", before);
  await withClock(() => failure(uploadParts(whole, planOf(whole), gone.requests), "ERR_S3"));
  assert.equal(gone.s3.objects.get("/key"), before);
  assert.equal(gone.s3.uploads.size, 0);
  other.dispose();
  whole.dispose();
});

test("a server of one's own that completes may answer in JSON", async () => {
  const whole = await sealed();
  const there = store();
  await uploadParts(whole, planOf(whole), {
    ...there.requests,
    async complete(...request) {
      await there.requests.complete(...request);
      return Response.json({ done: true });
    },
  });
  await assertStored(there, whole);
  whole.dispose();
});

test("an SDK's output of Complete, by any of its members", async () => {
  const whole = await sealed();
  for (const output of [
    { $metadata: { httpStatusCode: 200 } },
    { ETag: '"e"', error: null },
    { Location: URL_OF_OBJECT },
  ]) {
    const there = store();
    await uploadParts(whole, planOf(whole), {
      ...there.requests,
      async complete(...request) {
        await there.requests.complete(...request);
        return output;
      },
    });
    await assertStored(there, whole);
  }
  whole.dispose();
});

for (const [name, answer, code] of [
  ["nothing", () => undefined, "ERR_INPUT"],
  ["text", () => "<ListPartsResult/>", "ERR_INPUT"],
  ["an empty object", () => ({}), "ERR_INPUT"],
  ["axios' 200", () => ({ status: 200, data: "" }), "ERR_INPUT"],
  ["a page of something else's", () => new Response("<html>welcome</html>"), "ERR_UPLOAD"],
]) {
  test(`ListParts answers ${name}: ${code}, not a list without parts`, async () => {
    const whole = await sealed();
    const there = store(({ what }, fetch) => (what === "GET" ? answer() : fetch()));
    await withClock(() => failure(uploadParts(whole, planOf(whole), there.requests), code));
    assert.equal(there.s3.stored.length, 4, "parts were sent again");
    assertNothing(there);
    whole.dispose();
  });
}
