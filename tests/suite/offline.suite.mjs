// Sealing asks nobody.

import { Keyring, KmsPublicKey, open, seal, sealStream } from "bongtu";
import { assert, test } from "#harness";
import { KEY_ARN } from "../harness/kms.mjs";
import { withDescriptors } from "../support/globals.mjs";
import { assertBytes, bytes, FRAME, fixture, testWithEach, through } from "./support.mjs";

/** Everything by which a page or a script reaches a network without importing something for it. */
const DOORS = ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "WebTransport", "Worker"];

async function watched(run) {
  const used = [];
  const doors = DOORS.map((name) => [
    name,
    {
      configurable: true,
      get() {
        used.push(name);
        throw new Error(`${name} was reached for`);
      },
    },
  ]);
  await withDescriptors(Object.fromEntries(doors), run);
  return used;
}

testWithEach("keys, seals and streams reach for no network", async () => {
  const { publicKey, kms } = await fixture();
  const data = bytes(2 * FRAME + 3);
  const used = await watched(async () => {
    KmsPublicKey.parse(publicKey);
    const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms });
    const message = await seal(keyring, new Blob([data]));
    assertBytes((await open(keyring, message)).plaintext, data);
    await through(sealStream(keyring), data);
  });
  assert.deepEqual(used, []);
});

test("the watch notices", async () => {
  const used = await watched(() => {
    assert.throws(() => globalThis.fetch("http://localhost"), { message: "fetch was reached for" });
  });
  assert.deepEqual(used, ["fetch"]);
});
