// What stands in front of a KMS: waits, quotas, and which failures are asked about again.

import { inspect, Keyring, open, openMany, retrying, seal, throttled } from "bongtu";
import { assert, test } from "#harness";
import { KEY_ARN, kmsException } from "../harness/kms.mjs";
import { assertBytes, bytes, failure, fixture, thrown } from "./support.mjs";
import { seeded, withVirtualClock } from "./virtual-clock.mjs";

const call = { CiphertextBlob: new Uint8Array(1), KeyId: KEY_ARN };
const never = () => new AbortController().signal;

/** A Kms that fails with these, one after the other, and then answers; it counts its calls. */
function failing(...failures) {
  const kms = {
    calls: 0,
    async decrypt() {
      const next = failures[kms.calls++];
      if (next !== undefined) {
        throw next;
      }
      return { KeyId: KEY_ARN, Plaintext: new Uint8Array(1) };
    },
  };
  return kms;
}

const named = (name, more = {}) => Object.assign(new Error(name), { name, ...more });
const status = (httpStatusCode) => named("UnknownError", { $metadata: { httpStatusCode } });

const TRANSIENT = {
  "a quota": named("ThrottlingException", { $metadata: { httpStatusCode: 400 } }),
  "a quota, of a stand-in without a status": named("ThrottlingException"),
  "KMS's own fault": named("KMSInternalException", { $metadata: { httpStatusCode: 500 } }),
  "a timeout within KMS": named("DependencyTimeoutException"),
  "too many requests": status(429),
  "a gateway": status(503),
  "a socket": named("Error", { code: "ECONNRESET" }),
  "a socket of the SDK": named("TimeoutError", { code: "ETIMEDOUT" }),
  fetch: new TypeError("fetch failed"),
};

const REFUSED = {
  "who may not": named("AccessDeniedException", { $metadata: { httpStatusCode: 400 } }),
  "who may not, of a stand-in": named("AccessDeniedException"),
  "another ciphertext": named("InvalidCiphertextException"),
  "a disabled key": named("DisabledException"),
  "a mistake": new TypeError("cannot read properties of undefined"),
  "not implemented": status(501),
  "an error without a name": "no",
  nothing: null,
};

test("retrying asks again for what passes, and never for a refusal", async () => {
  await withVirtualClock(async () => {
    for (const [what, error] of Object.entries(TRANSIENT)) {
      const kms = failing(error, error);
      await retrying(kms).decrypt(call, { signal: never() });
      assert.equal(kms.calls, 3, what);
    }
    for (const [what, error] of Object.entries(REFUSED)) {
      const kms = failing(error);
      const [outcome] = await Promise.allSettled([
        retrying(kms).decrypt(call, { signal: never() }),
      ]);
      // `undefined` is what nobody threw: `null` is.
      assert.equal(outcome.reason, error, what);
      assert.equal(kms.calls, 1, what);
    }
  });
});

test("retrying gives up after so many attempts, with the last failure", async () => {
  await withVirtualClock(async () => {
    for (const attempts of [1, 2, 7]) {
      const failures = Array.from({ length: 9 }, () => kmsException("ThrottlingException"));
      const kms = failing(...failures);
      const [outcome] = await Promise.allSettled([
        retrying(kms, { attempts }).decrypt(call, { signal: never() }),
      ]);
      assert.equal(outcome.reason, failures[attempts - 1]);
      assert.equal(kms.calls, attempts);
    }
  });
});

test("retrying waits twice as long each time, up to the cap, and as long as KMS wants", async () => {
  const after = (seconds) =>
    named("ThrottlingException", { $response: { headers: { "retry-after": String(seconds) } } });
  const plain = named("ThrottlingException");
  await withVirtualClock(async ({ now }) => {
    const waits = async (failures, options) => {
      const start = now();
      await retrying(failing(...failures), options).decrypt(call, { signal: never() });
      return now() - start;
    };
    assert.equal(await waits([plain], {}), 100);
    assert.equal(await waits([plain, plain, plain], {}), 700);
    assert.equal(await waits([plain, plain, plain], { baseMs: 1000, capMs: 1500 }), 4000);
    assert.equal(await waits([after(30)], {}), 30_000);
  });
  await withVirtualClock(
    async ({ now }) => {
      await retrying(failing(plain)).decrypt(call, { signal: never() });
      assert.equal(now(), 25, "jitter: a random part of the wait");
    },
    () => 0.25,
  );
});

test("an aborted operation waits no longer", async () => {
  const { keyring } = await fixture();
  const message = await seal(keyring, bytes(10));
  for (const front of [retrying, (kms) => throttled(retrying(kms), { requestsPerSecond: 0.001 })]) {
    const controller = new AbortController();
    const kms = {
      async decrypt() {
        setTimeout(() => controller.abort("enough"));
        throw named("ThrottlingException");
      },
    };
    const slow = front({ decrypt: (...all) => kms.decrypt(...all) }, { baseMs: 1e9, capMs: 1e9 });
    const opening = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: slow });
    const error = await failure(
      open(opening, message, { signal: controller.signal }),
      "ERR_ABORTED",
    );
    assert.equal(error.cause, "enough");
  }
});

test("throttled lets calls begin so far apart, in their order", async () => {
  await withVirtualClock(async ({ now }) => {
    const began = [];
    const kms = throttled(
      {
        async decrypt({ number }) {
          began.push([number, now()]);
          return {};
        },
      },
      { requestsPerSecond: 4 },
    );
    const numbers = Array.from({ length: 9 }, (_, number) => number);
    await Promise.all(numbers.map((number) => kms.decrypt({ number }, { signal: never() })));
    assert.deepEqual(
      began,
      numbers.map((number) => [number, number * 250]),
    );
  });
});

test("who gives up while it waits for throttled keeps nobody waiting", async () => {
  await withVirtualClock(async ({ now }) => {
    const began = [];
    const kms = throttled(
      {
        async decrypt() {
          began.push(now());
          return {};
        },
      },
      { requestsPerSecond: 4 },
    );
    const aborted = new AbortController();
    const call = (signal = never()) => kms.decrypt({}, { signal });
    const first = call();
    const givenUp = Array.from({ length: 100 }, () => call(aborted.signal));
    const last = call();
    aborted.abort(new Error("given up"));
    assert.ok((await Promise.allSettled(givenUp)).every(({ status }) => status === "rejected"));
    await Promise.all([first, last, call()]);
    assert.deepEqual(began, [0, 250, 500]);
  });
});

test("throttled has so many calls on their way, whatever becomes of them", async () => {
  let [inside, most] = [0, 0];
  const kms = throttled(
    {
      async decrypt({ number }) {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, number % 3));
        inside--;
        if (number % 2) {
          throw named("AccessDeniedException");
        }
        return {};
      },
    },
    { concurrency: 3 },
  );
  const aborted = new AbortController();
  const calls = Array.from({ length: 50 }, (_, number) =>
    kms.decrypt({ number }, { signal: number % 5 === 4 ? aborted.signal : never() }),
  );
  aborted.abort(new Error("given up"));
  const outcomes = await Promise.allSettled(calls);
  assert.equal(most, 3);
  const count = (reason) => outcomes.filter((it) => it.reason?.message === reason).length;
  assert.equal(count("given up"), 10);
  assert.equal(count("AccessDeniedException"), 20);
  // Nobody who gave up holds a place.
  await kms.decrypt({ number: 0 }, { signal: never() });
});

test("a call that hangs keeps its place no longer than its operation", async () => {
  let began;
  const hanging = new Promise((resolve) => {
    began = resolve;
  });
  const decrypt = ({ hangs }) => {
    began();
    return hangs ? new Promise(() => {}) : {};
  };
  const kms = throttled({ decrypt }, { concurrency: 1 });
  const controller = new AbortController();
  kms.decrypt({ hangs: true }, { signal: controller.signal });
  await hanging;
  const next = kms.decrypt({}, { signal: never() });
  controller.abort();
  assert.deepEqual(await next, {});
});

test("a client that tries again by itself is refused, and named", async () => {
  const { keyring, kms } = await fixture();
  const message = await seal(keyring, bytes(10));
  const twice = retrying(throttled(retrying(kms), { concurrency: 1 }));
  const error = await failure(
    open(Keyring.kmsRsa({ keyArn: KEY_ARN, kms: twice }), message),
    "ERR_INPUT",
  );
  assert.ok(error.message.includes("makes 5 attempts by itself"), error.message);
});

test("an error whose name cannot be read is KMS's failure like any other", async () => {
  const { keyring } = await fixture();
  const message = await seal(keyring, bytes(1));
  const broken = () => {
    throw new Error("not to be read");
  };
  const failures = [
    Object.defineProperty(new Error(), "name", { get: broken }),
    new Proxy(new Error(), { get: broken }),
  ];
  for (const thrown of failures) {
    const kms = {
      async decrypt() {
        throw thrown;
      },
    };
    for (const each of [kms, retrying(kms), throttled(kms, { concurrency: 1 })]) {
      const opens = Keyring.kmsRsa({ keyArn: keyring.keyArn, kms: each });
      await failure(open(opens, message), "ERR_KMS");
    }
  }
});

test("what is no limit is refused", () => {
  const kms = failing();
  const cases = [
    () => throttled(kms, { requestsPerSecond: 0 }),
    () => throttled(kms, { requestsPerSecond: Number.NaN }),
    () => throttled(kms, { requestsPerSecond: "5" }),
    () => throttled(kms, { concurrency: 0 }),
    () => throttled(kms, { concurrency: 1.5 }),
    () => throttled({}, { concurrency: 1 }),
    () => retrying(undefined),
    () => retrying(kms, { attempts: 0 }),
    () => retrying(kms, { attempts: Number.POSITIVE_INFINITY }),
    () => retrying(kms, { baseMs: -1 }),
    () => retrying(kms, { capMs: Number.NaN }),
  ];
  for (const run of cases) {
    thrown(run, "ERR_INPUT");
  }
});

test("a thousand messages through a KMS that throttles, stalls and fails", async () => {
  const { keyring, kms } = await fixture();
  const sealed = await Promise.all(
    Array.from({ length: 1000 }, (_, index) => seal(keyring, bytes(20, index))),
  );
  const refused = new Set([3, 500, 999]);
  const wrapped = await wrappedKeyOf(sealed[0]);
  const keys = new Map(sealed.map((message, index) => [wrapped(message).join(), index]));
  const chance = seeded(7);
  const began = [];
  const perMessage = new Map();
  await withVirtualClock(async ({ now, sleep }) => {
    let burst = 0;
    const bad = {
      async decrypt(request, options) {
        began.push(now());
        const index = keys.get(request.CiphertextBlob.join());
        if (refused.has(index)) {
          perMessage.set(index, (perMessage.get(index) ?? 0) + 1);
          throw kmsException("AccessDeniedException");
        }
        if (burst > 0 || chance() < 0.2) {
          burst = burst > 0 ? burst - 1 : Math.floor(chance() * 4);
          throw kmsException("ThrottlingException");
        }
        if (chance() < 0.05) {
          throw status(500);
        }
        if (chance() < 0.02) {
          await sleep(30_000);
        }
        return kms.decrypt(request, options);
      },
    };
    const slow = throttled(bad, { requestsPerSecond: 50, concurrency: 20 });
    const opening = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: retrying(slow, { attempts: 30 }) });
    const seen = new Map();
    for await (const { index, result, error } of openMany(opening, sealed, { concurrency: 40 })) {
      assert.equal(seen.has(index), false, `message ${index} twice`);
      seen.set(index, error?.code ?? "opened");
      if (result !== undefined) {
        assertBytes(result.plaintext, bytes(20, index));
      }
    }
    assert.equal(seen.size, 1000);
    for (const [index, what] of seen) {
      assert.equal(what, refused.has(index) ? "ERR_KMS" : "opened", `message ${index}`);
    }
  }, seeded(11));
  assert.deepEqual([...perMessage.values()], [1, 1, 1], "each refusal is asked for once");
  const tooClose = began.filter((at, index) => at - (began[index - 1] ?? -20) < 20 - 1e-6);
  assert.deepEqual(tooClose, [], "no more than 50 calls begin in a second");
});

/** Finds the wrapped data key of messages like this one. */
async function wrappedKeyOf(message) {
  const { fields } = await inspect(message);
  const { start, length } = fields.find(({ name }) => name === "edk[0].ciphertext");
  return (other) => other.subarray(start + 2, start + length); // after its own length
}
