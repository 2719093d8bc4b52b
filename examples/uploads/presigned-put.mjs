// A page seals a file and uploads it with one presigned PUT. What S3 gets is an AWS Encryption SDK message, which needs no metadata.

import { Keyring, sealBlob, uploadRequest } from "bongtu";
import { sign } from "./ask.mjs";

/**
 * @param {File} file
 * @param {{ publicKey: string, keyArn: string }} to the RSA key in KMS that opens it
 * @returns {Promise<string>} the object's key in the bucket
 */
export async function upload(file, to) {
  const sealed = await sealBlob(Keyring.kmsRsa(to), file);
  try {
    const { headers, contentLength } = uploadRequest(sealed, { createOnly: true });
    const { key, url } = await sign({ method: "PUT", headers, contentLength });
    const body = await sealed.blob(); // a request needs a body of known length
    const response = await fetch(url, { method: "PUT", headers, body });
    if (!response.ok) throw new Error(`S3 answered ${response.status}: ${await response.text()}`);
    return key;
  } finally {
    sealed.dispose();
  }
}
