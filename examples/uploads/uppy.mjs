// Uppy seals what it uploads: in parts what is large, with one PUT what is not.

import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";
import { Keyring, sealObject, uploadRequest } from "bongtu";
import { sign } from "./ask.mjs";

const MIB = 1024 * 1024;
const TYPE = "application/octet-stream";

/**
 * @param {{ publicKey: string, keyArn: string }} to the RSA key in KMS that opens the files
 * @param {{ multipartFrom?: number }} [options] bytes
 * @returns {Uppy} to which a dashboard, a drop target, … may be added
 */
export function createUploader(to, { multipartFrom = 100 * MIB } = {}) {
  const keyring = Keyring.kmsRsa(to);
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
  uppy.use(AwsS3, {
    shouldUseMultipart: ({ size }) => size >= multipartFrom,
    getChunkSize: () => 8 * MIB,
    generateObjectKey: ({ id }) => id, // until the back end has chosen one
    async signRequest({ method, key, uploadId, partNumber }) {
      if (uploadId !== undefined) return sign({ method, key, uploadId, partNumber });

      const { size, meta } = uppy.getFile(key);
      const { headers, contentLength } = uploadRequest(
        { size, metadata: meta.envelope },
        { operation: method === "PUT" ? "PutObject" : "CreateMultipartUpload" },
      );
      const signed = await sign({ method, headers, contentLength });
      return { ...signed, headers };
    },
  });
  return uppy;
}
