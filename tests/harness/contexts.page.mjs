// The functions that contexts.mjs calls in its pages.

import {
  checksums,
  inspect,
  Keyring,
  KmsPublicKey,
  open,
  seal,
  sealBlob,
  sealObject,
} from "bongtu";

/** Seals and opens `length` bytes; `globalThis.decrypt` is a KMS outside the page. */
globalThis.roundTrip = async (spki, keyArn, length) => {
  const kms = {
    async decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm }) {
      const ciphertext = Array.from(CiphertextBlob);
      const plaintext = await globalThis.decrypt({ KeyId, ciphertext, EncryptionAlgorithm });
      return { KeyId, Plaintext: new Uint8Array(plaintext) };
    },
  };
  const keyring = Keyring.kmsRsa({ publicKey: new Uint8Array(spki), keyArn, kms });
  const data = Uint8Array.from({ length }, (_, i) => i * 7);
  const message = await seal(keyring, data);
  const { plaintext } = await open(keyring, message);
  return {
    secure: globalThis.isSecureContext,
    subtle: globalThis.crypto.subtle !== undefined,
    same: plaintext.length === length && plaintext.every((byte, i) => byte === data[i]),
    message: Array.from(message),
  };
};

/** The first call that needs WebAssembly, and how it fails. */
globalThis.firstCall = (spki) => {
  try {
    KmsPublicKey.parse(new Uint8Array(spki));
    return undefined;
  } catch ({ name, code, message, cause }) {
    return { name, code, message, cause: cause?.name };
  }
};

/** Seals the chosen file in every way there is, and returns how each ended. */
globalThis.sealFile = async (spki) => {
  const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/0f1e2d3c-4b5a-4697-8788-99aabbccddee";
  const keyring = Keyring.kmsRsa({ publicKey: new Uint8Array(spki), keyArn });
  const [file] = document.querySelector("input").files;
  const ways = [
    () => seal(keyring, file),
    async () => (await sealBlob(keyring, file)).arrayBuffer(),
    async () => (await sealObject(keyring, file)).arrayBuffer(),
    async () => (await sealObject(keyring, file)).blob(),
    () => checksums.of("CRC32", file),
  ];
  const outcomes = await Promise.allSettled(ways.map((way) => way()));
  return outcomes.map(({ reason }) => ({ code: reason?.code, cause: reason?.cause?.name }));
};

/** Asks this very script, as a service worker, to describe something, and returns how that fails. */
globalThis.inServiceWorker = async () => {
  const registration = await navigator.serviceWorker.register("/contexts.js", { type: "module" });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  const answer = new Promise((resolve) => {
    navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
  });
  navigator.serviceWorker.startMessages();
  worker.postMessage("inspect");
  const failure = await answer;
  await registration.unregister();
  return failure;
};

if (typeof ServiceWorkerGlobalScope === "function") {
  globalThis.onmessage = async ({ source }) => {
    const [{ reason }] = await Promise.allSettled([inspect(new Uint8Array(100))]);
    source.postMessage({ code: reason?.code, message: reason?.message });
  };
}
