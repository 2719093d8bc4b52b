// The scenarios of tests/vectors: what must open, and what must be refused with which code.

import { Keyring, open, openObject, openStream } from "bongtu";
import { assert, executors, loadVectors, test } from "#harness";
import { kmsOf } from "../harness/kms.mjs";
import { assertBytes, failure, joined, streamOf, withExecutor } from "./support.mjs";

const { messages, objects, keys } = await loadVectors();

for (const [name, scenario] of Object.entries(messages)) {
  test(`message: ${name}`, () =>
    withAll(async () => {
      const message = fromBase64(scenario.message);
      const options = {
        encryptionContext: scenario.asked_context,
        commitmentPolicy: scenario.commitment_policy,
      };
      const keyring = keyringOf(scenario);
      const wanted = scenario.opens?.encryption_context;
      const opening = open(keyring, message, options);
      await check(scenario, [], opening, ({ plaintext, encryptionContext }) => {
        assert.deepEqual(encryptionContext, wanted);
        return plaintext;
      });
      for (const size of [100, message.length + 1]) {
        const { readable, writable, header } = openStream(keyring, options);
        const released = [];
        const reading = streamOf(message, size)
          .pipeThrough({ readable, writable })
          .pipeTo(collecting(released));
        await check(scenario, released, reading, async () => {
          assert.deepEqual((await header).encryptionContext, wanted);
          return joined(released);
        });
      }
    }));
}

for (const [name, scenario] of Object.entries(objects)) {
  test(`object: ${name}`, () =>
    withAll(async () => {
      const body = fromBase64(scenario.body);
      const options = { commitmentPolicy: scenario.commitment_policy };
      for (const source of [() => body, () => streamOf(body, 100)]) {
        const { metadata, instruction_file: instructionFile } = scenario;
        const object = { body: source(), metadata, instructionFile };
        const released = [];
        const reading = openObject(keyringOf(scenario), object, options).then(({ plaintext }) =>
          plaintext.pipeTo(collecting(released)),
        );
        await check(scenario, released, reading, () => joined(released));
      }
    }));
}

/** Checks that a scenario ends as it must end; `opened` makes the plaintext of what `reading` gives. */
async function check({ opens, fails }, released, reading, opened) {
  if (fails !== undefined) {
    await failure(reading, fails.code);
    const early = joined(released);
    assert.ok(early.length <= fails.released, `${early.length} bytes were released`);
    assertBytes(
      early,
      early.map((_, i) => (i * 7) % 251),
    );
    return;
  }
  const plaintext = await opened(await reading);
  assert.equal(plaintext.length, opens.size);
  assert.equal(await sha256(plaintext), opens.sha256);
}

async function withAll(run) {
  for (const executor of executors) {
    await withExecutor(executor, run);
  }
}

/** Opens with the private key, or with what the scenario's KMS would answer. */
function keyringOf({ key_arn: keyArn, algorithm, private_key: name, data_key: dataKey }) {
  const decrypt = async (request) => {
    assert.equal(request.KeyId, keyArn);
    return dataKey === undefined
      ? (await kmsOf(pkcs8(keys[name]))).decrypt(request)
      : { KeyId: keyArn, Plaintext: unhex(dataKey) };
  };
  return dataKey === undefined
    ? Keyring.kmsRsa({ keyArn, algorithm, kms: { decrypt } })
    : Keyring.kms({ keyArn, kms: { decrypt } });
}

function collecting(pieces) {
  return new WritableStream({
    write(piece) {
      pieces.push(piece.slice());
    },
  });
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pkcs8(pem) {
  return fromBase64(pem.replaceAll(/-----[^-]+-----|\s/g, ""));
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function unhex(text) {
  return Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));
}
