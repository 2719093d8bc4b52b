// A page seals a file to an S3 Encryption Client object and uploads it with a form whose policy the back end signed.

import { postForm, sealObject } from "bongtu";
import { ask } from "./ask.mjs";
import { pinnedKeyring } from "./pinned.mjs";

/**
 * @param {File} file
 * @param {{ publicKey: string, keyArn: string, spkiSha256: string }} to the RSA key in KMS that opens it
 * @returns {Promise<string>} the object's key in the bucket
 */
export async function upload(file, to) {
  const sealed = await sealObject(pinnedKeyring(to), file);
  try {
    const { url, fields } = await ask("form", { format: "v3", size: sealed.size });
    const form = new FormData();
    for (const [name, value] of postForm(fields, sealed)) form.append(name, value);
    form.append("file", await sealed.blob()); // last: S3 ignores the fields behind it
    const response = await fetch(url, { method: "POST", body: form });
    if (!response.ok) throw new Error(`S3 answered ${response.status}: ${await response.text()}`);
    await ask("accept", { key: fields.key, etag: response.headers.get("etag") ?? undefined });
    return fields.key;
  } finally {
    sealed.dispose();
  }
}
