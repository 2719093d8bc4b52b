// The executors themselves: known answers, each other's ciphertexts, and who stands in for whom.

import { BongtuError, KmsPublicKey, open, seal } from "bongtu";
import { assert, executors, test } from "#harness";
import { importContentKey } from "../../pkg/js/executor/choose.js";
import { useExecutors } from "../../pkg/js/platform/platform.js";
import { assertBytes, bytes, failure, fixture, joined } from "./support.mjs";

const [rust] = executors.slice(-1);

test("AES-GCM of 128, 192 and 256 bits, each sealed by one and opened by another", async () => {
  const nonce = bytes(12, 2);
  const aad = bytes(90, 3);
  for (const keyLength of [16, 24, 32]) {
    for (const length of [0, 1, 15, 16, 17, 4096, 100_001]) {
      const text = bytes(length, 4);
      let expected;
      for (const executor of executors) {
        const key = await imported(executor, keyLength);
        if (key === undefined) {
          continue;
        }
        const sealed = joined(await key.seal(nonce, aad, text));
        expected ??= sealed;
        assertBytes(sealed, expected, `${executor.name}, ${8 * keyLength} bits, ${length} bytes`);
        assertBytes(await key.open(nonce, aad, sealed), text);
        key.dispose();
      }
      assert.equal(expected.length, length + 16);
    }
  }
});

test("a wrong tag, nonce, AAD or ciphertext gives no plaintext and no reason", async () => {
  const [nonce, aad, text] = [bytes(12), bytes(60), bytes(100)];
  const messages = new Set();
  for (const executor of executors) {
    const key = await imported(executor, 32);
    const sealed = joined(await key.seal(nonce, aad, text));
    const changed = (array, at) => array.map((byte, i) => (i === at ? byte ^ 0x80 : byte));
    for (const [n, a, s] of [
      [changed(nonce, 0), aad, sealed],
      [nonce, changed(aad, 59), sealed],
      [nonce, aad.subarray(1), sealed],
      [nonce, aad, changed(sealed, 0)],
      [nonce, aad, changed(sealed, 99)],
      [nonce, aad, changed(sealed, 115)],
      [nonce, aad, sealed.subarray(1)],
    ]) {
      const error = await failure((async () => key.open(n, a, s))(), "ERR_AUTHENTICATION");
      assert.equal(error.cause, undefined);
      messages.add(error.message);
    }
    key.dispose();
  }
  assert.equal(messages.size, 1);
});

test("arguments are taken as views and are used up when the call returns", async () => {
  const around = bytes(300);
  const [nonce, aad, text] = [around.slice(1, 13), around.slice(20, 80), around.slice(100, 250)];
  for (const executor of executors) {
    const key = await imported(executor, 32);
    const expected = joined(await key.seal(nonce, aad, text));
    const copy = around.slice();
    const sealing = key.seal(copy.subarray(1, 13), copy.subarray(20, 80), copy.subarray(100, 250));
    copy.fill(0);
    assertBytes(joined(await sealing), expected, executor.name);
    key.dispose();
  }
});

test("a key is copied: the bytes it came from are wiped", async () => {
  const raw = bytes(32);
  const key = await importContentKey(raw);
  assert.ok(raw.every((byte) => byte === 0));
  const sealed = joined(await key.seal(bytes(12), bytes(1), bytes(10)));
  const reference = await imported(rust, 32);
  assertBytes(await reference.open(bytes(12), bytes(1), sealed), bytes(10));
});

test("where one cannot, the next one does", async () => {
  const { keyring } = await fixture();
  const used = [];
  const watched = (executor) => ({
    name: executor.name,
    importKey(raw) {
      used.push(executor.name);
      return executor.importKey(raw);
    },
    wrap: executor.wrap,
  });
  const refusing = {
    name: "refuses everything",
    importKey: () => Promise.reject(new DOMException("no AES", "NotSupportedError")),
    wrap: () => Promise.reject(new DOMException("no RSA", "NotSupportedError")),
  };
  const wrong = {
    name: "answers wrongly",
    async importKey(raw) {
      raw[0] ^= 1;
      return rust.importKey(raw);
    },
    wrap: () => assert.fail("was used though its self-test fails"),
  };
  const lenient = {
    name: "accepts any tag",
    async importKey(raw) {
      const key = await rust.importKey(raw);
      const open = (nonce, aad, sealed) => {
        try {
          return key.open(nonce, aad, sealed);
        } catch {
          return sealed.slice(0, -16);
        }
      };
      return { ...key, open };
    },
    wrap: () => assert.fail("was used though it does not verify"),
  };
  const before = useExecutors([refusing, wrong, lenient, watched(rust)]);
  try {
    const message = await seal(keyring, bytes(10));
    assertBytes((await open(keyring, message)).plaintext, bytes(10));
    // Its self-test, the seal and the open.
    assert.deepEqual(used, ["rust", "rust", "rust"]);
    useExecutors([refusing]);
    await failure(seal(keyring, bytes(10)), "ERR_STATE");
  } finally {
    useExecutors(before);
  }
});

test("one whose module did not load says so, and is tried again the next time", async () => {
  let loads = 0;
  const late = {
    name: "late",
    async importKey(raw) {
      loads += 1;
      if (loads === 1) {
        throw new BongtuError("ERR_WASM", "it cannot be loaded");
      }
      return rust.importKey(raw);
    },
  };
  const before = useExecutors([late]);
  try {
    await failure(importContentKey(bytes(32)), "ERR_WASM");
    const key = await importContentKey(bytes(32));
    key.dispose();
  } finally {
    useExecutors(before);
  }
});

test("a key length that only the last one takes", async () => {
  // Chromium refuses 192 bits in this way.
  const partial = {
    ...rust,
    name: "partial",
    importKey: (raw) =>
      raw.length === 24
        ? Promise.reject(new DOMException("192-bit AES keys are not supported", "OperationError"))
        : rust.importKey(raw),
  };
  const before = useExecutors([partial, rust]);
  try {
    const key = await importContentKey(bytes(24));
    assert.equal(joined(await key.seal(bytes(12), bytes(1), bytes(10))).length, 26);
  } finally {
    useExecutors(before);
  }
});

test("RSA-OAEP of every executor is what the private key takes", async () => {
  const { publicKey, pkcs8 } = await fixture();
  const key = KmsPublicKey.parse(publicKey);
  for (const hash of ["SHA-1", "SHA-256"]) {
    const algorithm = { name: "RSA-OAEP", hash };
    const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["decrypt"]);
    for (const executor of executors) {
      for (const length of [1, 80, hash === "SHA-1" ? 214 : 190]) {
        const ciphertext = await executor.wrap(key, hash, bytes(length));
        assert.equal(ciphertext.length, 256);
        const plaintext = await crypto.subtle.decrypt(algorithm, privateKey, ciphertext);
        assertBytes(new Uint8Array(plaintext), bytes(length), `${executor.name} ${hash}`);
      }
    }
  }
});

/**
 * `undefined` where the platform has no keys of this length: no executor but Rust's must have 192
 * bits.
 */
async function imported(executor, keyLength) {
  const [outcome] = await Promise.allSettled([executor.importKey(bytes(keyLength))]);
  if (outcome.status === "fulfilled") {
    return outcome.value;
  }
  assert.ok(keyLength === 24 && executor !== rust, `${executor.name}: ${outcome.reason}`);
  return undefined;
}
