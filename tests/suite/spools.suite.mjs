// Uploads that survive the page: the same suite over a folder in Node and over the origin private file system in Chromium.
// What needs a second page or process is in tests/node and tests/s3.

import {
  Keyring,
  multipartPlan,
  openObject,
  sealBlob,
  sealObject,
  spool,
  spooled,
  uploadParts,
} from "bongtu";
import { assert, keptFiles, spoolPlace, test } from "#harness";
import { useSpoolStores } from "../../pkg/js/platform/platform.js";
import { KEY_ARN } from "../harness/kms.mjs";
import { FakeS3, failed, requestsTo } from "../support/fake-s3.mjs";
import { assertBytes, bytes, failure, fixture, readAll } from "./support.mjs";

const PART = 5 * 1024 * 1024;
const DATA = bytes(3 * PART + 4321);
const URL_OF_OBJECT = "https://bucket.example/key";
const SMALL = bytes(1000);

async function sealed(data = DATA) {
  return await sealBlob((await fixture()).keyring, data);
}

/** A spool of four parts, its bytes, and a store to send them to. */
async function prepared(name, data = DATA) {
  const place = await spoolPlace();
  const whole = await sealed(data);
  const expected = new Uint8Array(await whole.arrayBuffer());
  const kept = await spool(whole, { name, ...place, partSize: PART });
  whole.dispose();
  return { place, kept, expected };
}

/** A store whose network is `interfere(request, fetch)`. */
function store(s3 = new FakeS3(), interfere = (_, fetch) => fetch()) {
  const fetch = (url, init = {}) => {
    const query = new URL(url).searchParams;
    const part = Number(query.get("partNumber"));
    return interfere({ part, method: init.method ?? "GET", query }, () => s3.fetch(url, init));
  };
  return { s3, requests: requestsTo(URL_OF_OBJECT, fetch) };
}

/** Uploads one part after the other and dies after `count` of them, as a page that is closed. */
async function die(kept, s3, count, options = {}) {
  const controller = new AbortController();
  const { requests } = store(s3, async ({ method }, fetch) => {
    if (method === "PUT" && s3.stored.length >= count) {
      controller.abort(new Error("closed"));
      throw new TypeError("Failed to fetch");
    }
    return await fetch();
  });
  const { signal } = controller;
  const oneByOne = multipartPlan(kept, { partSize: PART, concurrency: 1 });
  const uploading = uploadParts(kept, oneByOne, { ...requests, ...options, signal });
  await failure(uploading, "ERR_ABORTED");
}

async function assertNothingKept() {
  assert.deepEqual(
    (await keptFiles()).map(({ name }) => name),
    [],
  );
}

test("spooled, listed, uploaded and gone", async () => {
  const { place, kept, expected } = await prepared("name");
  assert.equal(kept.size, expected.length);
  assert.deepEqual(
    [kept.name, kept.format, kept.partSize, kept.uploadId, kept.error],
    ["name", "message", PART, undefined, undefined],
  );
  assert.deepEqual([kept.metadata, kept.headers, kept.parts], [{}, {}, []]);
  const listed = await spooled.list(place);
  assert.deepEqual(
    listed.map(({ name, size }) => [name, size]),
    [["name", expected.length]],
  );

  const { s3, requests } = store();
  const progress = [];
  const { parts } = await uploadParts(listed[0], undefined, {
    ...requests,
    onProgress: ({ bytes: done, total }) => progress.push([done, total]),
  });
  assert.equal(parts.length, 4);
  assertBytes(s3.objects.get("/key").bytes, expected);
  assert.deepEqual(progress.at(-1), [expected.length, expected.length]);
  assert.deepEqual(await spooled.list(place), []);
  await assertNothingKept();
  await failure(uploadParts(kept, requests), "ERR_SPOOL");
});

test("objects keep what goes with them, and open", async () => {
  const place = await spoolPlace();
  const { publicKey, kms } = await fixture();
  const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms });
  for (const [format, instructionFile] of [
    ["v3", false],
    ["v3", true],
    ["v2", false],
    ["v2", true],
  ]) {
    const whole = await sealObject(keyring, DATA, { format, instructionFile });
    await spool(whole, { name: "object", ...place });
    whole.dispose();
    const [kept] = await spooled.list(place);
    assert.equal(kept.format, format, `instruction file: ${instructionFile}`);
    assert.deepEqual(kept.metadata, whole.metadata);
    assert.deepEqual(kept.headers, whole.headers);
    assert.deepEqual(kept.instructionFile, whole.instructionFile);
    const { s3, requests } = store();
    await uploadParts(kept, requests);
    const { plaintext } = await openObject(
      keyring,
      {
        metadata: kept.metadata,
        body: s3.objects.get("/key").bytes,
        ...(instructionFile && { instructionFile: kept.instructionFile.body }),
      },
      { commitmentPolicy: "REQUIRE_ENCRYPT_ALLOW_DECRYPT" },
    );
    assertBytes(await readAll(plaintext), DATA);
  }
  await assertNothingKept();
});

test("neither key nor plaintext is kept", async () => {
  const { keyring, seen } = await fixture();
  const place = await spoolPlace();
  const marker = new TextEncoder().encode("plaintext that anybody would recognise ");
  const data = new Uint8Array(300_000);
  for (let i = 0; i < data.length; i++) data[i] = marker[i % marker.length];
  const whole = await sealBlob(keyring, data);
  const kept = await spool(whole, { name: "secret", ...place });
  const message = new Uint8Array(await whole.arrayBuffer());
  whole.dispose();
  const { open } = await import("bongtu");
  await open(keyring, message); // which makes KMS give out the data key
  const key = seen.at(-1).subarray(-32);
  const { requests } = store(new FakeS3(), ({ method }, fetch) =>
    method === "PUT" ? failed(503, "SlowDown") : fetch(),
  );
  await failure(uploadParts(kept, { ...requests, retries: 0 }), "ERR_UPLOAD");
  const files = await keptFiles();
  assert.equal(files.length, 2);
  for (const { name, bytes: file } of files) {
    for (const secret of [marker, key]) {
      assert.equal(indexOf(file, secret), -1, `${name} holds it`);
    }
  }
  await kept.delete();
});

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

test("a name has one spool, and any name will do", async () => {
  const place = await spoolPlace();
  const names = ["a", "A", "../x", "한글 파일.bin", "x".repeat(3000), "con", ".", "a/b\\c:d*?"];
  for (const name of names) {
    const whole = await sealed(SMALL);
    await spool(whole, { name, ...place });
    await failure(spool(whole, { name, ...place }), "ERR_SPOOL");
    whole.dispose();
  }
  const listed = await spooled.list(place);
  assert.deepEqual(
    listed.map(({ name }) => name),
    names.toSorted(),
  );
  for (const kept of listed) await kept.delete();
  await assertNothingKept();
});

test("sealing is aborted, fails or has no room: nothing is left", async () => {
  const place = await spoolPlace();
  const controller = new AbortController();
  const whole = await sealed();
  const onProgress = ({ bytes: done }) => done > 2 * PART && controller.abort();
  const options = { name: "cut", ...place, signal: controller.signal, onProgress };
  await failure(spool(whole, options), "ERR_ABORTED");
  await assertNothingKept();

  const disposing = ({ bytes: done }) => done > PART && whole.dispose();
  await failure(spool(whole, { name: "cut", ...place, onProgress: disposing }), "ERR_STATE");
  await assertNothingKept();

  const source = DATA.slice();
  const changing = await sealed(source);
  await changing.slice(2 * PART, 2 * PART + 10).arrayBuffer();
  source[2 * PART - 400] ^= 1;
  await failure(spool(changing, { name: "cut", ...place }), "ERR_SOURCE_CHANGED");
  await assertNothingKept();
});

test("progress of sealing, in bytes of what is kept", async () => {
  const place = await spoolPlace();
  const whole = await sealed();
  const seen = [];
  const onProgress = ({ bytes: done, total }) => seen.push([done, total]);
  const kept = await spool(whole, { name: "progress", ...place, onProgress });
  assert.deepEqual(seen.at(-1), [whole.size, whole.size]);
  assert.ok(seen.length > 1);
  assert.ok(seen.every(([done], i) => i === 0 || done > seen[i - 1][0]));
  whole.dispose();
  await kept.delete();
});

test("arguments that make no sense", async () => {
  const place = await spoolPlace();
  const whole = await sealed(SMALL);
  for (const options of [
    undefined,
    null,
    {},
    { name: "" },
    { name: 5 },
    { name: "x", folder: 7 },
  ]) {
    await failure(
      spool(whole, options === undefined || options === null ? null : { ...place, ...options }),
      "ERR_INPUT",
    );
  }
  await failure(spool(whole, { name: "x", ...place, partSize: PART - 1 }), "ERR_PART_SIZE");
  await failure(spool(SMALL, { name: "x", ...place }), "ERR_INPUT");
  await failure(spooled.list(null), "ERR_INPUT");
  await failure(spooled.list({ folder: 7 }), "ERR_INPUT");

  const kept = await spool(whole, { name: "x", ...place });
  const { requests } = store();
  const { size } = kept;
  const other = {
    size,
    format: "message",
    partSize: 6 * 1024 * 1024,
    partCount: 1,
    concurrency: 1,
  };
  await failure(uploadParts(kept, other, requests), "ERR_PART_SIZE");
  await failure(uploadParts(kept, { ...other, size: size + 1 }, requests), "ERR_INPUT");
  await failure(uploadParts(kept, { ...requests, create: undefined }), "ERR_INPUT");
  await failure(uploadParts(kept, { ...requests, keep: "yes" }), "ERR_INPUT");
  assert.equal((await spooled.list(place)).length, 1);
  await kept.delete();
  whole.dispose();
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

/** A store in memory, of which one method fails as a full disk does. */
function failingStore(method, error) {
  const files = new Map();
  const records = new Map();
  const locks = new Set();
  const may = async (name) => {
    if (name === method) throw error;
  };
  return {
    files,
    records,
    locks,
    ids: async () => [...new Set([...files.keys(), ...records.keys()])],
    async lock(id) {
      if (locks.has(id)) return undefined;
      locks.add(id);
      return async () => void locks.delete(id);
    },
    room: async () => (method === "room" ? 10 : undefined),
    async create(id) {
      await may("create");
      const pieces = [];
      files.set(id, pieces);
      return {
        async write(piece) {
          if (pieces.length > 0) await may("write");
          pieces.push(piece.slice());
        },
        close: () => may("close"),
        abort: async () => void files.delete(id),
      };
    },
    size: async (id) => files.get(id)?.reduce((total, { length }) => total + length, 0),
    async read(id, start, end) {
      await may("read");
      return new Uint8Array(await new Blob(files.get(id)).slice(start, end).arrayBuffer());
    },
    readRecord: async (id) => records.get(id),
    async writeRecord(id, text) {
      await may("writeRecord");
      records.set(id, text);
    },
    async delete(id) {
      records.delete(id);
      files.delete(id);
    },
  };
}

/** Keeps spools there instead, without a folder. */
function useStore(store) {
  return useSpoolStores({ origin: async () => store });
}

async function withStore(kept, run) {
  const before = useStore(kept);
  try {
    return await run();
  } finally {
    useSpoolStores(before);
  }
}

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
        // What was listed before believes nothing either.
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

function indexOf(haystack, needle) {
  outer: for (
    let i = haystack.indexOf(needle[0]);
    i !== -1;
    i = haystack.indexOf(needle[0], i + 1)
  ) {
    for (let j = 1; j < needle.length; j++) {
      if (haystack[i + j] !== needle[j]) continue outer;
    }
    return i;
  }
  return -1;
}
