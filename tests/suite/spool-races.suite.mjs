// Two that use one spool at the same time: uploads, lists, deletions, and spools of the same name.

import { spool, spooled, uploadParts } from "bongtu";
import { assert, test } from "#harness";
import { FakeS3 } from "../support/fake-s3.mjs";
import {
  assertNothingKept,
  die,
  failingStore,
  prepared,
  SMALL,
  sealed,
  store,
  useStore,
  withStore,
} from "./spool-support.mjs";
import { bytes, failure } from "./support.mjs";
import { PART } from "./upload-store.mjs";

test("one upload of a spool at a time", async () => {
  const { kept, place } = await prepared("one");
  const [other] = await spooled.list(place);
  let refused;
  const { requests } = store(new FakeS3(), async ({ part }, fetch) => {
    if (part === 2) {
      refused ??= Promise.all([
        failure(uploadParts(other, requests), "ERR_SPOOL"),
        failure(other.delete(), "ERR_SPOOL"),
        failure(
          sealed(SMALL).then((whole) => spool(whole, { name: "one", ...place })),
          "ERR_SPOOL",
        ),
      ]);
      await refused;
      assert.equal((await spooled.list(place)).length, 1);
    }
    return await fetch();
  });
  await uploadParts(kept, requests);
  await refused;
  await failure(uploadParts(other, requests), "ERR_SPOOL");
  await assertNothingKept();
});

test("listed over and over while it is uploaded and its record replaced", async () => {
  for (let round = 0; round < 5; round++) {
    const { kept, place } = await prepared("listed");
    let uploading = true;
    const ended = uploadParts(kept, store().requests).finally(() => {
      uploading = false;
    });
    let seen = 0;
    while (uploading) {
      const [listed] = await spooled.list(place);
      assert.equal(listed?.error, undefined);
      assert.ok(listed === undefined || listed.parts.length >= seen);
      seen = listed?.parts.length ?? 4;
    }
    await ended;
  }
  await assertNothingKept();
});

test("a lock that is held for a moment is waited for, unless it is aborted meanwhile", async () => {
  const memory = failingStore();
  let refusals = 0;
  const lock = async (id) => (refusals-- > 0 ? undefined : await memory.lock(id));
  const briefly = (work) => {
    refusals = 3;
    return work();
  };
  await withStore({ ...memory, lock }, async () => {
    const whole = await sealed();
    const options = { name: "held", partSize: PART };
    const kept = await briefly(() => spool(whole, options));
    await briefly(() => uploadParts(kept, store().requests));
    const again = await spool(whole, options);
    await briefly(() => again.delete());

    refusals = Infinity;
    const controller = new AbortController();
    const aborted = spool(whole, { ...options, signal: controller.signal });
    controller.abort();
    await failure(aborted, "ERR_ABORTED");
    whole.dispose();
  });
  assert.deepEqual([memory.files.size, memory.records.size, memory.locks.size], [0, 0, 0]);
});

test("what was listed is not another spool that has its name by now", async () => {
  const memory = failingStore();
  await withStore(memory, async () => {
    const whole = await sealed();
    const other = await sealed(bytes(2 * PART));
    const kept = await spool(whole, { name: "name", partSize: PART });
    const [stale] = await spooled.list();
    await uploadParts(kept, store().requests);
    const now = await spool(other, { name: "name", partSize: PART });
    await failure(stale.delete(), "ERR_SPOOL");
    const { s3, requests } = store();
    await failure(uploadParts(stale, requests), "ERR_SPOOL");
    assert.equal(s3.uploads.size + s3.objects.size, 0);
    assert.equal((await spooled.list())[0].size, now.size);
    await now.delete();
    await stale.delete(); // of nothing
    whole.dispose();
    other.dispose();
  });
  assert.deepEqual([memory.files.size, memory.records.size, memory.locks.size], [0, 0, 0]);
});

test("a spool that is deleted, or made anew, while another looks at it", async () => {
  const memory = failingStore();
  await withStore(memory, async () => {
    const whole = await sealed();
    const other = await sealed(bytes(2 * PART));
    for (const anew of [false, true]) {
      const kept = await spool(whole, { name: "name", partSize: PART });
      await die(kept, new FakeS3(), 1);
      let looks = 0;
      const size = async (id) => {
        looks += 1;
        if (looks === 1) {
          await memory.delete(id);
          useStore(memory);
          if (anew) await spool(other, { name: "name", partSize: PART });
        }
        return await memory.size(id);
      };
      useStore({ ...memory, size });
      const listed = await spooled.list();
      assert.deepEqual(
        listed.map(({ size, error }) => [size, error]),
        anew ? [[other.size, undefined]] : [],
      );
    }
    whole.dispose();
    other.dispose();
  });
});
