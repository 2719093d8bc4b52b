// Spools on a disk that is full or fails, and records and ciphertext that were cut, changed or lost.

import { spool, spooled, uploadParts } from "bongtu";
import { assert, test } from "#harness";
import { FakeS3 } from "../support/fake-s3.mjs";
import { die, failingStore, SMALL, sealed, store, useStore, withStore } from "./spool-support.mjs";
import { failure } from "./support.mjs";
import { PART } from "./upload-store.mjs";

for (const name of ["QuotaExceededError", "ENOSPC"]) {
  for (const method of ["room", "create", "write", "close", "writeRecord"]) {
    test(`no room (${name}) at ${method}: ERR_QUOTA, and nothing is left`, async () => {
      const error = Object.assign(new Error("full"), name === "ENOSPC" ? { code: name } : { name });
      const memory = failingStore(method, error);
      await withStore(memory, async () => {
        const whole = await sealed();
        const { cause } = await failure(spool(whole, { name: "full" }), "ERR_QUOTA");
        assert.equal(cause, method === "room" ? undefined : error);
        whole.dispose();
      });
      assert.deepEqual([memory.files.size, memory.records.size, memory.locks.size], [0, 0, 0]);
    });
  }
}

test("a disk that fails during the upload: kept, unless it is to be given up", async () => {
  const error = Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
  const memory = failingStore(undefined, error);
  await withStore(memory, async () => {
    const whole = await sealed();
    const kept = await spool(whole, { name: "broken", partSize: PART });
    whole.dispose();
    const broken = { ...memory, read: async () => Promise.reject(error) };
    useStore(broken);
    const [listed] = await spooled.list();
    const { s3, requests } = store();
    const { cause } = await failure(uploadParts(listed, requests), "ERR_SPOOL");
    assert.equal(cause, error);
    assert.deepEqual([s3.uploads.size, memory.files.size], [1, 1]);
    await failure(uploadParts(listed, { ...requests, keep: false }), "ERR_SPOOL");
    assert.equal(s3.uploads.size, 0);
    assert.equal(memory.files.size, 0);
    assert.equal(kept.name, "broken");
  });
  assert.equal(memory.locks.size, 0);
});

test("a spool that cannot be read: for that one alone, and it can be deleted", async () => {
  const memory = failingStore();
  await withStore(memory, async () => {
    const whole = await sealed(SMALL);
    await spool(whole, { name: "fine" });
    await spool(whole, { name: "lost" });
    whole.dispose();
    const [lost] = [...memory.records].find(([, text]) => text.includes('"lost"'));
    const error = Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    for (const method of ["readRecord", "size"]) {
      const broken = async (id) => (id === lost ? Promise.reject(error) : memory[method](id));
      useStore({ ...memory, [method]: broken });
      const listed = await spooled.list();
      assert.equal(listed.length, 2);
      const handle = listed.find(({ error: one }) => one !== undefined);
      assert.equal(handle.error.code, "ERR_SPOOL");
      assert.equal(handle.error.cause, error);
      await failure(uploadParts(handle, store().requests), "ERR_SPOOL");
      if (method === "size") await handle.delete();
    }
    useStore(memory);
    assert.deepEqual(
      (await spooled.list()).map(({ name }) => name),
      ["fine"],
    );
  });
});

test("a record that is left over never stands for another ciphertext", async () => {
  const memory = failingStore();
  await withStore(memory, async () => {
    const whole = await sealed(SMALL);
    await spool(whole, { name: "cut" });
    const [[id, pieces]] = memory.files;
    memory.files.set(id, [pieces[0].slice(1)]);
    const killed = new Promise(() => {});
    let written;
    const closed = new Promise((resolve) => {
      written = resolve;
    });
    const writeRecord = () => {
      written();
      return killed;
    };
    useStore({ ...memory, writeRecord });
    spool(whole, { name: "cut" });
    await closed;
    memory.locks.clear(); // they go with the process
    useStore(memory);
    assert.deepEqual(await spooled.list(), []);
    whole.dispose();
  });
  assert.deepEqual([memory.files.size, memory.records.size], [0, 0]);
});

test("a failure counts, not that of clearing up after it", async () => {
  const memory = failingStore();
  const create = async (id) => ({
    ...(await memory.create(id)),
    abort: () => Promise.reject(new Error("and that too")),
  });
  await withStore({ ...memory, create }, async () => {
    const whole = await sealed();
    const disposing = ({ bytes: done }) => done > PART && whole.dispose();
    await failure(spool(whole, { name: "cut", onProgress: disposing }), "ERR_STATE");
  });
  assert.deepEqual([memory.files.size, memory.records.size, memory.locks.size], [0, 0, 0]);
});

test("other versions and damaged records: for that one alone, and it can be deleted", async () => {
  const memory = failingStore();
  await withStore(memory, async () => {
    const whole = await sealed();
    for (const name of ["1 fine", "2 newer", "3 torn", "4 else"])
      await spool(whole, { name, partSize: PART });
    whole.dispose();
    const change = (name, edit) => {
      const [id, text] = [...memory.records].find(([, record]) => record.includes(`"${name}"`));
      memory.records.set(id, edit(text));
    };
    change("2 newer", (text) => text.replace('"version":1', '"version":2'));
    change("3 torn", (text) => text.slice(0, -30));
    change("4 else", (text) => text.replace('"spool"', '"spool!"'));
    const listed = await spooled.list();
    const codes = listed.map(({ error }) => error?.code);
    assert.deepEqual(codes.filter(Boolean), ["ERR_SPOOL", "ERR_SPOOL", "ERR_SPOOL"]);
    assert.equal(
      listed.find(({ name }) => name === "2 newer").error.message.includes("version 2"),
      true,
    );
    const { s3, requests } = store();
    for (const kept of listed.filter(({ error }) => error !== undefined)) {
      await failure(uploadParts(kept, requests), "ERR_SPOOL");
      await kept.delete();
    }
    assert.equal(s3.uploads.size, 0);
    await uploadParts(
      listed.find(({ error }) => error === undefined),
      undefined,
      requests,
    );
    assert.equal(s3.objects.size, 1);
  });
  assert.deepEqual([memory.files.size, memory.records.size, memory.locks.size], [0, 0, 0]);
});

test("every damage of a record is one: nothing else is believed", async () => {
  const memory = failingStore();
  await withStore(memory, async () => {
    const whole = await sealed();
    const kept = await spool(whole, { name: "record", partSize: PART });
    whole.dispose();
    await die(kept, new FakeS3(), 2);
    const [[id, text]] = memory.records;
    const record = JSON.parse(text);
    assert.ok(record.parts.length > 0);
    const [part] = record.parts;
    const damages = {
      version: [0, "1", undefined],
      id: [undefined, 5],
      bongtu: [undefined],
      name: [undefined, 5],
      size: [undefined, -1, 1.5, "5", record.size - 1],
      format: [undefined, "v4"],
      metadata: [undefined, null, { a: 1 }],
      headers: [undefined, "x"],
      instructionFile: [{}, "x", { suffix: ".other", metadata: {}, body: "" }],
      partSize: [undefined, 0, -5, PART + 1],
      uploadId: [5, {}],
      checksum: [7],
      parts: [
        undefined,
        {},
        [null],
        [{ ...part, partNumber: 0 }],
        [{ ...part, partNumber: 99 }],
        [{ ...part, size: 5 }],
        [{ ...part, etag: undefined }],
        [{ ...part, checksum: 5 }],
        [part, part],
      ],
    };
    for (const [field, values] of Object.entries(damages)) {
      for (const value of values) {
        memory.records.set(id, JSON.stringify({ ...record, [field]: value }));
        const what = `${field}: ${JSON.stringify(value)}`;
        const listed = await spooled.list();
        assert.equal(listed[0]?.error?.code, "ERR_SPOOL", what);
        // A handle that was listed before believes nothing either.
        await failure(uploadParts(kept, store().requests), "ERR_SPOOL");
      }
    }
    memory.records.set(id, text);
    assert.equal((await spooled.list())[0].error, undefined);
  });
});

test("ciphertext that was cut after its upload was begun: listed, so that it can be aborted", async () => {
  const memory = failingStore();
  await withStore(memory, async () => {
    const whole = await sealed();
    const kept = await spool(whole, { name: "begun", partSize: PART });
    whole.dispose();
    const s3 = new FakeS3();
    await die(kept, s3, 1);
    memory.files.set([...memory.files.keys()][0], [new Uint8Array(3)]);
    const [listed] = await spooled.list();
    assert.equal(listed.error.code, "ERR_SPOOL");
    assert.deepEqual([listed.name, listed.uploadId], ["begun", [...s3.uploads.keys()][0]]);
    for (const handle of [listed, kept]) {
      await failure(uploadParts(handle, store(s3).requests), "ERR_SPOOL");
    }
    await listed.delete();
    assert.deepEqual(await spooled.list(), []);
  });
  assert.deepEqual([memory.files.size, memory.records.size, memory.locks.size], [0, 0, 0]);
});

test("ciphertext that was cut or lost: thrown away", async () => {
  const memory = failingStore();
  await withStore(memory, async () => {
    const whole = await sealed(SMALL);
    await spool(whole, { name: "cut" });
    await spool(whole, { name: "lost" });
    await spool(whole, { name: "no record" });
    await spool(whole, { name: "fine" });
    whole.dispose();
    const idOf = (name) => [...memory.records].find(([, text]) => text.includes(`"${name}"`))[0];
    memory.files.get(idOf("cut"))[0] = new Uint8Array(3);
    memory.files.delete(idOf("lost"));
    memory.records.delete(idOf("no record"));
    assert.deepEqual(
      (await spooled.list()).map(({ name }) => name),
      ["fine"],
    );
    assert.deepEqual([memory.files.size, memory.records.size], [1, 1]);
  });
});
