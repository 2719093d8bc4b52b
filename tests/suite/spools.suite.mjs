// Uploads that survive the page: the same suite over a folder in Node and over the origin private file system in Chromium.
// Tests that need a second page or process are in tests/node and tests/s3.

import { Keyring, openObject, sealBlob, sealObject, spool, spooled, uploadParts } from "bongtu";
import { assert, keptFiles, spoolPlace, test } from "#harness";
import { KEY_ARN } from "../harness/kms.mjs";
import { FakeS3, failed } from "../support/fake-s3.mjs";
import { assertNothingKept, prepared, SMALL, sealed, store } from "./spool-support.mjs";
import { assertBytes, failure, fixture, readAll } from "./support.mjs";
import { DATA, PART } from "./upload-store.mjs";

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
