// Spools and spilled bodies in the origin private file system of every browser, and where there is none: each shape of it is one
// of tests/support/fake-opfs.mjs. Chromium's own is in tests/suite, tests/s3 and tests/harness.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openObject, sealBlob, sealObject, spool, spooled, uploadParts } from "bongtu";
import { originPrivateFile } from "../../pkg/js/io/spill/opfs.js";
import { useSpills } from "../../pkg/js/platform/platform.js";
import {
  assertBytes,
  bytes,
  failure,
  fixture,
  readAll,
  sealedBytes,
  stored,
  streamOf,
} from "../suite/support.mjs";
import { fakeOrigin, SHAPES } from "../support/fake-opfs.mjs";
import { FakeS3, requestsTo } from "../support/fake-s3.mjs";
import { withGlobals } from "../support/globals.mjs";

const PART = 5 * 1024 * 1024;
const DATA = bytes(2 * PART + 77);
const { keyring } = await fixture();

async function spoolHere(name = "name", options = {}) {
  const sealed = await sealBlob(keyring, DATA);
  try {
    const expected = await sealedBytes(sealed);
    return { kept: await spool(sealed, { name, partSize: PART, ...options }), expected };
  } finally {
    sealed.dispose();
  }
}

function store(s3 = new FakeS3()) {
  return { s3, requests: requestsTo("http://s3.test/key", (...given) => s3.fetch(...given)) };
}

for (const shape of SHAPES) {
  test(`spooled, found again and uploaded: ${shape}`, async () => {
    const origin = fakeOrigin({ shape, step: 100_000 });
    await withGlobals({ navigator: origin.navigator }, async () => {
      assert.equal(await spool.available(), true);
      assert.equal(origin.files.size, 0);
      const { expected } = await spoolHere();
      assert.equal(origin.files.size, 2);
      const [kept] = await spooled.list();
      const { s3, requests } = store();
      await uploadParts(kept, { ...requests, checksum: "CRC32" });
      assertBytes(s3.objects.get("/key").bytes, expected);
      assert.deepEqual(await spooled.list(), []);
    });
    assert.deepEqual([origin.files.size, origin.open.size], [0, 0]);
  });

  test(`no room: ERR_QUOTA, and nothing is left: ${shape}`, async () => {
    for (const room of [0, PART, 2 * PART + 77]) {
      const origin = fakeOrigin({ shape, room });
      await withGlobals({ navigator: origin.navigator }, async () => {
        await failure(spoolHere(), "ERR_QUOTA");
      });
      assert.deepEqual([origin.files.size, origin.open.size], [0, 0]);
    }
  });

  test(`aborted while it is sealed: nothing is left: ${shape}`, async () => {
    const origin = fakeOrigin({ shape });
    await withGlobals({ navigator: origin.navigator }, async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const onProgress = ({ bytes: done }) => done > PART && controller.abort();
      await failure(spoolHere("cut", { signal, onProgress }), "ERR_ABORTED");
    });
    assert.deepEqual([origin.files.size, origin.open.size], [0, 0]);
  });

  test(`a body that comes once is spilled: ${shape}`, async () => {
    const origin = fakeOrigin({ shape, step: 300_000 });
    const sealed = await sealObject(keyring, DATA);
    const body = await sealedBytes(sealed);
    const before = useSpills([originPrivateFile]);
    try {
      await withGlobals({ navigator: origin.navigator }, async () => {
        const { plaintext } = await openObject(keyring, stored(sealed, streamOf(body, 100_000)));
        assert.equal(origin.files.size, 1);
        assertBytes(await readAll(plaintext), DATA);
      });
    } finally {
      useSpills(before);
    }
    assert.deepEqual([origin.files.size, origin.open.size], [0, 0]);
  });
}

test("a page that is closed while it writes a record leaves the old one or the new one", async () => {
  for (const shape of SHAPES.slice(1)) {
    const origin = fakeOrigin({ shape });
    await withGlobals({ navigator: origin.navigator }, async () => {
      const { kept } = await spoolHere();
      const steps = [];
      const { files } = origin;
      for (const change of ["set", "delete"]) {
        files[change] = (...given) => {
          const result = Map.prototype[change].apply(files, given);
          steps.push(new Map(files));
          return result;
        };
      }
      const recording = fakeOrigin({ shape, step: 50, files });
      await withGlobals({ navigator: recording.navigator }, async () => {
        const s3 = new FakeS3();
        const { requests } = store(s3);
        const complete = () => {
          throw new RangeError("closed");
        };
        const [again] = await spooled.list();
        await failure(uploadParts(again, { ...requests, complete }), "ERR_INPUT");
      });
      assert.ok(steps.length > 20, `${steps.length} steps`);
      let parts = 0;
      for (const left of steps.map((files) => fakeOrigin({ shape, files }))) {
        await withGlobals({ navigator: left.navigator }, async () => {
          const [listed] = await spooled.list();
          assert.equal(listed?.error, undefined);
          assert.equal(listed.name, kept.name);
          assert.ok(listed.parts.length >= parts, `${listed.parts.length} after ${parts}`);
          parts = listed.parts.length;
        });
      }
      assert.equal(parts, 3);
    });
  }
});

/** Places in which there can be no spool, and what is said of each. */
const NOWHERE = {
  "a page that is no secure context": [
    { navigator: { storage: {} }, isSecureContext: false },
    /not a secure context/,
  ],
  "a browser without it": [{ navigator: { storage: {} } }, /no origin private file system/],
  "a browser without Web Locks": [
    { navigator: { storage: fakeOrigin().navigator.storage } },
    /no Web Locks/,
  ],
  "a private window": [
    {
      navigator: {
        ...fakeOrigin().navigator,
        storage: {
          getDirectory: () =>
            Promise.reject(
              new DOMException("Security error when calling GetDirectory", "SecurityError"),
            ),
        },
      },
    },
    /Security error when calling GetDirectory/,
  ],
  "a private window that throws at once": [
    {
      navigator: {
        ...fakeOrigin().navigator,
        storage: {
          getDirectory() {
            throw new DOMException("denied", "SecurityError");
          },
        },
      },
    },
    /denied/,
  ],
  "a page where only workers write": [
    { navigator: fakeOrigin({ shape: "none" }).navigator },
    /dedicated workers only/,
  ],
  "a frame that may have no locks": [
    {
      navigator: {
        ...fakeOrigin().navigator,
        locks: { request: () => Promise.reject(new DOMException("opaque", "SecurityError")) },
      },
    },
    /opaque/,
  ],
  "no WebCrypto": [
    {
      navigator: fakeOrigin().navigator,
      crypto: { getRandomValues: (array) => array },
    },
    /secure context/,
  ],
};

for (const [where, [globals, words]] of Object.entries(NOWHERE)) {
  test(`no spool, one code and the reason: ${where}`, async () => {
    const sealed = await sealBlob(keyring, DATA);
    await withGlobals(globals, async () => {
      const { message } = await failure(spool(sealed, { name: "name" }), "ERR_SPOOL");
      assert.match(message, words);
      assert.equal(await spool.available(), false);
    });
    sealed.dispose();
  });
}

test("without crypto.randomUUID, which insecure contexts and Safari before 15.4 lack", async () => {
  const origin = fakeOrigin();
  const { subtle } = crypto;
  const getRandomValues = crypto.getRandomValues.bind(crypto);
  await withGlobals(
    { navigator: origin.navigator, crypto: { subtle, getRandomValues } },
    async () => {
      const { kept } = await spoolHere();
      await kept.delete();
    },
  );
  assert.equal(origin.files.size, 0);
});
