// Multipart uploads to an S3 in memory: what fails, what is said then, and what is left behind.

import { sealBlob, sealObject, uploadParts } from "bongtu";
import { assert, test } from "#harness";
import { useClock } from "../../pkg/js/platform/platform.js";
import { FakeS3, failed, requestsTo } from "../support/fake-s3.mjs";
import { assertBytes, bytes, failure, fixture, idle } from "./support.mjs";

const PART = 5 * 1024 * 1024;
const DATA = bytes(3 * PART + 4321);
const URL_OF_OBJECT = "https://bucket.example/key";

function planOf({ size }, concurrency = 3, format = "message") {
  return { size, format, partSize: PART, partCount: Math.ceil(size / PART), concurrency };
}

async function sealed() {
  const { keyring } = await fixture();
  return await sealBlob(keyring, DATA);
}

const never = () => () => {};

/**
 * Time that passes at once; `slept` has how long each wait would have been. Deadlines pass when
 * `timer` says so, or never.
 */
async function withClock(run, now = 0, timer = never) {
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
function store(interfere = (request, fetch) => fetch(request)) {
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

async function assertStored({ s3 }, whole) {
  assertBytes(
    s3.objects.get("/key")?.bytes ?? new Uint8Array(),
    new Uint8Array(await whole.arrayBuffer()),
  );
  assert.equal(s3.uploads.size, 0, "an upload is left at the server");
}

function assertNothing({ s3 }) {
  assert.equal(s3.objects.size, 0, "an object is there");
  assert.equal(s3.uploads.size, 0, "the upload was not aborted");
}

for (const format of ["message", "v3", "v2"]) {
  test(`${format}: every part once, in order at the end, progress in bytes`, async () => {
    const { keyring } = await fixture();
    const whole =
      format === "message"
        ? await sealBlob(keyring, DATA)
        : await sealObject(keyring, DATA, { format });
    const there = store();
    const progress = [];
    const { parts, checksum } = await uploadParts(whole, planOf(whole, 3, format), {
      ...there.requests,
      onProgress: ({ bytes: done, total }) => progress.push([done, total]),
    });
    await assertStored(there, whole);
    assert.deepEqual(there.s3.stored.toSorted(), [1, 2, 3, 4]);
    assert.deepEqual(
      parts.map(({ PartNumber }) => PartNumber),
      [1, 2, 3, 4],
    );
    assert.ok(parts.every((part) => Object.keys(part).length === 2));
    assert.equal(checksum, undefined);
    assert.equal(progress.length, 4);
    assert.deepEqual(progress.at(-1), [whole.size, whole.size]);
    whole.dispose();
  });
}

for (const algorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA256", "MD5"]) {
  test(`${algorithm}: of each part and of the whole, as the server sums`, async () => {
    const whole = await sealed();
    const there = store();
    const sent = [];
    const { parts, checksum } = await uploadParts(whole, planOf(whole), {
      ...there.requests,
      putPart(part) {
        sent.push(part.checksum);
        return there.requests.putPart(part);
      },
      checksum: algorithm,
    });
    await assertStored(there, whole);
    assert.equal(sent.length, 4);
    assert.ok(sent.every((part) => part.algorithm === algorithm));
    if (algorithm === "MD5") {
      assert.equal(checksum, undefined);
    } else {
      assert.equal(checksum.value, there.s3.objects.get("/key").checksum);
      assert.ok(parts.every((part) => part[`Checksum${algorithm}`].length > 4));
    }
    whole.dispose();
  });
}

test("no more than plan.concurrency at a time, and as many", async () => {
  const whole = await sealed();
  for (const concurrency of [1, 2, 4]) {
    const there = store();
    let running = 0;
    let most = 0;
    let reached;
    const asMany = new Promise((resolve) => {
      reached = resolve;
    });
    const tooLate = setTimeout(reached, 10_000);
    await uploadParts(whole, planOf(whole, concurrency), {
      ...there.requests,
      async putPart(part) {
        running += 1;
        most = Math.max(most, running);
        if (running === concurrency) reached();
        await asMany;
        await idle(5); // in case there are more
        const answer = await there.requests.putPart(part);
        running -= 1;
        return answer;
      },
    });
    clearTimeout(tooLate);
    assert.equal(most, concurrency, `${most} at a time`);
  }
  whole.dispose();
});

test("the AWS SDK's outputs do as well as Responses", async () => {
  const whole = await sealed();
  const there = store();
  const { requests } = there;
  const etags = [];
  const { parts } = await uploadParts(whole, planOf(whole), {
    create: async () => ({
      UploadId: /<UploadId>(.*)<\/UploadId>/.exec(await (await requests.create({})).text())[1],
    }),
    async putPart(part) {
      const ETag = (await requests.putPart(part)).headers.get("etag");
      etags.push(ETag);
      return { ETag };
    },
    async complete(completed, checksum, request) {
      assert.equal(completed.length, 4);
      return { ETag: (await requests.complete(completed, checksum, request)).headers.get("etag") };
    },
  });
  await assertStored(there, whole);
  assert.deepEqual(parts.map(({ ETag }) => ETag).toSorted(), etags.toSorted());
  whole.dispose();
});

test("an upload that you began and that you end", async () => {
  const whole = await sealed();
  const there = store();
  const { putPart, create, complete } = there.requests;
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(await (await create({})).text())[1];
  const { parts } = await uploadParts(whole, planOf(whole), {
    putPart: (part) => putPart({ ...part, uploadId }),
  });
  assert.equal(there.s3.objects.size, 0);
  const list = parts.map(
    ({ PartNumber, ETag }) =>
      `<Part><PartNumber>${PartNumber}</PartNumber><ETag>${ETag}</ETag></Part>`,
  );
  const headers = { "x-amz-mp-object-size": String(whole.size) };
  await complete(parts, undefined, { uploadId, headers, body: list.join("") });
  await assertStored(there, whole);
  whole.dispose();
});

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
    assert.ok(message.includes("missing of 4 parts: 2..4"), message);
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
  assert.ok(message.endsWith("missing of 4 parts: 4"), message);
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
    assert.ok(/; missing of 4 parts: [\d., ]+$/.test(error.message), error.message);
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

test("a request may keep or change the bytes it was given", async () => {
  const whole = await sealed();
  const there = store(({ what, count }, fetch) => {
    if (what === "part 2" && count === 1) throw new TypeError("Failed to fetch");
    return fetch();
  });
  const { putPart } = there.requests;
  await withClock(() =>
    uploadParts(whole, planOf(whole), {
      ...there.requests,
      async putPart(part) {
        try {
          return await putPart(part);
        } finally {
          part.body.fill(0);
          structuredClone(part.body, { transfer: [part.body.buffer] });
        }
      },
    }),
  );
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
  assert.ok(message.endsWith("missing of 4 parts: 3"), message);
  assertNothing(there);
  whole.dispose();
});

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

test("aborting by signal: what is in flight ends first, then the upload at the server", async () => {
  const whole = await sealed();
  for (const moment of ["uploads", "part 1", "part 4", "POST"]) {
    const controller = new AbortController();
    const reason = new Error("enough");
    let pending = 0;
    const meanwhile = [];
    const there = store(async ({ what }, fetch) => {
      if (what === "DELETE") {
        meanwhile.push(pending);
        return await fetch();
      }
      pending += 1;
      if (what.endsWith(moment)) controller.abort(reason);
      await new Promise((resolve) => setTimeout(resolve, 5));
      // These heed no signal.
      const answer = moment === "POST" && what === "POST" ? failed(503, "SlowDown") : await fetch();
      pending -= 1;
      return answer;
    });
    const uploading = uploadParts(whole, planOf(whole), {
      ...there.requests,
      signal: controller.signal,
    });
    assert.equal((await failure(uploading, "ERR_ABORTED")).cause, reason);
    assert.deepEqual(meanwhile, [0], `aborted while something was in flight, at ${moment}`);
    assertNothing(there);
  }
  whole.dispose();
});

test("an abort that fails is tried again, and said if it stays so", async () => {
  const whole = await sealed();
  await withClock(async () => {
    const refused = ({ what }) => what === "part 1";
    const once = store(({ what, count }, fetch) => {
      if (refused({ what })) return failed(403, "AccessDenied");
      return what === "DELETE" && count === 1 ? failed(503, "SlowDown") : fetch();
    });
    await failure(uploadParts(whole, planOf(whole), once.requests), "ERR_S3");
    assertNothing(once);

    const never = store(({ what }, fetch) => {
      if (refused({ what })) return failed(403, "AccessDenied");
      return what === "DELETE" ? failed(503, "SlowDown") : fetch();
    });
    const { message } = await failure(uploadParts(whole, planOf(whole), never.requests), "ERR_S3");
    assert.ok(message.endsWith("could not be aborted at the server"), message);
  });
  whole.dispose();
});

test("an abort that fails is soon given up, whatever the retries", async () => {
  const whole = await sealed();
  let aborts = 0;
  const there = store(({ what }, fetch) => {
    if (what !== "DELETE") return what === "part 1" ? failed(403, "AccessDenied") : fetch();
    if (++aborts > 20) throw new ReferenceError("asked for ever");
    return failed(503, "SlowDown", "", { "retry-after": "600" });
  });
  await withClock(async (slept) => {
    const uploading = uploadParts(whole, planOf(whole), {
      ...there.requests,
      retries: Number.POSITIVE_INFINITY,
      delays: { baseMs: 60_000, maxMs: 60_000 },
    });
    const { message } = await failure(uploading, "ERR_S3");
    assert.ok(message.endsWith("could not be aborted at the server"), message);
    assert.deepEqual(slept, [2000, 2000, 2000]);
  });
  assert.equal(aborts, 4);
  whole.dispose();
});

test("an abort that hangs is not waited for without end, nor are requests before it", async () => {
  const whole = await sealed();
  for (const hanging of ["part 1", "DELETE"]) {
    const controller = new AbortController();
    let signal;
    let hang;
    const hangs = new Promise((resolve) => {
      hang = resolve;
    });
    const there = store(({ what, init }, fetch) => {
      if (what === "part 1") controller.abort();
      if (what !== hanging) return fetch();
      signal = init.signal;
      hang();
      return new Promise(() => {});
    });
    // The first is for what is in flight, the second for the abort.
    let deadlines = 0;
    const timer = (_ms, expire) => {
      deadlines += 1;
      if (deadlines === (hanging === "part 1" ? 1 : 2)) hangs.then(expire);
      return () => {};
    };
    const options = { ...there.requests, signal: controller.signal };
    const run = () => failure(uploadParts(whole, planOf(whole), options), "ERR_ABORTED");
    const { message } = await withClock(run, 0, timer);
    const untold = message.endsWith("could not be aborted at the server");
    assert.equal(untold, hanging === "DELETE", message);
    assert.equal(signal.aborted, true);
    assert.equal(deadlines, 2);
  }
  whole.dispose();
});

test("an upload that could not be created is not aborted", async () => {
  const whole = await sealed();
  for (const answer of [
    () => failed(403, "AccessDenied"),
    () => new Response("<x/>"),
    () => "",
    () => null,
    () => "<html>502</html>",
    () => ({ status: 503 }),
  ]) {
    const there = store(({ what }, fetch) => (what === "POST uploads" ? answer() : fetch()));
    await failure(uploadParts(whole, planOf(whole), there.requests), "ERR_S3");
    assert.deepEqual(there.seen, ["POST uploads"]);
  }
  whole.dispose();
});

test("an upload that you began is aborted, even if it was to stop before it was gone on with", async () => {
  const whole = await sealed();
  const there = store();
  const { create: _, ...requests } = there.requests;
  const signal = AbortSignal.abort();
  await failure(uploadParts(whole, planOf(whole), { ...requests, signal }), "ERR_ABORTED");
  assert.deepEqual(there.seen, ["DELETE"]);
  whole.dispose();
});

test("disposed of in between", async () => {
  const whole = await sealed();
  const there = store(({ what }, fetch) => {
    if (what === "part 2") whole.dispose();
    return fetch();
  });
  await failure(uploadParts(whole, planOf(whole, 1), there.requests), "ERR_STATE");
  assertNothing(there);
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

test("plans and options that make no sense are refused before anything is sent", async () => {
  const whole = await sealed();
  const there = store();
  const plan = planOf(whole);
  const bad = { partSize: PART - 1, partCount: 4 };
  const plans = [
    [undefined, "ERR_INPUT"],
    [{ ...plan, size: plan.size + 1 }, "ERR_INPUT"],
    [{ ...plan, ...bad }, "ERR_PART_SIZE"],
    [{ ...plan, partSize: 6 * 1024 ** 3, partCount: 1 }, "ERR_PART_SIZE"],
    [{ ...plan, partSize: 0.5 }, "ERR_PART_SIZE"],
    [{ ...plan, format: "v3" }, "ERR_INPUT"],
    [{ ...plan, partCount: 3 }, "ERR_INPUT"],
    [{ ...plan, concurrency: 0 }, "ERR_INPUT"],
  ];
  for (const [given, code] of plans) {
    await failure(uploadParts(whole, given, there.requests), code);
  }
  const { requests } = there;
  const options = [
    undefined,
    {},
    { ...requests, putPart: "part" },
    { ...requests, complete: true },
    { ...requests, checksum: "CRC64" },
    { ...requests, retries: -1 },
    { ...requests, retries: 1.5 },
    { ...requests, delays: 5 },
    { ...requests, delays: { baseMs: -1 } },
    { ...requests, delays: { maxMs: 2 ** 31 } },
    { ...requests, keep: true },
    { ...requests, signal: "abort" },
  ];
  for (const given of options) {
    await failure(uploadParts(whole, plan, given), "ERR_INPUT");
  }
  for (const source of [undefined, null, "sealed", DATA.buffer, {}]) {
    await failure(uploadParts(source, plan, requests), "ERR_INPUT");
  }
  assert.deepEqual(there.seen, []);
  whole.dispose();
});
