// Parts that do not arrive: which of them are sent again, after what delay, and what is said when that is given up.

import { sealBlob, uploadParts } from "bongtu";
import { assert, test } from "#harness";
import { failed } from "../support/fake-s3.mjs";
import { failure, fixture } from "./support.mjs";
import {
  assertNothing,
  assertStored,
  DATA,
  PART,
  planOf,
  sealed,
  store,
  withClock,
} from "./upload-store.mjs";

test("backoff doubles up to its limit, with full jitter, and Retry-After counts for more", async () => {
  const whole = await sealed();
  const now = Date.UTC(2026, 0, 1);
  const answers = [
    () => Promise.reject(new TypeError("Failed to fetch")),
    () => failed(500, "InternalError"),
    () => failed(503, "SlowDown", "", { "retry-after": "7" }),
    () => failed(429, "TooManyRequests", "", { "retry-after": new Date(now + 9000).toUTCString() }),
    () => failed(408, "RequestTimeout"),
    () => failed(400, "RequestTimeout"),
    () => failed(503, "SlowDown", "", { "retry-after": "soon" }),
    () => failed(503, "SlowDown", "", { "retry-after": "100000000" }),
  ];
  const there = store(({ what, count }, fetch) =>
    what === "part 2" && count <= answers.length ? answers[count - 1]() : fetch(),
  );
  await withClock(async (slept) => {
    await uploadParts(whole, planOf(whole), {
      ...there.requests,
      delays: { baseMs: 100, maxMs: 1000 },
    });
    assert.deepEqual(slept, [50, 100, 7000, 9000, 500, 500, 500, 600_000]);
  }, now);
  await assertStored(there, whole);
  whole.dispose();
});

test("all retries used: ERR_UPLOAD lists what is missing and has the last failure", async () => {
  const whole = await sealed();
  const last = new TypeError("Failed to fetch");
  const there = store(({ what }, fetch) =>
    what === "part 2" || what === "part 3" ? Promise.reject(last) : fetch(),
  );
  await withClock(async () => {
    const uploading = uploadParts(whole, planOf(whole, 1), { ...there.requests, retries: 2 });
    const { message, cause } = await failure(uploading, "ERR_UPLOAD");
    assert.ok(message.includes("of 4 parts these are missing: 2..4"), message);
    assert.equal(cause, last);
  });
  assert.equal(there.seen.filter((what) => what === "part 2").length, 3);
  assertNothing(there);
  whole.dispose();
});

test("no retries at all, and the server's answer as the cause", async () => {
  const whole = await sealed();
  const there = store(({ what }, fetch) => (what === "part 4" ? failed(503, "SlowDown") : fetch()));
  const uploading = uploadParts(whole, planOf(whole, 1), { ...there.requests, retries: 0 });
  const { cause, message } = await failure(uploading, "ERR_UPLOAD");
  assert.equal(cause.code, "ERR_S3");
  assert.ok(cause.message.includes("503 SlowDown"), cause.message);
  assert.ok(message.endsWith("of 4 parts these are missing: 4"), message);
  assertNothing(there);
  whole.dispose();
});

for (const [name, answer, expected] of [
  ["403", () => failed(403, "AccessDenied"), "403 AccessDenied: as told"],
  ["400", () => failed(400, "InvalidRequest"), "400 InvalidRequest"],
  ["301", () => failed(301, "PermanentRedirect"), "301 PermanentRedirect"],
  ["501", () => failed(501, "NotImplemented"), "501 NotImplemented"],
  ["no ETag", () => new Response(null), "ExposeHeaders"],
  ["no answer", () => undefined, "neither a Response nor an ETag"],
  [
    "an SDK's 403",
    () =>
      Promise.reject(
        Object.assign(new Error("no"), {
          name: "AccessDenied",
          $metadata: { httpStatusCode: 403 },
        }),
      ),
    "403 AccessDenied: no",
  ],
]) {
  test(`a part is refused for good (${name}): asked once, ERR_S3, aborted`, async () => {
    const whole = await sealed();
    const there = store(({ what }, fetch) => (what === "part 2" ? answer() : fetch()));
    const error = await failure(uploadParts(whole, planOf(whole), there.requests), "ERR_S3");
    assert.ok(error.message.includes(expected), error.message);
    assert.ok(/; of 4 parts these are missing: [\d., ]+$/.test(error.message), error.message);
    assert.equal(there.seen.filter((what) => what === "part 2").length, 1);
    assertNothing(there);
    whole.dispose();
  });
}

test("an SDK's 503 passes, and so does what it says of a wait", async () => {
  const whole = await sealed();
  const there = store(({ what, count }, fetch) => {
    if (what === "part 1" && count === 1) {
      throw Object.assign(new Error("Please reduce your request rate."), {
        name: "SlowDown",
        $metadata: { httpStatusCode: 503 },
        $response: { headers: { "retry-after": "3" } },
      });
    }
    return fetch();
  });
  await withClock(async (slept) => {
    await uploadParts(whole, planOf(whole), there.requests);
    assert.deepEqual(slept, [3000]);
  });
  await assertStored(there, whole);
  whole.dispose();
});

test("a body damaged on the way is noticed by its checksum and sent again", async () => {
  const whole = await sealed();
  const there = store(({ what, count, url, init }, fetch) => {
    if (what !== "part 3" || count > 1) return fetch();
    const body = init.body.slice();
    body[77] ^= 1;
    return fetch({ url, init: { ...init, body } });
  });
  await withClock(() =>
    uploadParts(whole, planOf(whole), { ...there.requests, checksum: "CRC64NVME" }),
  );
  assert.equal(there.seen.filter((what) => what === "part 3").length, 2);
  await assertStored(there, whole);
  whole.dispose();
});

test("a part that the server lost is sent again: InvalidPart, or ListParts before it is asked", async () => {
  const whole = await sealed();
  for (const listing of [true, false]) {
    for (const lost of [[2], [1, 4]]) {
      const there = store();
      const { putPart, listParts } = there.requests;
      let lose = lost;
      const { parts } = await uploadParts(whole, planOf(whole), {
        ...there.requests,
        listParts: listing ? listParts : undefined,
        async putPart(part) {
          const answer = await putPart(part);
          if (there.s3.stored.length === 4) {
            for (const number of lose) there.s3.uploads.get(part.uploadId).parts.delete(number);
            lose = [];
          }
          return answer;
        },
      });
      assert.equal(parts.length, 4);
      assert.equal(there.s3.stored.length, 4 + lost.length);
      await assertStored(there, whole);
    }
  }
  whole.dispose();
});

test("a server that loses a part again and again is given up", async () => {
  const whole = await sealed();
  const there = store();
  const { putPart } = there.requests;
  const uploading = uploadParts(whole, planOf(whole), {
    ...there.requests,
    async putPart(part) {
      const answer = await putPart(part);
      there.s3.uploads.get(part.uploadId).parts.delete(3);
      return answer;
    },
  });
  const { message } = await failure(uploading, "ERR_UPLOAD");
  assert.ok(message.endsWith("of 4 parts these are missing: 3"), message);
  assertNothing(there);
  whole.dispose();
});

test("the source changes meanwhile: nothing is sealed for it, and the upload aborted", async () => {
  const { keyring } = await fixture();
  const source = DATA.slice();
  const whole = await sealBlob(keyring, source);
  const there = store(({ what, count }, fetch) => {
    if (what === "part 2" && count === 1) {
      source[PART + 5000] ^= 1;
      throw new TypeError("Failed to fetch");
    }
    return fetch();
  });
  await withClock(() =>
    failure(uploadParts(whole, planOf(whole), there.requests), "ERR_SOURCE_CHANGED"),
  );
  assert.equal(there.seen.filter((what) => what === "part 2").length, 1);
  assertNothing(there);
  whole.dispose();
});

test("a function that cannot read what came instead of an answer is called again", async () => {
  const whole = await sealed();
  const there = store();
  let failures = 0;
  const putPart = async (part) => {
    if (++failures <= 2) JSON.parse("<html>502 Bad Gateway</html>");
    return await there.requests.putPart(part);
  };
  await withClock(() => uploadParts(whole, planOf(whole), { ...there.requests, putPart }));
  await assertStored(there, whole);
  whole.dispose();
});

test("a mistake in a function is not tried again", async () => {
  const whole = await sealed();
  const there = store();
  const putPart = () => {
    throw new ReferenceError("oops is not defined");
  };
  const { cause } = await failure(
    uploadParts(whole, planOf(whole), { ...there.requests, putPart }),
    "ERR_INPUT",
  );
  assert.equal(cause.message, "oops is not defined");
  assertNothing(there);
  whole.dispose();
});
