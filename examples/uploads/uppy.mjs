// Uppy seals what it uploads: in parts what is large, with one PUT what is not.

import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";
import { checksums, sealObject, uploadRequest } from "bongtu";
import { ask, sign } from "./ask.mjs";
import { pinnedKeyring } from "./pinned.mjs";

const MIB = 1024 * 1024;
const PART = 8 * MIB;
const TYPE = "application/octet-stream";

/**
 * @param {{ publicKey: string, keyArn: string, spkiSha256: string }} to the RSA key in KMS that opens the files
 * @param {{ multipartFrom?: number }} [options] bytes
 * @returns {Uppy} to which a dashboard, a drop target, … may be added
 */
export function createUploader(to, { multipartFrom = 100 * MIB } = {}) {
  const keyring = pinnedKeyring(to);
  const uppy = new Uppy();
  uppy.addPreProcessor(async (ids) => {
    for (const file of uppy.getFilesByIds(ids)) {
      if (file.meta.envelope !== undefined) continue; // tried again: what is sealed already
      const sealed = await sealObject(keyring, file.data);
      const data = await sealed.blob();
      sealed.dispose();
      uppy.setFileMeta(file.id, { envelope: sealed.metadata });
      uppy.setFileState(file.id, { data, size: data.size, type: TYPE });
    }
  });
  const files = new Map(); // their ids, by the keys that the back end chose
  uppy.use(AwsS3, {
    shouldUseMultipart: ({ size }) => size >= multipartFrom,
    getChunkSize: () => PART,
    generateObjectKey: ({ id }) => id, // until the back end has chosen one
    async signRequest({ method, key, uploadId, partNumber }) {
      const { id, size, data, meta } = uppy.getFile(files.get(key) ?? key);
      const request = await requestOf({ method, uploadId, partNumber, size, data, meta });
      const about = uploadId === undefined ? {} : { key, uploadId, partNumber };
      const signed = await sign({ method, ...about, ...request });
      files.set(signed.key, id);
      return signed; // the headers too
    },
  });
  uppy.addPostProcessor(async (ids) => {
    for (const { response } of uppy.getFilesByIds(ids)) {
      if (response?.body?.key !== undefined) await ask("accept", { key: response.body.key });
    }
  });
  return uppy;
}

/** The headers of one of Uppy's requests, and the length of its body. */
async function requestOf({ method, uploadId, partNumber, size, data, meta }) {
  if (uploadId === undefined) {
    const object = { size, metadata: meta.envelope };
    return method === "PUT"
      ? uploadRequest(object, { createOnly: true })
      : uploadRequest(object, { operation: "CreateMultipartUpload" });
  }
  if (method === "PUT") {
    const part = data.slice((partNumber - 1) * PART, partNumber * PART);
    // Of the checksums the one of which Uppy need not tell S3 when it completes the upload.
    const checksum = await checksums.of("MD5", part);
    return uploadRequest(part, { operation: "UploadPart", checksum });
  }
  return method === "POST"
    ? uploadRequest({ size }, { operation: "CompleteMultipartUpload", createOnly: true })
    : {};
}
