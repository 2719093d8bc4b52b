// Uploads that are aborted: what is left at the server, and what is said where that could not be helped.

import { uploadParts } from "bongtu";
import { assert, test } from "#harness";
import { failed } from "../support/fake-s3.mjs";
import { failure } from "./support.mjs";
import { assertNothing, planOf, sealed, store, withClock } from "./upload-store.mjs";

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
