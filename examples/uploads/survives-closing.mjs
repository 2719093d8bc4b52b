// An upload from a page that goes on when the page was closed, crashed or lost power. The file is sealed into the browser's own
// storage first, which takes seconds where the upload takes hours; from then on the file itself is not needed. What lies there is
// ciphertext; the key is gone.

import { sealObject, spool, spooled, uploadParts, uploadRequest } from "bongtu";
import { ask, sign } from "./ask.mjs";
import { pinnedKeyring } from "./pinned.mjs";

/**
 * @param {File} file
 * @param {{ publicKey: string, keyArn: string, spkiSha256: string }} to the RSA key in KMS that opens it
 * @returns {Promise<string>} the object's key in the bucket
 */
export async function upload(file, to, options) {
  await navigator.storage.persist(); // asks the browser not to clear it away
  const { key } = await ask("newKey", {});
  const sealed = await sealObject(pinnedKeyring(to), file);
  try {
    // Its name is what the next page finds it by, and so tells that page where to go on.
    await send(await spool(sealed, { name: key }), options);
  } finally {
    sealed.dispose();
  }
  return key;
}

/** Goes on with what earlier pages left; call it whenever the page is opened. */
export async function goOn(options) {
  for (const left of await spooled.list()) {
    if (left.error === undefined) {
      await send(left, options).catch(unlessInUse);
    } else {
      await left.delete(); // another version of bongtu wrote it: the file has to be sealed again
    }
  }
}

async function send(spooled, { signal, onProgress } = {}) {
  const request = async (method, about, length = {}) => {
    const { uploadId, partNumber, partNumberMarker, body, signal } = about;
    const which = { key: spooled.name, uploadId, partNumber, partNumberMarker };
    const { url, headers } = await sign({ method, ...which, headers: about.headers, ...length });
    return fetch(url, { method, headers, body, signal });
  };
  const { headers: own } = uploadRequest(spooled, { operation: "CreateMultipartUpload" });
  const createOnly = { "if-none-match": "*" };
  await uploadParts(spooled, undefined, {
    ...{ signal, onProgress }, // a failure is not the end: the next page goes on
    checksum: "SHA256", // of each part, which S3 verifies; the back end signs no part without
    create: (about) => request("POST", { ...about, headers: { ...own, ...about.headers } }),
    putPart: (part) => request("PUT", part, { contentLength: part.size }),
    listParts: (about) => request("GET", about),
    complete: (_parts, _checksum, about) =>
      request("POST", { ...about, headers: { ...about.headers, ...createOnly } }),
    abort: (about) => request("DELETE", about),
    head: (about) => request("HEAD", about), // it was complete, and the answer never came
  });
  await ask("accept", { key: spooled.name });
}

/** Another tab uploads it: two cannot. */
function unlessInUse(error) {
  if (error.code !== "ERR_SPOOL") throw error;
}
