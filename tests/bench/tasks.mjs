// The tasks that are measured, and those they are compared with. They run in Node and in a page.

import { createKms, KEY_ARN } from "../harness/kms.mjs";
import { drain } from "../support/stream.mjs";
import { bareTasks } from "./bare.mjs";
import { piecesOf } from "./pieces.mjs";

const SMALL = 1024 * 1024; // below this, one call is too short to be timed alone
const SMALL_REPEATS = 200;

/**
 * Tasks by name over `size` bytes: `seal …` and `open …` are bongtu's, the others do the same work by hand, and
 * `bare: …` what of it is the platform's. `executor` is bongtu's for this platform, `file` (pages) a File of `size`
 * bytes, and `cipherTasks` (Node) makes those of the streaming cipher.
 * `measure(name)` returns milliseconds for one message.
 */
export async function createTasks(bongtu, { size, file, executor, cipherTasks }) {
  const { publicKey, kms } = await createKms();
  const plaintext = new Uint8Array(size).fill(0x5a);
  const { wrap, unwrap } = await dataKeys(publicKey, kms);
  const tasks = {
    ...(await bongtuTasks(bongtu, publicKey, kms, plaintext, file)),
    ...(await oneShotTasks(wrap, unwrap, plaintext, file)),
    ...(cipherTasks && size >= SMALL ? await cipherTasks(wrap, unwrap, plaintext) : {}),
  };
  if (size >= SMALL) {
    const bare = await bareTasks(executor, wrap, unwrap, plaintext);
    for (const [name, task] of Object.entries(bare)) tasks[`bare: ${name}`] = task;
  }
  const repeats = size < SMALL ? SMALL_REPEATS : 1;
  return {
    names: Object.keys(tasks),
    async measure(name) {
      // Each task runs in the memory that it left itself the time before. It is never gc() that makes room, since
      // a forced collection throws compiled code away ("weak objects" in --trace-deopt): whatever is written in
      // JavaScript took twice as long after it, and a loop around a native call as long as before.
      await tasks[name]();
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

/** AES keys as what people write by hand makes them: fresh, and wrapped with RSA-OAEP. */
async function dataKeys(publicKey, kms) {
  const wrapping = { name: "RSA-OAEP", hash: "SHA-256" };
  const EncryptionAlgorithm = "RSAES_OAEP_SHA_256";
  const rsa = await crypto.subtle.importKey("spki", publicKey, wrapping, false, ["encrypt"]);
  const dataKey = crypto.getRandomValues(new Uint8Array(32));
  const CiphertextBlob = await crypto.subtle.encrypt("RSA-OAEP", rsa, dataKey);
  return {
    async wrap() {
      const dataKey = crypto.getRandomValues(new Uint8Array(32));
      await crypto.subtle.encrypt("RSA-OAEP", rsa, dataKey);
      return dataKey;
    },
    async unwrap() {
      const request = { KeyId: KEY_ARN, CiphertextBlob, EncryptionAlgorithm };
      return (await kms.decrypt(request)).Plaintext;
    },
  };
}

/** One call over all the bytes. */
async function oneShotTasks(wrap, unwrap, plaintext, file) {
  const algorithm = { name: "AES-GCM", iv: new Uint8Array(12) };
  const importKey = (bytes) =>
    crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  const encrypt = async (bytes) =>
    crypto.subtle.encrypt(algorithm, await importKey(await wrap()), bytes);
  const ciphertext = await crypto.subtle.encrypt(
    algorithm,
    await importKey(await unwrap()),
    plaintext,
  );
  const tasks = {
    "encrypt in one shot": () => encrypt(plaintext),
    "decrypt in one shot": async () =>
      crypto.subtle.decrypt(algorithm, await importKey(await unwrap()), ciphertext),
  };
  if (file)
    tasks["read a File and encrypt in one shot"] = async () => encrypt(await file.arrayBuffer());
  return tasks;
}
