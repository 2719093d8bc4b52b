// Multipart uploads to an S3 in memory: what is sent and what comes of it.

import { sealBlob, sealObject, uploadParts } from "bongtu";
import { assert, test } from "#harness";
import { failure, fixture, idle } from "./support.mjs";
import { assertStored, DATA, PART, planOf, sealed, store, withClock } from "./upload-store.mjs";

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
    { ...requests, checksum: ["CRC32"] },
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
