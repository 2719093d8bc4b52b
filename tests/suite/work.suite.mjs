// Work grows no faster than what is sealed or opened: what is counted here are steps, not seconds.

import { inspect, Keyring, open, openStream, seal, sealBlob } from "bongtu";
import { assert, executors, test } from "#harness";
import { openWasm } from "../../pkg/js/modules/open.js";
import { sealWasm } from "../../pkg/js/modules/seal.js";
import { KEY_ARN } from "../harness/kms.mjs";
import {
  assertBytes,
  bytes,
  failure,
  fixture,
  streamOf,
  testWithEach,
  withExecutor,
} from "./support.mjs";

const [rust] = executors.slice(-1);

/** Replaces a method while `run` runs: `seen` gets its arguments. */
async function watching(object, name, seen, run) {
  const method = object[name];
  object[name] = function (...given) {
    seen(...given);
    return method.apply(this, given);
  };
  try {
    return await run();
  } finally {
    object[name] = method;
  }
}

const utf8 = (text) => new TextEncoder().encode(text);
const field = (content) => [content.length >> 8, content.length & 0xff, ...content];

/** The header of version 2 of a message to many keys, none of them ours. */
function manyKeys(count) {
  const edk = [utf8("another"), utf8("key"), bytes(5)].flatMap(field);
  const edks = Array.from({ length: count }, () => edk).flat();
  const start = [2, 4, 0x78, ...bytes(32), 0, 0, count >> 8, count & 0xff];
  return Uint8Array.from([...start, ...edks, 2, 0, 0, 16, 0, ...bytes(48)]);
}

async function* inPieces(data, size) {
  for (let start = 0; start < data.length; start += size) {
    yield data.slice(start, start + size);
  }
}

test("a header's bytes are handed over once, whatever pieces they come in", async () => {
  const keyring = Keyring.kmsRsa({ keyArn: KEY_ARN, kms: { decrypt: () => assert.fail() } });
  const message = manyKeys(2000);
  const limits = { maxEncryptedDataKeys: 2000, maxHeaderLength: message.length };
  for (const size of [1, 7, 5000, message.length]) {
    let handedOver = 0;
    const seen = (given) => {
      handedOver += given.length;
    };
    await watching(openWasm().OpenSession.prototype, "header", seen, () =>
      failure(open(keyring, inPieces(message, size), { limits }), "ERR_NO_MATCHING_KEY"),
    );
    assert.equal(handedOver, message.length, `in pieces of ${size} bytes`);
  }
});

test("a header is complete with its last byte, and not later", async () => {
  const { keyring } = await fixture();
  const encryptionContext = { a: "b" };
  const message = await seal(keyring, bytes(10), { encryptionContext });
  const { headerLength } = await inspect(inPieces(message, 1));
  const { readable, writable, header } = openStream(keyring);
  const writer = writable.getWriter();
  const writing = writer.write(message.slice(0, headerLength)).catch(() => {});
  assert.deepEqual((await header).encryptionContext, encryptionContext);
  await readable.cancel();
  await writing;
});

testWithEach("frames of one byte cross in blocks", async () => {
  const { keyring } = await fixture();
  const { SealSession, Pieces } = sealWasm();
  const { OpenSession } = openWasm();
  const frameLength = 1;
  const data = bytes(5000);
  const most = Math.ceil(data.length / 127);
  const counted = async (object, names, run) => {
    const counts = names.map(() => 0);
    const nested = names.reduce(
      (inner, name, i) => () => watching(object, name, () => counts[i]++, inner),
      run,
    );
    const result = await nested();
    assert.deepEqual(
      counts.map((count) => count <= most),
      names.map(() => true),
      `${names}: ${counts}`,
    );
    return result;
  };
  const message = await counted(SealSession.prototype, ["plan", "confirm"], () =>
    seal(keyring, data, { frameLength }),
  );
  const { plaintext } = await counted(OpenSession.prototype, ["plan", "confirm"], () =>
    open(keyring, message),
  );
  assertBytes(plaintext, data);
  const chunks = [];
  const { readable, writable } = openStream(keyring);
  const sink = new WritableStream({ write: (chunk) => void chunks.push(chunk) });
  await Promise.all([streamOf(message, 1000).pipeTo(writable), readable.pipeTo(sink)]);
  assert.ok(chunks.length <= most, `${chunks.length} chunks of plaintext`);
  const sealed = await sealBlob(keyring, data, { frameLength });
  const parts = [];
  const RealBlob = globalThis.Blob;
  globalThis.Blob = class extends RealBlob {
    constructor(given, options) {
      super(given, options);
      parts.push(given.length);
    }
  };
  try {
    const again = await counted(Pieces.prototype, ["plan", "pin"], () => sealed.blob());
    assertBytes((await open(keyring, again)).plaintext, data);
  } finally {
    globalThis.Blob = RealBlob;
    sealed.dispose();
  }
  assert.ok(Math.max(...parts) <= most + 2, `a Blob of ${Math.max(...parts)} parts`);
});

test("others get their turn between short frames", async () => {
  const { keyring } = await fixture();
  const frames = 20_000;
  let turns = 0;
  let over = false;
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    turns++;
    if (over) {
      channel.port1.close();
    } else {
      channel.port2.postMessage(0);
    }
  };
  await withExecutor(rust, async () => {
    const message = await seal(keyring, bytes(frames), { frameLength: 1 });
    channel.port2.postMessage(0);
    await open(keyring, message);
    over = true;
  });
  assert.ok(turns > frames / 1000, `${turns} turns`);
});
