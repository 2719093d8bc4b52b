// The failures of an upload's requests: expired signatures, the network, mistakes in the caller's functions; and which of
// them are made again.

import { assert, test } from "#harness";
import { failed } from "../support/fake-s3.mjs";
import { failure } from "./support.mjs";
import { uploadTwoParts as upload } from "./upload-store.mjs";

const ACCESS_DENIED =
  "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
const sdkError = (name, status, message = "no") =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
const xhr = { status: 403, responseText: ACCESS_DENIED };
const throwing = (thrown) => () => {
  throw thrown;
};

/** Ways of being told that a signature's time is up. */
const EXPIRED = {
  "a presigned URL": () => new Response(ACCESS_DENIED, { status: 403 }),
  "a server that hands it on": () =>
    new Response('{"message":"Request has expired"}', { status: 403 }),
  "a server that hands the code on": () =>
    new Response('{"code":"ExpiredToken","message":"no"}', { status: 400 }),
  "a token": () => failed(400, "ExpiredToken"),
  "another service's token": () => failed(403, "ExpiredTokenException"),
  "a clock": () => failed(403, "RequestTimeTooSkewed"),
  "a token to be refreshed": () => failed(400, "TokenRefreshRequired"),
  "a request": () => failed(403, "RequestExpired"),
  "the SDK's URL": throwing(sdkError("AccessDenied", 403, "Request has expired")),
  "the SDK's token": throwing(sdkError("ExpiredToken", 400, "The provided token has expired.")),
  "the SDK's clock": throwing(sdkError("RequestTimeTooSkewed", 403)),
  "the SDK's Code": throwing(
    Object.assign(new Error("no"), { Code: "ExpiredToken", $metadata: { httpStatusCode: 400 } }),
  ),
  "the old SDK": throwing(
    Object.assign(new Error("no"), { code: "RequestTimeTooSkewed", statusCode: 403 }),
  ),
  "a Response that is thrown": () => throwing(new Response(ACCESS_DENIED, { status: 403 }))(),
  "ky's error": () =>
    throwing(
      Object.assign(new Error("Forbidden"), {
        name: "HTTPError",
        response: new Response(ACCESS_DENIED, { status: 403 }),
      }),
    )(),
  "axios' error": throwing(
    Object.assign(new Error("Request failed with status code 403"), {
      name: "AxiosError",
      code: "ERR_BAD_REQUEST",
      response: { status: 403, data: ACCESS_DENIED, headers: {} },
    }),
  ),
  "got's error": throwing(
    Object.assign(new Error("Response code 403 (Forbidden)"), {
      name: "HTTPError",
      code: "ERR_NON_2XX_3XX_RESPONSE",
      response: { statusCode: 403, body: ACCESS_DENIED },
    }),
  ),
  "superagent's error": throwing(
    Object.assign(new Error("Forbidden"), {
      status: 403,
      response: { status: 403, text: ACCESS_DENIED },
    }),
  ),
  "an XMLHttpRequest that is thrown": throwing(xhr),
  "an XMLHttpRequest": () => xhr,
  "axios' answer": () => ({ status: 403, data: ACCESS_DENIED }),
};

for (const [what, answer] of Object.entries(EXPIRED)) {
  test(`${what} that expired is asked for anew, wherever it is needed`, async () => {
    for (const name of ["create", "putPart", "listParts", "complete"]) {
      let left = 2;
      await upload((requests) => ({
        [name]: (...given) => (left-- > 0 ? answer() : requests[name](...given)),
      }));
      assert.ok(left < 0, name);
    }
    // Each attempt counts.
    let attempts = 0;
    const putPart = () => {
      attempts += 1;
      return answer();
    };
    const uploading = upload(() => ({ putPart }), { retries: 3 });
    const { cause, message } = await failure(uploading, "ERR_UPLOAD");
    assert.equal(attempts, 4);
    assert.equal(cause.code, "ERR_S3");
    assert.ok(message.includes(cause.message), message);
  });
}

for (const [what, answer] of [
  ["SignatureDoesNotMatch", () => failed(403, "SignatureDoesNotMatch")],
  ["AccessDenied", () => failed(403, "AccessDenied")],
  ["InvalidAccessKeyId", () => failed(403, "InvalidAccessKeyId")],
  ["InvalidToken", () => failed(400, "InvalidToken")],
  ["the SDK's SignatureDoesNotMatch", throwing(sdkError("SignatureDoesNotMatch", 403))],
  ["the SDK's AccessDenied", throwing(sdkError("AccessDenied", 403, "Access Denied"))],
  ["axios' 403", throwing({ response: { status: 403, data: "<Error/>" }, message: "no" })],
]) {
  test(`${what} is final`, async () => {
    for (const name of ["create", "putPart", "complete"]) {
      let attempts = 0;
      const request = () => {
        attempts += 1;
        return answer();
      };
      await failure(
        upload(() => ({ [name]: request })),
        "ERR_S3",
      );
      assert.equal(attempts, 1, name);
    }
  });
}

const withCause = (message, cause) => new TypeError(message, { cause });
const coded = (message, code) => Object.assign(new Error(message), { code });
const withoutStack = (message) =>
  Object.defineProperty(new TypeError(message), "stack", { value: "" });

/** The errors that are thrown if no answer came. */
for (const [platform, thrown] of [
  ["Chromium", new TypeError("Failed to fetch")],
  ["Chromium with the host", new TypeError("Failed to fetch (bucket.s3.amazonaws.com)")],
  ["Chromium's body", new TypeError("network error")],
  ["Firefox", new TypeError("NetworkError when attempting to fetch resource.")],
  ["Firefox's body", new TypeError("Error in body stream")],
  ["Safari", new TypeError("Load failed")],
  ["Safari with the host", new TypeError("Load failed (bucket.s3.amazonaws.com)")],
  ["Safari in between", new TypeError("The network connection was lost.")],
  ["Safari offline", new TypeError("The Internet connection appears to be offline.")],
  ["Safari in German", withoutStack("Die Netzwerkverbindung wurde unterbrochen.")],
  [
    "Safari's CORS",
    new TypeError("Origin https://a.test is not allowed by Access-Control-Allow-Origin."),
  ],
  ["Node", withCause("fetch failed", coded("connect ECONNREFUSED 127.0.0.1:9", "ECONNREFUSED"))],
  ["Node's body", withCause("terminated", coded("other side closed", "UND_ERR_SOCKET"))],
  [
    "Deno",
    new TypeError("error sending request for url (https://a.test/): client error (Connect)"),
  ],
  [
    "Bun",
    Object.assign(new TypeError("Unable to connect. Is the computer able to access the url?"), {
      code: "ConnectionRefused",
    }),
  ],
  ["React Native", new TypeError("Network request failed")],
  ["a system's error", coded("read ECONNRESET", "ECONNRESET")],
  ["a TypeError with a system's code", Object.assign(new TypeError("odd"), { code: "ECONNRESET" })],
  ["a DOMException", new DOMException("A network error occurred.", "NetworkError")],
  ["a deadline of the caller's", new DOMException("The operation timed out.", "TimeoutError")],
  ["text", "no network"],
  ["nothing", undefined],
]) {
  test(`${platform}: no answer came, and it is asked again`, async () => {
    let left = 2;
    await upload(({ putPart }) => ({
      putPart: (part) => (left-- > 0 ? Promise.reject(thrown) : putPart(part)),
    }));
    const putPart = () => Promise.reject(thrown);
    const { message, cause } = await failure(
      upload(() => ({ putPart }), { retries: 1 }),
      "ERR_UPLOAD",
    );
    assert.equal(cause, thrown);
    const words = thrown?.message ?? thrown ?? "did not say why";
    assert.ok(message.startsWith("the upload failed: ") && message.includes(words), message);
    assert.ok(message.endsWith("; of 2 parts these are missing: 1..2"), message);
    const behind = thrown?.cause?.message ?? "";
    assert.ok(message.includes(behind), message);
  });
}

/** Mistakes in the caller's function. */
for (const mistake of [
  () => undefined.body,
  () => null(),
  () => new Headers({ "a b": "c" }),
  () => new URL("no URL"),
  () => {
    throw new TypeError("Failed to execute 'fetch' on 'Window': Failed to parse URL from /x");
  },
  () => {
    throw Object.assign(new TypeError("The argument must be …"), { code: "ERR_INVALID_ARG_TYPE" });
  },
  () => {
    throw new TypeError("Cannot read properties of undefined (reading 'failed to fetch')");
  },
  () => decodeURIComponent("%"),
  () => new Array(-1),
]) {
  test(`a mistake is not the network's: ${mistake}`, async () => {
    let attempts = 0;
    const putPart = async () => {
      attempts += 1;
      return mistake();
    };
    const { message, cause } = await failure(
      upload(() => ({ putPart })),
      "ERR_INPUT",
    );
    assert.equal(attempts, 1);
    assert.ok(cause instanceof Error);
    assert.ok(message.includes(cause.message.slice(0, 300)), message);
  });
}

test("a Response that was read already is not asked for again", async () => {
  let attempts = 0;
  const create =
    ({ create: given }) =>
    async (request) => {
      attempts += 1;
      const response = await given(request);
      await response.text();
      return response;
    };
  const { message } = await failure(
    upload((requests) => ({ create: create(requests) })),
    "ERR_INPUT",
  );
  assert.equal(attempts, 1);
  assert.ok(message.includes("clone"), message);
});

test("an answer whose body breaks off is asked for again", async () => {
  let left = 1;
  await upload(({ create }) => ({
    async create(request) {
      const response = await create(request);
      if (left-- <= 0) return response;
      const broken = new ReadableStream({
        pull: (controller) => controller.error(new Error("odd")),
      });
      return new Response(broken);
    },
  }));
});

for (const output of [{ $metadata: { httpStatusCode: 200 } }, { $metadata: {}, ETag: "" }]) {
  test("an SDK's output without ETag tells of the bucket's CORS rule", async () => {
    const putPart = async () => output;
    const { message } = await failure(
      upload(() => ({ putPart })),
      "ERR_S3",
    );
    assert.ok(message.includes("CORS") && message.includes("ExposeHeaders"), message);
  });
}
