// The metadata and instruction files of S3 objects, as they are made and as others give them back.

import { inspect, openObject, sealObject, sealObjectStream, uploadRequest } from "bongtu";
import { assert, test } from "#harness";
import { DATA, FORMATS } from "./object-samples.mjs";
import {
  assertBytes,
  BOTH,
  failure,
  fixture,
  openAll,
  readAll,
  sealedBytes,
  stored,
} from "./support.mjs";

test("metadata are as the format has them", async () => {
  const { keyring } = await fixture();
  const v3 = await sealObject(keyring, DATA);
  assert.deepEqual(Object.keys(v3.metadata).sort(), [
    "x-amz-3",
    "x-amz-c",
    "x-amz-d",
    "x-amz-i",
    "x-amz-w",
  ]);
  assert.equal(v3.metadata["x-amz-c"], "115");
  assert.equal(v3.metadata["x-amz-w"], "22");
  assert.equal(v3.instructionFile, undefined);
  const v2 = await sealObject(keyring, DATA, { format: "v2" });
  assert.equal(v2.metadata["x-amz-wrap-alg"], "RSA-OAEP-SHA1");
  assert.equal(v2.metadata["x-amz-unencrypted-content-length"], `${DATA.length}`);
  for (const { metadata, headers } of [v2, v3]) {
    assert.deepEqual(
      headers,
      Object.fromEntries(Object.entries(metadata).map(([n, v]) => [`x-amz-meta-${n}`, v])),
    );
  }
  const stream = await sealObjectStream(keyring, { format: "v2" });
  assert.equal(stream.metadata["x-amz-unencrypted-content-length"], undefined);
  await stream.readable.cancel();
});

test("material descriptions come back, whatever is in them", async () => {
  const { keyring } = await fixture();
  const materialDescription = JSON.parse('{"목적":"검사 \\"\\\\","a":"","__proto__":"x"}');
  for (const format of FORMATS) {
    for (const instructionFile of [false, true]) {
      const options = { format, materialDescription, instructionFile };
      const sealed = await sealObject(keyring, DATA.subarray(0, 10), options);
      const object = stored(sealed, await sealedBytes(sealed));
      const { unverifiedMaterialDescription } = await openObject(keyring, object, BOTH);
      assert.deepEqual(unverifiedMaterialDescription, materialDescription);
      const description = await inspect(object);
      assert.deepEqual(description.materialDescription, materialDescription);
    }
  }
});

test("instruction files", async () => {
  const { keyring } = await fixture();
  for (const format of FORMATS) {
    const sealed = await sealObject(keyring, DATA, { format, instructionFile: true });
    const { suffix, metadata, body } = sealed.instructionFile;
    assert.equal(suffix, ".instruction");
    assert.deepEqual(metadata, { "x-amz-crypto-instr-file": "" });
    // Rust has both names as well.
    const itself = await failure(openObject(keyring, { metadata, body: DATA }), "ERR_NOT_SEALED");
    assert.ok(itself.message.includes("this is an instruction file"), itself.message);
    const { headers } = uploadRequest(sealed);
    for (const [name, value] of Object.entries(sealed.headers)) {
      assert.equal(headers[name], value);
    }
    assert.ok(Object.values(JSON.parse(body)).every((value) => typeof value === "string"));
    const bytesOfIt = await sealedBytes(sealed);
    assertBytes(await openAll(keyring, stored(sealed, bytesOfIt)), DATA);
    const without = { metadata: sealed.metadata, body: bytesOfIt };
    // Of version 2 only a length is left, or nothing.
    const { message } = await failure(openObject(keyring, without, BOTH), "ERR_METADATA");
    assert.ok(message.includes("instruction"), message);
    const wrong = { ...stored(sealed, bytesOfIt), instructionFile: body.slice(1) };
    await failure(openObject(keyring, wrong, BOTH), "ERR_METADATA");
  }
});

test("names in any case, with and without the prefix, among other metadata", async () => {
  const { keyring } = await fixture();
  const sealed = await sealObject(keyring, DATA);
  const body = await sealedBytes(sealed);
  for (const change of [
    (name) => name.toUpperCase(),
    (name) => `x-amz-meta-${name}`,
    (name) => `X-Amz-Meta-${name}`,
  ]) {
    const pairs = Object.entries(sealed.metadata).map(([name, value]) => [change(name), value]);
    const metadata = { ...Object.fromEntries(pairs), author: "somebody" };
    assertBytes(await openAll(keyring, { metadata, body }), DATA);
  }
  const metadata = { ...sealed.metadata, "X-AMZ-3": sealed.metadata["x-amz-3"] };
  await failure(openObject(keyring, { metadata, body }), "ERR_METADATA");
});

test("a plain object is told from one that is broken", async () => {
  const { keyring } = await fixture();
  const body = new TextEncoder().encode("plain");
  for (const metadata of [{}, { author: "x" }, { "x-amz-meta-x-amz-custom": "y" }]) {
    const { message } = await failure(openObject(keyring, { metadata, body }), "ERR_NOT_SEALED");
    assert.ok(message.includes("instruction file"), message);
  }
  for (const metadata of [{ "x-amz-c": "" }, { "X-Amz-Meta-X-Amz-Iv": "AAAA" }]) {
    await failure(openObject(keyring, { metadata, body }), "ERR_METADATA");
  }
});

test("metadata as S3 and others give them back", async () => {
  const { keyring } = await fixture();
  const materialDescription = { 부서: "회계 ö" };
  const json = JSON.stringify(materialDescription);
  const binary = (text) => String.fromCharCode(...new TextEncoder().encode(text));
  const word = (text) => `=?UTF-8?B?${btoa(binary(text))}?=`;
  const quoted = (text) => {
    const hex = (letter) => `=${letter.charCodeAt(0).toString(16).padStart(2, "0")}`;
    return `=?utf-8?q?${binary(text).replace(/[^a-z]/g, hex)}?=`;
  };
  const read = new Set();
  for (const format of FORMATS) {
    const sealed = await sealObject(keyring, DATA, { format });
    const body = await sealedBytes(sealed);
    const name = format === "v2" ? "x-amz-matdesc" : "x-amz-m";
    for (const [text, wanted] of [
      [json, materialDescription],
      [binary(json), materialDescription],
      [word(json), materialDescription],
      [word(binary(json)), materialDescription],
      [word(word(json)), materialDescription],
      [quoted(json), materialDescription],
      [quoted(binary(json)), materialDescription],
      [`${word(json.slice(0, 5))} ${word(json.slice(5))}`, materialDescription],
      ["null", {}],
      ["[]", {}],
      ["", {}],
      ["{", {}],
      ['{"a":1}', {}],
      ["=?UTF-8?B?e?=", {}],
    ]) {
      const metadata = { ...sealed.metadata, [name]: text };
      const opened = await openObject(keyring, { metadata, body }, BOTH);
      assertBytes(await readAll(opened.plaintext), DATA);
      assert.deepEqual(opened.unverifiedMaterialDescription, wanted, text);
      const described = await inspect({ metadata });
      assert.deepEqual(described.materialDescription, wanted, text);
      read.add(described.unreadableDescription);
    }
  }
  assert.deepEqual([...read].sort(), ["=?UTF-8?B?e?=", "{", '{"a":1}', undefined]);
});

test("what inspect says of an object", async () => {
  const { keyring } = await fixture();
  const v2 = await sealObject(keyring, DATA, { format: "v2" });
  assert.deepEqual(await inspect(v2), {
    format: "object",
    version: "v2",
    contentAlgorithm: "AES/GCM/NoPadding",
    committing: false,
    wrap: "RSA-OAEP-SHA1",
    wrappedKeyLength: 256,
    materialDescription: {},
    plaintextLength: DATA.length,
  });
  const v3 = await sealObject(keyring, DATA, { materialDescription: { a: "b" } });
  assert.deepEqual(await inspect({ metadata: v3.headers }), {
    format: "object",
    version: "v3",
    contentAlgorithm: "115",
    committing: true,
    wrap: "RSA-OAEP-SHA1",
    wrappedKeyLength: 256,
    materialDescription: { a: "b" },
  });
  for (const length of ["", "no number", "-1", "1.5", "99999999999999999999"]) {
    const metadata = { ...v2.metadata, "x-amz-unencrypted-content-length": length };
    assert.equal((await inspect({ metadata })).plaintextLength, undefined, length);
  }
  await failure(inspect({ metadata: {} }), "ERR_NOT_SEALED");
  await failure(inspect({ metadata: { "x-amz-key": "AA==" } }), "ERR_UNSUPPORTED");
  await failure(inspect({ metadata: null }), "ERR_INPUT");
});
