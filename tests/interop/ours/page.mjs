// What the page of chromium.mjs can do: seals a stream, opens in one piece. Bytes come from and go to its server, KMS is
// asked through it, as a page without credentials must.

import { Keyring, open, sealStream } from "bongtu";

const kms = {
  async decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm }, { signal } = {}) {
    const body = JSON.stringify({
      KeyId,
      EncryptionAlgorithm,
      CiphertextBlob: toBase64(CiphertextBlob),
    });
    const answer = await (await fetch("/kms/decrypt", { method: "POST", body, signal })).json();
    if (answer.error !== undefined) {
      throw Object.assign(new Error("KMS said no"), { name: answer.error });
    }
    return { KeyId: answer.KeyId, Plaintext: fromBase64(answer.Plaintext) };
  },
};

const operations = {
  async seal({ arn, algorithm, publicKey, context, frameLength, from, to }) {
    const keyring = Keyring.kmsRsa({ publicKey, keyArn: arn, algorithm });
    const { readable, writable } = sealStream(keyring, { encryptionContext: context, frameLength });
    const [sealed] = await Promise.all([
      new Response(readable).blob(),
      (await load(from)).stream().pipeTo(writable),
    ]);
    await save(to, sealed);
  },

  async open({ arn, algorithm, context, from, to }) {
    const keyring = Keyring.kmsRsa({ keyArn: arn, algorithm, kms });
    const opened = await open(keyring, await load(from), { encryptionContext: context });
    await save(to, opened.plaintext);
    return { context: opened.encryptionContext };
  },
};

/** Errors are values here: of an exception only its text would reach the test. */
globalThis.perform = async (operation, job) => {
  try {
    return { value: await operations[operation](job) };
  } catch (error) {
    return { error: { code: error.code, message: `${error} ${error.cause ?? ""}` } };
  }
};

const load = async (url) => (await fetch(url)).blob();
const save = (url, body) => fetch(url, { method: "PUT", body });

const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
