// Objects that must not open: changed, cut, mixed up, too large, or not allowed by the policy.

import { openObject, sealObject, sealObjectStream } from "bongtu";
import { assert, test } from "#harness";
import { DATA, drained, flipped, sample } from "./object-samples.mjs";
import {
  assertBytes,
  BOTH,
  CHUNK,
  failure,
  fixture,
  joined,
  openAll,
  stored,
  streamOf,
  testWithEach,
} from "./support.mjs";

testWithEach("version 2 only where the policy allows it", async () => {
  const { keyring, sealed, body } = await sample("v2");
  await failure(openObject(keyring, stored(sealed, body)), "ERR_COMMITMENT_POLICY");
  for (const commitmentPolicy of [
    "REQUIRE_ENCRYPT_ALLOW_DECRYPT",
    "FORBID_ENCRYPT_ALLOW_DECRYPT",
  ]) {
    assertBytes(await openAll(keyring, stored(sealed, body), { commitmentPolicy }), DATA);
  }
});

for (const format of ["v2", "v3"]) {
  testWithEach(`bodies that were cut, extended or changed: ${format}`, async () => {
    for (const length of [17, CHUNK, DATA.length]) {
      const { keyring, sealed, body } = await sample(format, length);
      const forged = [
        body.subarray(0, -1),
        body.subarray(1),
        body.subarray(0, -16),
        joined([body, new Uint8Array(1)]),
        joined([body, new Uint8Array(CHUNK)]),
        joined([body.subarray(0, -16), new Uint8Array(16), body.subarray(-16)]),
        flipped(body, 0),
        flipped(body, -1, 0x80),
        flipped(body, -16),
        flipped(body, -17),
        flipped(body, body.length >> 1),
      ];
      if (length > 2 * CHUNK) {
        forged.push(body.subarray(0, CHUNK), body.subarray(0, CHUNK + 16));
        // Two chunks in each other's place.
        const parts = [CHUNK, 2 * CHUNK].map((start) => body.subarray(start, start + CHUNK));
        forged.push(
          joined([body.subarray(0, CHUNK), ...parts.reverse(), body.subarray(3 * CHUNK)]),
        );
      }
      for (const body of forged) {
        for (const kind of [body, new Blob([body]), streamOf(body, 100_000)]) {
          await failure(openObject(keyring, stored(sealed, kind), BOTH), "ERR_AUTHENTICATION");
        }
        const options = { ...BOTH, releaseUnverified: true };
        const { plaintext } = await openObject(keyring, stored(sealed, body), options);
        const { code, released } = await drained(plaintext);
        assert.equal(code, "ERR_AUTHENTICATION");
        // Nothing of the last chunk comes out, whatever the caller picked.
        assert.ok(released.length < Math.max(1, body.length - 16), `${released.length} bytes`);
      }
      for (const short of [body.subarray(0, 15), body.subarray(0, 0)]) {
        await failure(openObject(keyring, stored(sealed, short), BOTH), "ERR_TRUNCATED");
      }
    }
  });
}

test("every bit of a small object", async () => {
  for (const format of ["v2", "v3"]) {
    const { keyring, sealed, body } = await sample(format, 1);
    for (let bit = 0; bit < 8 * body.length; bit++) {
      const forged = flipped(body, bit >> 3, 1 << (bit & 7));
      await failure(openObject(keyring, stored(sealed, forged), BOTH), "ERR_AUTHENTICATION");
    }
  }
});

test("metadata that were changed, left out, mixed", async () => {
  const codes = new Set();
  for (const format of ["v2", "v3"]) {
    const { keyring, sealed, body } = await sample(format, 17);
    for (const [name, value] of Object.entries(sealed.metadata)) {
      const others = Object.fromEntries(
        Object.entries(sealed.metadata).filter(([other]) => other !== name),
      );
      const harmless = ["x-amz-matdesc", "x-amz-unencrypted-content-length"].includes(name);
      const attempts = [others, { ...others, [name]: "" }];
      for (const at of [0, value.length >> 1, value.length - 1]) {
        const digit = value[at] === "A" ? "B" : "A";
        attempts.push({ ...others, [name]: value.slice(0, at) + digit + value.slice(at + 1) });
      }
      for (const metadata of harmless ? attempts.slice(0, 2) : attempts) {
        const opening = openObject(keyring, { metadata, body }, BOTH);
        if (harmless) {
          await opening;
          continue;
        }
        const [{ status, reason }] = await Promise.allSettled([opening]);
        assert.equal(status, "rejected", `${name}: ${metadata[name]}`);
        codes.add(reason.code);
        const known = [
          "ERR_METADATA",
          "ERR_UNSUPPORTED",
          "ERR_UNWRAP",
          "ERR_COMMITMENT",
          "ERR_AUTHENTICATION",
        ];
        assert.ok(known.includes(reason.code), `${name}: ${reason.code}`);
      }
    }
  }
  assert.ok(codes.has("ERR_METADATA") && codes.has("ERR_UNWRAP") && codes.has("ERR_COMMITMENT"));
  const [v2, v3] = [await sample("v2", 17), await sample("v3", 17)];
  const mixed = { ...v2.sealed.metadata, ...v3.sealed.metadata };
  await failure(openObject(v2.keyring, { metadata: mixed, body: v2.body }, BOTH), "ERR_METADATA");
  // Spoofed to slip past the policy.
  const spoofed = { ...v2.sealed.metadata, "x-amz-c": "115", "x-amz-w": "22" };
  await failure(openObject(v2.keyring, { metadata: spoofed, body: v2.body }), "ERR_METADATA");
});

test("too much metadata, with the count", async () => {
  const { keyring } = await fixture();
  const materialDescription = { a: "x".repeat(2000) };
  const { message } = await failure(
    sealObject(keyring, DATA, { materialDescription }),
    "ERR_LIMIT",
  );
  assert.ok(/\d{4}/.test(message), message);
  const instructionFile = true;
  const sealed = await sealObject(keyring, DATA, { materialDescription, instructionFile });
  assert.ok(sealed.instructionFile.body.length > 2000);
});

test("more than an object holds, before a byte is read", async () => {
  const { keyring } = await fixture();
  class Huge extends Blob {
    get size() {
      return 2 ** 36 - 31;
    }
    slice() {
      return assert.fail("it was read");
    }
    stream() {
      return assert.fail("it was read");
    }
  }
  await failure(sealObject(keyring, new Huge()), "ERR_TOO_LARGE");
  await failure(sealObjectStream(keyring, { size: 2 ** 36 - 31 }), "ERR_TOO_LARGE");
  const stream = await sealObjectStream(keyring, { size: 2 ** 36 - 32 });
  assert.equal(stream.contentLength, 2 ** 36 - 16);
  await stream.readable.cancel();
});

test("parts of objects", async () => {
  const { keyring, sealed, body } = await sample();
  const object = stored(sealed, body);
  for (const [given, options] of [
    [object, { range: "bytes=0-99" }],
    [object, { Range: undefined }],
    [{ ...object, range: { start: 0 } }, {}],
    [{ ...object, contentRange: `bytes 0-${body.length - 1}/${body.length}` }, {}],
  ]) {
    const { message } = await failure(openObject(keyring, given, options), "ERR_UNSUPPORTED");
    assert.ok(message.includes("messages"), message);
  }
  assertBytes(await openAll(keyring, { ...object, contentRange: undefined }), DATA);
});

test("arguments of other types", async () => {
  const { keyring, sealed, body } = await sample();
  const object = stored(sealed, body);
  for (const given of [
    undefined,
    null,
    "object",
    { ...object, metadata: undefined },
    { ...object, metadata: new Map() },
    { ...object, metadata: { a: 1 } },
    { ...object, body: "text" },
    { ...object, body: undefined },
    { ...object, body: () => "text" },
    { ...object, instructionFile: 7 },
    { ...object, contentRange: 7 },
  ]) {
    await failure(openObject(keyring, given), "ERR_INPUT");
  }
  for (const options of [
    null,
    { commitmentPolicy: 7 },
    { commitmentPolicy: "REQUIRE" },
    { releaseUnverified: "yes" },
    { signal: {} },
  ]) {
    await failure(openObject(keyring, object, options), "ERR_INPUT");
  }
  for (const options of [
    null,
    { format: "v1" },
    { format: 3 },
    { materialDescription: "{}" },
    { materialDescription: { a: 1 } },
    { instructionFile: "yes" },
    { onProgress: 1 },
  ]) {
    await failure(sealObject(keyring, DATA, options), "ERR_INPUT");
    await failure(sealObjectStream(keyring, options), "ERR_INPUT");
  }
  for (const materialDescription of [{ "": "a" }, { a: "\ud800" }]) {
    await failure(sealObject(keyring, DATA, { materialDescription }), "ERR_CONTEXT");
  }
  await failure(sealObjectStream(keyring, { size: -1 }), "ERR_INPUT");
  await failure(sealObjectStream(keyring, { size: "5" }), "ERR_INPUT");
});
