// The functions that tests call in pages that spool and upload.

import { Keyring, sealBlob, spool, spooled, uploadParts } from "bongtu";
import { requestsTo } from "./fake-s3.mjs";

const PART = 5 * 1024 * 1024;
/** Stands in what is sealed again and again, so that it would be found anywhere. */
const MARKER = new TextEncoder().encode("bongtu-plaintext-that-anybody-would-recognise-");

let key;

/** A key of this page's own: what it seals, nobody opens. */
async function keyring() {
  key ??= crypto.subtle.generateKey(
    {
      name: "RSA-OAEP",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    },
    true,
    ["encrypt", "decrypt"],
  );
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", (await key).publicKey));
  const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/0f1e2d3c-4b5a-4697-8788-99aabbccddee";
  return Keyring.kmsRsa({ publicKey, keyArn });
}

/** The outcome of a call: its value, or its error's code. */
async function outcome(run) {
  try {
    return { value: await run() };
  } catch (error) {
    const { code, message, cause } = error;
    return { code, message, cause: cause?.name };
  }
}

globalThis.spoolHere = (name, length) =>
  outcome(async () => {
    const data = new Uint8Array(length);
    for (let i = 0; i < length; i++) data[i] = MARKER[i % MARKER.length];
    const sealed = await sealBlob(await keyring(), data);
    const kept = await spool(sealed, {
      name,
      partSize: PART,
      onProgress: ({ bytes }) => globalThis.told?.(bytes),
    });
    sealed.dispose();
    return kept.size;
  });

globalThis.listed = async () => (await spooled.list()).map(described);

globalThis.upload = (name, url, options = {}) =>
  outcome(async () => {
    const kept = (await spooled.list()).find((one) => one.name === name);
    const { parts } = await uploadParts(kept, undefined, {
      ...requestsTo(url, (...request) => fetch(...request)),
      ...options,
    });
    return parts.length;
  });

/** Through what was listed before, as a page does that was there first. */
globalThis.hold = async (name) => {
  globalThis.held = (await spooled.list()).find((one) => one.name === name);
};
globalThis.uploadHeld = (url) =>
  outcome(async () => {
    const { parts } = await uploadParts(
      globalThis.held,
      undefined,
      requestsTo(url, (...request) => fetch(...request)),
    );
    return parts.length;
  });
globalThis.deleteHeld = () => outcome(() => globalThis.held.delete());

/** All that the origin keeps: names and sizes. */
globalThis.files = async () => {
  const found = {};
  const entries = (await navigator.storage.getDirectory()).entries();
  for (let next = await entries.next(); !next.done; next = await entries.next()) {
    const [name, handle] = next.value;
    found[name] = (await handle.getFile()).size;
  }
  return found;
};

function described({ name, size, partSize, uploadId, parts, error }) {
  return {
    name,
    size,
    partSize,
    uploadId,
    parts: parts.map(({ partNumber }) => partNumber),
    error: error?.code,
  };
}
