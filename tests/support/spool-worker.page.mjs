// A page whose dedicated worker spools and uploads with what Safari before 26 has: synchronous handles and no streams. The same
// script is page and worker.

import {
  Keyring,
  open,
  openObject,
  sealBlob,
  sealObject,
  spool,
  spooled,
  uploadParts,
} from "bongtu";
import { FakeS3, requestsTo } from "./fake-s3.mjs";

const PART = 5 * 1024 * 1024;
const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/0f1e2d3c-4b5a-4697-8788-99aabbccddee";

const inWorker = typeof DedicatedWorkerGlobalScope === "function";
/** Works as in those browsers, and as it did at first: see js/io/origin-file.ts. */
const SHAPES = {
  synchronous: () => {},
  promises() {
    const { prototype } = FileSystemSyncAccessHandle;
    for (const name of ["truncate", "flush", "getSize", "close"]) {
      const before = prototype[name];
      prototype[name] = async function (...given) {
        return before.apply(this, given);
      };
    }
  },
};

/** A key pair of this page's, and a KMS that has it. */
async function makeKeyring() {
  const algorithm = {
    name: "RSA-OAEP",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const made = { ...algorithm, hash: "SHA-256" };
  const pair = await crypto.subtle.generateKey(made, true, ["encrypt", "decrypt"]);
  const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  const kms = {
    async decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm }) {
      const hash = EncryptionAlgorithm === "RSAES_OAEP_SHA_1" ? "SHA-1" : "SHA-256";
      const how = { name: "RSA-OAEP", hash };
      const key = await crypto.subtle.importKey("pkcs8", pkcs8, how, false, ["decrypt"]);
      return { KeyId, Plaintext: await crypto.subtle.decrypt("RSA-OAEP", key, CiphertextBlob) };
    },
  };
  return Keyring.kmsRsa({ publicKey: new Uint8Array(spki), keyArn, kms });
}

async function runAll() {
  const keyring = await makeKeyring();
  const data = Uint8Array.from({ length: 2 * PART + 77 }, (_, i) => (i * 7) ^ (i >> 9));
  const same = (other) =>
    other.length === data.length && other.every((byte, i) => byte === data[i]);
  const root = await navigator.storage.getDirectory();
  const names = async () => {
    const found = [];
    for await (const name of root.keys()) found.push(name);
    return found.length;
  };

  const available = await spool.available();
  const sealed = await sealBlob(keyring, data);
  await spool(sealed, { name: "file", partSize: PART });
  const kept = await names();
  const [listed] = await spooled.list();
  const s3 = new FakeS3();
  await uploadParts(
    listed,
    requestsTo("https://s3.test/key", (...given) => s3.fetch(...given)),
  );
  const { plaintext } = await open(keyring, s3.objects.get("/key").bytes);

  const object = await sealObject(keyring, data);
  const body = (await object.blob()).stream();
  const opened = await openObject(keyring, { metadata: object.metadata, body });
  const spilled = await names();
  const again = new Uint8Array(await new Response(opened.plaintext).arrayBuffer());
  return {
    available,
    kept,
    uploaded: same(plaintext),
    spilled,
    opened: same(again),
    left: await names(),
  };
}

if (inWorker) {
  delete FileSystemFileHandle.prototype.createWritable;
  globalThis.onmessage = async ({ data: shape }) => {
    try {
      SHAPES[shape]();
      postMessage(await runAll());
    } catch (error) {
      postMessage({ error: String(error?.stack ?? error) });
    }
  };
} else {
  globalThis.inWorker = (shape) =>
    new Promise((resolve, reject) => {
      const worker = new Worker("/page.js", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(shape);
    });
  /** The page itself, which has no such handles. */
  globalThis.inPage = async () => {
    delete FileSystemFileHandle.prototype.createWritable;
    const sealed = await sealBlob(await makeKeyring(), new Uint8Array(10));
    const failure = await spool(sealed, { name: "file" }).catch((error) => error);
    const { code, message } = failure;
    return { available: await spool.available(), code, message };
  };
}
