// An upload of a spool that was interrupted goes on where it stopped, or begins anew, or is given up.

import { multipartPlan, spool, spooled, uploadParts } from "bongtu";
import { assert, test } from "#harness";
import { FakeS3, failed } from "../support/fake-s3.mjs";
import {
  assertNothingKept,
  die,
  failingStore,
  prepared,
  sealed,
  store,
  withStore,
} from "./spool-support.mjs";
import { assertBytes, failure } from "./support.mjs";
import { PART } from "./upload-store.mjs";

for (const listing of [false, true]) {
  test(`goes on where it stopped${listing ? ", knowing what the server has" : ""}`, async () => {
    for (const checksum of [undefined, "CRC64NVME", "SHA256"]) {
      for (const died of [0, 1, 2, 3]) {
        const { place, kept, expected } = await prepared("again");
        const s3 = new FakeS3();
        await die(kept, s3, died, { checksum });
        const [again] = await spooled.list(place);
        assert.equal(again.uploadId, "upload-1");
        const { requests } = store(s3);
        const listParts = listing ? requests.listParts : undefined;
        const finished = again.parts.map(({ partNumber }) => partNumber);
        assert.deepEqual(finished, [1, 2, 3].slice(0, died));
        s3.stored = [];
        await uploadParts(again, undefined, { ...requests, listParts, checksum });
        assertBytes(s3.objects.get("/key").bytes, expected);
        assert.ok(
          !s3.stored.some((part) => finished.includes(part)),
          "a finished part was sent twice",
        );
        assert.equal(s3.uploads.size, 0);
        await assertNothingKept();
      }
    }
  });
}

test("parts of which the answer was lost are found at the server", async () => {
  const { kept, expected } = await prepared("found");
  const s3 = new FakeS3();
  const lost = store(s3, async ({ method }, fetch) => {
    const answer = await fetch();
    if (method === "PUT") throw new TypeError("Failed to fetch");
    return answer;
  });
  await failure(
    uploadParts(kept, { ...lost.requests, retries: 0, checksum: "CRC32" }),
    "ERR_UPLOAD",
  );
  assert.deepEqual(kept.parts, []);
  const sent = s3.stored.length;
  assert.ok(sent > 0);
  await uploadParts(kept, { ...store(s3).requests, checksum: "CRC32" });
  assert.equal(s3.stored.length, 4);
  assertBytes(s3.objects.get("/key").bytes, expected);
});

test("an upload that its server has forgotten is begun anew, once", async () => {
  for (const listing of [true, false]) {
    const { kept, expected } = await prepared("forgotten");
    const s3 = new FakeS3();
    await die(kept, s3, 2);
    s3.uploads.clear();
    const { requests } = store(s3);
    const listParts = listing ? requests.listParts : undefined;
    const progress = [];
    const onProgress = ({ bytes: done }) => progress.push(done);
    await uploadParts(kept, { ...requests, listParts, onProgress });
    assertBytes(s3.objects.get("/key").bytes, expected);
    assert.equal(progress.at(-1), expected.length);
  }
  const { kept } = await prepared("forgotten");
  const s3 = new FakeS3();
  await die(kept, s3, 2);
  s3.uploads.clear();
  const { requests } = store(s3, ({ method }, fetch) =>
    method === "PUT" ? failed(404, "NoSuchUpload") : fetch(),
  );
  await failure(uploadParts(kept, requests), "ERR_S3");
  await kept.delete();
  await assertNothingKept();
});

for (const listing of [false, true]) {
  test(`it was complete when the page was closed${listing ? ", says ListParts" : ""}`, async () => {
    for (const checksum of [undefined, "CRC64NVME"]) {
      const { kept, expected } = await prepared("complete");
      const s3 = new FakeS3();
      const { requests } = store(s3, async ({ method, query }, fetch) => {
        const answer = await fetch();
        if (method === "POST" && query.has("uploadId")) throw new RangeError("closed");
        return answer;
      });
      await failure(uploadParts(kept, { ...requests, checksum }), "ERR_INPUT");
      assert.equal(kept.parts.length, 4);
      s3.stored = [];
      const again = store(s3).requests;
      const listParts = listing ? again.listParts : undefined;
      const { parts } = await uploadParts(kept, { ...again, listParts, checksum });
      assert.equal(parts.length, 4);
      assert.deepEqual(s3.stored, []);
      assert.equal(s3.uploads.size, 0);
      assertBytes(s3.objects.get("/key").bytes, expected);
      await assertNothingKept();
    }
  });
}

test("another object at the key does not make a forgotten upload complete", async () => {
  const { kept, expected } = await prepared("forgotten");
  const s3 = new FakeS3();
  const complete = () => {
    throw new RangeError("closed");
  };
  await failure(uploadParts(kept, { ...store(s3).requests, complete }), "ERR_INPUT");
  s3.uploads.clear();
  s3.stored = [];
  const other = { bytes: expected.slice(), etag: '"other"' };
  s3.objects.set("/key", other);
  await uploadParts(kept, store(s3).requests);
  assert.equal(s3.stored.length, 4);
  assert.equal(s3.objects.get("/key") === other, false);
});

test("a failure leaves all for another attempt; with keep: false, nothing", async () => {
  const { kept, place } = await prepared("given up");
  const s3 = new FakeS3();
  const { requests } = store(s3, ({ part }, fetch) =>
    part === 3 ? failed(503, "SlowDown") : fetch(),
  );
  await failure(uploadParts(kept, { ...requests, retries: 0 }), "ERR_UPLOAD");
  assert.equal(s3.uploads.size, 1);
  assert.equal((await spooled.list(place)).length, 1);
  await failure(uploadParts(kept, { ...requests, retries: 0, keep: false }), "ERR_UPLOAD");
  assert.equal(s3.uploads.size, 0);
  assert.equal(s3.objects.size, 0);
  await assertNothingKept();

  const aborted = await prepared("aborted");
  const controller = new AbortController();
  const other = store(new FakeS3(), ({ part }, fetch) => {
    if (part === 2) controller.abort();
    return fetch();
  });
  const uploading = uploadParts(aborted.kept, undefined, {
    ...other.requests,
    keep: false,
    signal: controller.signal,
  });
  await failure(uploading, "ERR_ABORTED");
  assert.equal(other.s3.uploads.size, 0);
  await assertNothingKept();
});

test("aborted before it goes on: what was begun is aborted with its spool", async () => {
  const { kept } = await prepared("aborted");
  const s3 = new FakeS3();
  await die(kept, s3, 2);
  assert.equal(s3.uploads.size, 1);
  const signal = AbortSignal.abort();
  await failure(uploadParts(kept, { ...store(s3).requests, keep: false, signal }), "ERR_ABORTED");
  assert.equal(s3.uploads.size, 0);
  await assertNothingKept();
});

test("aborted while it is created: known for another attempt", async () => {
  const { kept } = await prepared("created");
  const controller = new AbortController();
  const { s3, requests } = store(new FakeS3(), async ({ query }, fetch) => {
    if (query.has("uploads")) {
      controller.abort();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return await fetch();
  });
  const options = { ...requests, signal: controller.signal };
  await failure(uploadParts(kept, options), "ERR_ABORTED");
  assert.equal(kept.uploadId, "upload-1");
  await uploadParts(kept, requests);
  assert.equal(s3.uploads.size, 0);
  assert.equal(s3.objects.size, 1);
});

test("an upload goes on with the checksum it was begun with, or not at all", async () => {
  const { kept } = await prepared("checksum");
  const s3 = new FakeS3();
  await die(kept, s3, 2, { checksum: "CRC32" });
  const { requests } = store(s3);
  await failure(uploadParts(kept, requests), "ERR_INPUT");
  await uploadParts(kept, { ...requests, checksum: "CRC32" });
  assert.equal(s3.objects.size, 1);
});

test("a part is in the record before the next is sent", async () => {
  const memory = failingStore();
  const writeRecord = async (id, text) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    memory.records.set(id, text);
  };
  await withStore({ ...memory, writeRecord }, async () => {
    const whole = await sealed();
    const kept = await spool(whole, { name: "record", partSize: PART });
    whole.dispose();
    const { requests } = store();
    const recorded = [];
    const oneByOne = multipartPlan(kept, { partSize: PART, concurrency: 1 });
    await uploadParts(kept, oneByOne, {
      ...requests,
      putPart(part) {
        const [text] = memory.records.values();
        const { uploadId, parts } = JSON.parse(text);
        recorded.push([uploadId, ...parts.map(({ partNumber }) => partNumber)]);
        return requests.putPart(part);
      },
    });
    const id = "upload-1";
    assert.deepEqual(recorded, [[id], [id, 1], [id, 1, 2], [id, 1, 2, 3]]);
  });
});
