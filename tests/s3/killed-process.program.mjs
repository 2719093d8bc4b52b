// A process that seals or uploads, to be killed:
//
//   node killed-process.program.mjs seal FOLDER SOURCE PUBLIC_KEY ARN     prints the size of what it sealed
//   node killed-process.program.mjs upload FOLDER BUCKET KEY [COUNT]      prints `finished N,N,…`, then `sent N` for each part that it
//                                                                        begins to send, and `done`; kills itself when it begins to
//                                                                        send the COUNTth part: nobody else would be sure to be in time

import { openAsBlob } from "node:fs";
import { readFile } from "node:fs/promises";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Keyring, sealBlob, spool, spooled, uploadParts } from "bongtu";

const [mode, folder, ...rest] = process.argv.slice(2);
await { seal, upload }[mode](...rest);

async function seal(source, publicKeyFile, keyArn) {
  const publicKey = await readFile(publicKeyFile, "utf8");
  const sealed = await sealBlob(Keyring.kmsRsa({ publicKey, keyArn }), await openAsBlob(source));
  const { size } = await spool(sealed, { name: "upload", folder });
  console.log(size);
}

async function upload(Bucket, Key, count) {
  const s3 = new S3Client({ forcePathStyle: true });
  const send = (Command, input) => s3.send(new Command({ Bucket, Key, ...input }));
  const [kept] = await spooled.list({ folder });
  const begun = new Set();
  console.log(`finished ${kept.parts.map(({ partNumber }) => partNumber)}`);
  await uploadParts(kept, undefined, {
    create: () => send(CreateMultipartUploadCommand),
    putPart({ uploadId: UploadId, partNumber: PartNumber, body: Body }) {
      console.log(`sent ${PartNumber}`);
      begun.add(PartNumber);
      if (begun.size === Number(count)) process.kill(process.pid, "SIGKILL");
      return send(UploadPartCommand, { UploadId, PartNumber, Body });
    },
    complete: (Parts, _checksum, { uploadId: UploadId }) =>
      send(CompleteMultipartUploadCommand, { UploadId, MultipartUpload: { Parts } }),
    abort: ({ uploadId: UploadId }) => send(AbortMultipartUploadCommand, { UploadId }),
  });
  console.log("done");
}
