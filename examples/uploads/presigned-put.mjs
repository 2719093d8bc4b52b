// A page seals a file and uploads it with one presigned PUT. What S3 gets is an AWS Encryption SDK message, which needs no metadata.

import { sealBlob, uploadRequest } from "bongtu";
import { ask, sign } from "./ask.mjs";
import { pinnedKeyring } from "./pinned.mjs";

/**
 * @param {File} file
 * @param {{ publicKey: string, keyArn: string, spkiSha256: string }} to the RSA key in KMS that opens it
 * @returns {Promise<string>} the object's key in the bucket
 */
export async function upload(file, to) {
  const sealed = await sealBlob(pinnedKeyring(to), file);
  try {
    const request = uploadRequest(sealed, { createOnly: true });
    const { key, url, headers } = await sign({ method: "PUT", ...request });
    const body = await sealed.blob(); // a request needs a body of known length
    const response = await fetch(url, { method: "PUT", headers, body });
    if (!response.ok) throw new Error(`S3 answered ${response.status}: ${await response.text()}`);
    await ask("accept", { key, etag: response.headers.get("etag") });
    return key;
  } finally {
    sealed.dispose();
  }
}
