// Node seals a file while `Upload` of @aws-sdk/lib-storage sends it, in parts if it is large. Neither holds more than a few parts.

import { openAsBlob } from "node:fs";
import { Upload } from "@aws-sdk/lib-storage";
import { sealObject } from "bongtu";

const MIB = 1024 * 1024;

/**
 * @param {import("@aws-sdk/client-s3").S3Client} s3
 * @param {import("bongtu").Keyring} keyring
 * @param {string} path of the file
 * @param {{ Bucket: string, Key: string }} target
 */
export async function upload(s3, keyring, path, target) {
  const sealed = await sealObject(keyring, await openAsBlob(path));
  try {
    const upload = new Upload({
      client: s3,
      params: {
        ...target,
        Body: sealed.stream(),
        ContentLength: sealed.size, // so that it knows how many parts there will be
        ContentType: "application/octet-stream",
        Metadata: sealed.metadata,
      },
      partSize: 8 * MIB,
    });
    await upload.done();
  } finally {
    sealed.dispose();
  }
}
