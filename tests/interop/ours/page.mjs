// The functions of the page of chromium.mjs: it seals a stream, opens in one piece; objects are Blobs. Bytes come from and go to its
// server, KMS is asked through it, as a page without credentials must.

import { Keyring, open, openObject, openSecret, sealObject, sealSecret, sealStream } from "bongtu";

const kms = {
  async decrypt(request, { signal } = {}) {
    const CiphertextBlob = toBase64(request.CiphertextBlob);
    const { KeyId, Plaintext } = await askKms({ ...request, CiphertextBlob }, signal);
    return { KeyId, Plaintext: fromBase64(Plaintext) };
  },

  async generateDataKey(request, { signal } = {}) {
    const { KeyId, Plaintext, CiphertextBlob } = await askKms(request, signal);
    return {
      KeyId,
      Plaintext: fromBase64(Plaintext),
      CiphertextBlob: fromBase64(CiphertextBlob),
    };
  },
};

async function askKms(request, signal) {
  const body = JSON.stringify(request);
  const answer = await (await fetch("/kms", { method: "POST", body, signal })).json();
  if (answer.error !== undefined) {
    throw Object.assign(new Error("KMS said no"), { name: answer.error });
  }
  return answer;
}

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

  async sealSecret({ arn, algorithm, publicKey, form, context, from, to }) {
    const keyring = Keyring.kmsRsa({ publicKey, keyArn: arn, algorithm });
    const secret = await (await load(from)).text();
    await save(to, await sealSecret(keyring, secret, { form, encryptionContext: context }));
  },

  async openSecret({ arn, algorithm, context, from, to }) {
    const keyring = Keyring.kmsRsa({ keyArn: arn, algorithm, kms });
    const value = await (await load(from)).text();
    await save(to, await openSecret(keyring, value, { encryptionContext: context }));
  },

  async sealObject({ arn, publicKey, format, description, instructionFile, from, to }) {
    const keyring =
      publicKey === undefined
        ? Keyring.kms({ keyArn: arn, kms })
        : Keyring.kmsRsa({ publicKey, keyArn: arn });
    const sealed = await sealObject(keyring, await load(from), {
      format,
      materialDescription: description,
      instructionFile,
    });
    await save(to, await sealed.blob());
    sealed.dispose();
    return { metadata: sealed.metadata, instructionFile: sealed.instructionFile };
  },

  async openObject({ arn, symmetric, format, metadata, instructionFile, from, to }) {
    const make = symmetric ? Keyring.kms : Keyring.kmsRsa;
    const opened = await openObject(
      make({ keyArn: arn, kms }),
      { metadata, instructionFile, body: await load(from) },
      { commitmentPolicy: format === "v2" ? "REQUIRE_ENCRYPT_ALLOW_DECRYPT" : undefined },
    );
    await save(to, await new Response(opened.plaintext).blob());
    return { format: opened.format, description: opened.unverifiedMaterialDescription };
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
