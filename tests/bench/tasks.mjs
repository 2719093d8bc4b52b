// What is measured, and what it is measured against. Runs in Node and in a page.

import { createLocalKms, KEY_ARN } from "../support/local-kms.mjs";
import { drain } from "../support/stream.mjs";

const WRITE = 512 * 1024; // of the streams and the streaming cipher
const SMALL = 1024 * 1024; // below this, one call is too short to be timed alone
const SMALL_REPEATS = 200;

/**
 * Tasks by name over `size` bytes: `seal …` and `open …` are bongtu's, the others do the same work by hand.
 * `file` (pages) is a File of `size` bytes; `cipher` (Node) has `createCipheriv` and `createDecipheriv`.
 * `measure(name)` returns milliseconds for one message.
 */
export async function createTasks(bongtu, { size, file, cipher }) {
  const { publicKey, kms } = await createLocalKms();
  const plaintext = new Uint8Array(size).fill(0x5a);
  const tasks = {
    ...(await bongtuTasks(bongtu, publicKey, kms, plaintext, file)),
    ...(await oneShotTasks(publicKey, kms, plaintext, file)),
    ...(cipher && size >= SMALL ? cipherTasks(cipher, plaintext) : {}),
  };
  const repeats = size < SMALL ? SMALL_REPEATS : 1;
  return {
    names: Object.keys(tasks),
    async measure(name) {
      globalThis.gc?.();
      const start = performance.now();
      for (let run = 0; run < repeats; run++) await tasks[name]();
      return (performance.now() - start) / repeats;
    },
  };
}

async function bongtuTasks(bongtu, publicKey, kms, plaintext, file) {
  const { Keyring, seal, sealStream, open, openStream, sealObject, openObject } = bongtu;
  const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms });
  const message = await seal(keyring, plaintext);
  const tasks = {
    "seal bytes": () => seal(keyring, plaintext),
    "seal a stream": () => drain(piecesOf(plaintext).pipeThrough(sealStream(keyring, {}))),
    "open bytes": () => open(keyring, message),
    "open a stream": () => drain(piecesOf(message).pipeThrough(openStream(keyring, {}))),
  };
  const { metadata, body } = await wholeObject(await sealObject(keyring, plaintext));
  Object.assign(tasks, {
    "seal an object": async () => drain((await sealObject(keyring, plaintext)).stream()),
    "open an object": async () => drain((await openObject(keyring, { metadata, body })).plaintext),
    "open an object in one pass": async () => {
      const unverified = { releaseUnverified: true };
      return drain((await openObject(keyring, { metadata, body }, unverified)).plaintext);
    },
  });
  if (file) {
    tasks["seal a File"] = () => seal(keyring, file);
    tasks["seal an object of a File"] = async () =>
      drain((await sealObject(keyring, file)).stream());
  }
  return tasks;
}

async function wholeObject(sealed) {
  const body = new Uint8Array(await sealed.arrayBuffer());
  sealed.dispose();
  return { metadata: sealed.metadata, body };
}

/** A fresh AES key wrapped with RSA-OAEP and one call over all the bytes: what people write by hand. */
async function oneShotTasks(publicKey, kms, plaintext, file) {
  const wrapping = { name: "RSA-OAEP", hash: "SHA-256" };
  const rsa = await crypto.subtle.importKey("spki", publicKey, wrapping, false, ["encrypt"]);
  const iv = new Uint8Array(12);
  const algorithm = { name: "AES-GCM", iv };
  const importKey = (bytes) =>
    crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  const encrypt = async (bytes) => {
    const dataKey = crypto.getRandomValues(new Uint8Array(32));
    const wrapped = await crypto.subtle.encrypt("RSA-OAEP", rsa, dataKey);
    const ciphertext = await crypto.subtle.encrypt(algorithm, await importKey(dataKey), bytes);
    return { wrapped, ciphertext };
  };
  const { wrapped, ciphertext } = await encrypt(plaintext);
  const tasks = {
    "encrypt in one shot": () => encrypt(plaintext),
    "decrypt in one shot": async () => {
      const { Plaintext } = await kms.decrypt({ KeyId: KEY_ARN, CiphertextBlob: wrapped });
      return crypto.subtle.decrypt(algorithm, await importKey(Plaintext), ciphertext);
    },
  };
  if (file)
    tasks["read a File and encrypt in one shot"] = async () => encrypt(await file.arrayBuffer());
  return tasks;
}

function cipherTasks({ createCipheriv, createDecipheriv }, plaintext) {
  const [key, iv] = [new Uint8Array(32), new Uint8Array(12)];
  const encrypting = createCipheriv("aes-256-gcm", key, iv);
  const ciphertext = encrypting.update(plaintext);
  encrypting.final();
  // As a stream does, each result is let go; or as one call does, all become one array.
  const encryptTo = (result) => {
    const cipher = createCipheriv("aes-256-gcm", key, iv);
    pass(plaintext, cipher, result);
  };
  const decryptTo = (result) => {
    const cipher = createDecipheriv("aes-256-gcm", key, iv);
    cipher.setAuthTag(encrypting.getAuthTag());
    pass(ciphertext, cipher, result);
  };
  return {
    createCipheriv: () => encryptTo(undefined),
    "createCipheriv, one result": () => encryptTo(new Uint8Array(plaintext.length)),
    createDecipheriv: () => decryptTo(undefined),
    "createDecipheriv, one result": () => decryptTo(new Uint8Array(plaintext.length)),
  };
}

function pass(bytes, cipher, result) {
  let offset = 0;
  for (const piece of slices(bytes)) {
    const output = cipher.update(piece);
    result?.set(output, offset);
    offset += output.length;
  }
  cipher.final();
}

function* slices(bytes) {
  for (let start = 0; start < bytes.length; start += WRITE) {
    yield bytes.subarray(start, start + WRITE);
  }
}

function piecesOf(bytes) {
  const pieces = slices(bytes);
  return new ReadableStream(
    {
      pull(controller) {
        const { done, value } = pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}
