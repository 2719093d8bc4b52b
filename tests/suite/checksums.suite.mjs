import { checksums, sealBlob } from "bongtu";
import { assert, test } from "#harness";
import {
  assertBytes,
  bytes,
  failure,
  fixture,
  readAll,
  shapes,
  streamOf,
  thrown,
} from "./support.mjs";

/** The checksums of "123456789", from docs/formats.md 6.2 and from coreutils. */
const CHECK = new TextEncoder().encode("123456789");
const VALUES = {
  CRC32: ["y/Q5Jg==", "x-amz-checksum-crc32"],
  CRC32C: ["4waSgw==", "x-amz-checksum-crc32c"],
  CRC64NVME: ["rosUhgp5mIg=", "x-amz-checksum-crc64nvme"],
  SHA256: ["FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=", "x-amz-checksum-sha256"],
  MD5: ["JfnnlDI7RTiF9RgfG2JNCw==", "content-md5"],
};
const ALGORITHMS = Object.keys(VALUES);
const DATA = bytes(300_001);

const sumOf = async (algorithm, source) => (await checksums.of(algorithm, source)).value;

for (const [algorithm, [value, header]] of Object.entries(VALUES)) {
  test(`${algorithm}: the published value and its header`, async () => {
    assert.deepEqual(await checksums.of(algorithm, CHECK), { algorithm, value, header });
    assert.equal(await sumOf(algorithm, streamOf(CHECK, 1)), value);
  });
}

test("every shape of a source has the same checksum, and what is sealed has one", async () => {
  const { keyring } = await fixture();
  for (const algorithm of ALGORITHMS) {
    const expected = await sumOf(algorithm, DATA);
    for (const [name, make] of shapes(DATA)) {
      assert.equal(await sumOf(algorithm, make()), expected, `${algorithm} of ${name}`);
    }
    assert.equal(await sumOf(algorithm, streamOf(DATA, 1021)), expected);
    assert.ok(expected !== (await sumOf(algorithm, DATA.subarray(1))), "it depends on the data");
  }
  const sealed = await sealBlob(keyring, DATA);
  const whole = new Uint8Array(await sealed.arrayBuffer());
  assert.equal(await sumOf("CRC64NVME", sealed), await sumOf("CRC64NVME", whole));
  sealed.dispose();
});

test("lengths around a block: SHA-256 is that of WebCrypto", async () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 4096, 65_535, 65_536, 65_537]) {
    const data = DATA.subarray(0, length);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    assert.equal(await sumOf("SHA256", data), btoa(String.fromCharCode(...digest)));
  }
});

test("composites: the checksum of checksums, and how many", async () => {
  const raw = (value) => Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
  for (const algorithm of ["CRC32", "CRC32C", "SHA256"]) {
    const values = [];
    for (let i = 0; i < 12; i++) {
      values.push(await sumOf(algorithm, bytes(100 + i, i)));
    }
    const joined = new Blob(values.map(raw));
    const { value, header } = await checksums.composite(algorithm, values);
    assert.equal(value, `${await sumOf(algorithm, joined)}-12`);
    assert.equal(header, VALUES[algorithm][1]);
  }
});

test("a stream passes on what it sums", async () => {
  for (const algorithm of ALGORITHMS) {
    const { readable, writable, value } = checksums.stream(algorithm);
    const passed = readAll(streamOf(DATA, 70_001).pipeThrough({ readable, writable }));
    assertBytes(await passed, DATA);
    assert.deepEqual(await value, await checksums.of(algorithm, DATA));
  }
});

test("a stream's chunk may be used again once it was taken", async () => {
  const { readable, writable, value } = checksums.stream("CRC32");
  const writer = writable.getWriter();
  const chunk = CHECK.slice(0, 5);
  const passed = readAll(readable);
  await writer.write(chunk);
  chunk.set(CHECK.subarray(5));
  await writer.write(chunk.subarray(0, 4));
  await writer.close();
  assertBytes(await passed, CHECK);
  assert.equal((await value).value, VALUES.CRC32[0]);
});

test("aborting: while a source hangs, before it began, and of a stream", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const hanging = new ReadableStream({});
  const summing = checksums.of("CRC32", hanging, { signal: controller.signal });
  controller.abort(reason);
  assert.equal((await failure(summing, "ERR_ABORTED")).cause, reason);
  const again = checksums.of("CRC32", DATA, { signal: controller.signal });
  await failure(again, "ERR_ABORTED");

  const { readable, value } = checksums.stream("CRC32");
  await readable.cancel(reason);
  assert.equal((await failure(value, "ERR_ABORTED")).cause, reason);
});

test("progress counts bytes", async () => {
  const seen = [];
  await checksums.of("CRC32", new Blob([DATA]), { onProgress: (progress) => seen.push(progress) });
  assert.deepEqual(seen.at(-1), { bytes: DATA.length, total: DATA.length });
});

test("what is no algorithm, source, checksum or part is refused", async () => {
  const check = VALUES.CRC32[0];
  const refused = [
    checksums.of("CRC64", CHECK),
    checksums.of("crc32", CHECK),
    checksums.of(undefined, CHECK),
    checksums.of("CRC32", "123456789"),
    checksums.of("CRC32", null),
    checksums.of("CRC32", CHECK, null),
    checksums.combine("SHA256", [{ value: VALUES.SHA256[0], size: 9 }]),
    checksums.combine("CRC32", []),
    checksums.combine("CRC32", [{ value: VALUES.CRC64NVME[0], size: 9 }]),
    checksums.combine("CRC32", [{ value: check, size: -1 }]),
    checksums.combine("CRC32", [{ value: check, size: 1.5 }]),
    checksums.combine("CRC32", [{ value: 5, size: 1 }]),
    checksums.combine("CRC32", [{ value: "y/Q5Jg", size: 9 }]),
    checksums.composite("CRC64NVME", [VALUES.CRC64NVME[0]]),
    checksums.composite("MD5", [VALUES.MD5[0]]),
    checksums.composite("CRC32", []),
    checksums.composite("CRC32", [`${check}-1`]),
    ...[null, undefined, 5, {}, new Map(), [null]].map((all) => checksums.combine("CRC32", all)),
    ...[null, undefined, 5, {}, new Map(), [null]].map((all) => checksums.composite("CRC32", all)),
  ];
  for (const promise of refused) {
    await failure(promise, "ERR_INPUT");
  }
  thrown(() => checksums.stream(7), "ERR_INPUT");
});
