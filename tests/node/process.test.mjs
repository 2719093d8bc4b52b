// Node itself must not suffer from any of this: rejections that nobody awaits, a blocked event loop, files
// that change.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { getEventListeners } from "node:events";
import { openAsBlob } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import * as bongtu from "bongtu";
import { seal } from "bongtu";
import { executors } from "#harness";
import { bytes, failure, fixture } from "../suite/support.mjs";

const run = promisify(execFile);

const PREAMBLE = `
  import {
    Keyring, open, openObject, openStream, seal, sealBlob, sealObject, sealObjectStream, sealStream,
  } from "bongtu";
  import { createKms, KEY_ARN } from "./harness/kms.mjs";
  import { executors } from "#harness";
  import { useExecutors } from "../pkg/js/platform/platform.js";
  import { streamOf } from "./suite/support.mjs";
  const { publicKey, kms } = await createKms();
  const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms });
  const message = await seal(keyring, new Uint8Array(1_000_000));
  const ignored = () => {};
  const sealed = await sealObject(keyring, new Uint8Array(2_000_000));
  const body = new Uint8Array(await sealed.arrayBuffer());
  const { metadata } = sealed;
`;

const SCRIPTS = {
  "a header nobody awaits, of garbage": `
    const { readable, writable } = openStream(keyring);
    await streamOf(new Uint8Array(1000), 10).pipeTo(writable).catch(ignored);
    await readable.getReader().read().catch(ignored);
  `,
  "a header nobody awaits, of a refused key": `
    const refusing = { decrypt: () => Promise.reject(new Error("no")) };
    const { writable } = openStream(Keyring.kmsRsa({ keyArn: KEY_ARN, kms: refusing }));
    await streamOf(message, 5000).pipeTo(writable).catch(ignored);
  `,
  "a pair that is aborted and forgotten": `
    for (const make of [sealStream, openStream]) {
      const controller = new AbortController();
      make(keyring, { signal: controller.signal });
      controller.abort();
    }
  `,
  "a pair that nobody uses": `
    sealStream(keyring);
    openStream(keyring);
  `,
  "a reader that leaves": `
    for (const make of [sealStream, openStream]) {
      await make(keyring).readable.cancel();
    }
  `,
  "a forged frame, its stream not read on": `
    message[message.length - 100] ^= 1;
    const { readable, writable } = openStream(keyring);
    const writing = streamOf(message, 5000).pipeTo(writable).catch(ignored);
    await readable.pipeTo(new WritableStream()).catch(ignored);
    await writing;
  `,
  "sealed things that are read, disposed of and forgotten": `
    const controller = new AbortController();
    const { signal } = controller;
    for (const seal of [sealBlob, sealObject]) {
      const it = await seal(keyring, body, { signal });
      it.stream().getReader().read().catch(ignored);
      it.stream();
      it.arrayBuffer().catch(ignored);
      it.dispose();
      (await seal(keyring, body)).stream().getReader().read();
    }
    await sealObjectStream(keyring);
    await sealObjectStream(keyring, { signal });
    controller.abort();
  `,
  "an object's plaintext that nobody reads": `
    const controller = new AbortController();
    await openObject(keyring, { metadata, body });
    await openObject(keyring, { metadata, body: streamOf(body, 9999) });
    await openObject(keyring, { metadata, body: streamOf(body, 9999) }, controller);
    controller.abort();
  `,
  "a forged object, and one that changes": `
    let calls = 0;
    const { plaintext } = await openObject(keyring, {
      metadata,
      body: () => (calls++ === 0 ? body : new Uint8Array(body.length)),
    });
    await plaintext.getReader().read().catch(ignored);
    body[9] ^= 1;
    await openObject(keyring, { metadata, body }).catch(ignored);
    const trusted = await openObject(keyring, { metadata, body }, { releaseUnverified: true });
    await trusted.plaintext.pipeTo(new WritableStream()).catch(ignored);
  `,
  "an operation aborted while much is in flight": `
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = () => controller.abort();
    await open(keyring, message, { signal, onProgress }).catch(ignored);
    await seal(keyring, message, { signal: AbortSignal.abort() }).catch(ignored);
  `,
};

for (const executor of executors) {
  for (const [name, script] of Object.entries(SCRIPTS)) {
    test(`${name}: Node goes on [${executor.name}]`, async () => {
      const source = `${PREAMBLE}
        useExecutors(executors.filter(({ name }) => name === "${executor.name}"));
        ${script}
        await new Promise((resolve) => { setTimeout(resolve, 20); });
        gc(); // which closes the files of what nobody read
        await new Promise((resolve) => { setTimeout(resolve, 20); });
        console.log("the end");`;
      const { stdout, stderr } = await run(
        process.execPath,
        ["--expose-gc", "--input-type=module", "--unhandled-rejections=strict", "--eval", source],
        { cwd: new URL("..", import.meta.url) },
      );
      assert.equal(stdout, "the end\n");
      assert.equal(stderr, "");
    });
  }
}

test("others get their turns while much is sealed", async () => {
  const { keyring } = await fixture();
  let turns = 0;
  let sealing = true;
  const count = () => {
    turns += 1;
    if (sealing) {
      setImmediate(count);
    }
  };
  setImmediate(count);
  await seal(keyring, new Uint8Array(64 * 1024 * 1024));
  sealing = false;
  assert.ok(turns >= 14, `${turns} turns in 64 MiB`);
});

test("a file that vanishes or changes while it is sealed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bongtu-"));
  try {
    const { keyring } = await fixture();
    const file = join(folder, "data");
    await writeFile(file, bytes(1_000_000));
    const vanished = await openAsBlob(file);
    await rm(file);
    await failure(seal(keyring, vanished), "ERR_SOURCE");

    await writeFile(file, bytes(1_000_000));
    const changed = await openAsBlob(file);
    await writeFile(file, bytes(999_999));
    await failure(seal(keyring, changed), "ERR_SOURCE");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("arguments that are refused leave nothing at the signal", async () => {
  const { keyring } = await fixture();
  const { signal } = new AbortController();
  const { seal, sealStream, sealBlob, sealObject, sealObjectStream, open, openStream } = bongtu;
  const refused = [
    () => seal(keyring, "text", { signal }),
    () => seal(keyring, bytes(1), { signal, frameLength: 0 }),
    () => seal({}, bytes(1), { signal }),
    () => sealStream(keyring, { signal, frameLength: -1 }),
    () => sealBlob(keyring, "text", { signal }),
    () => sealObject(keyring, bytes(1), { signal, format: "v1" }),
    () => sealObjectStream(keyring, { signal, size: -1 }),
    () => open(keyring, "text", { signal }),
    () => openStream(keyring, { signal, commitmentPolicy: "none" }),
    () => bongtu.openObject(keyring, { metadata: {}, body: bytes(1) }, { signal }),
    () => bongtu.inspect("text", { signal }),
  ];
  for (const run of refused) {
    const error = await (async () => run())().catch((error) => error);
    assert.equal(error?.name, "BongtuError", String(run));
    assert.deepEqual(getEventListeners(signal, "abort"), [], String(run));
  }
});

test("many at a time make Node warn of nothing", async () => {
  const { keyring } = await fixture();
  const warnings = [];
  const listen = (warning) => warnings.push(String(warning));
  process.on("warning", listen);
  try {
    const wait = () => new Promise((resolve) => setTimeout(resolve, 5));
    async function* source() {
      await wait();
      yield bytes(3);
    }
    const sources = Array.from({ length: 40 }, source);
    for await (const { error } of bongtu.sealMany(keyring, sources, { concurrency: 20 })) {
      assert.equal(error, undefined);
    }
    await wait();
  } finally {
    process.off("warning", listen);
  }
  assert.deepEqual(warnings, []);
});
