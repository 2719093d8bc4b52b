// A process that spools or uploads, to be killed:
//
//   node spool-process.mjs spool FOLDER LENGTH       seals so many bytes into the spool "big", and kills itself after a third:
//                                                    nobody else would be sure to be in time
//   node spool-process.mjs upload FOLDER URL         goes on with that spool; prints `done` when it is there

import { Keyring, sealBlob, spool, spooled, uploadParts } from "bongtu";
import { createKms, KEY_ARN } from "../harness/kms.mjs";
import { bytes } from "../suite/support.mjs";
import { requestsTo } from "./fake-s3.mjs";

const [mode, folder, rest] = process.argv.slice(2);
const PART = 5 * 1024 * 1024;

if (mode === "spool") {
  const { publicKey } = await createKms();
  const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN });
  const sealed = await sealBlob(keyring, bytes(Number(rest)));
  const onProgress = ({ bytes: done, total }) => {
    if (done > total / 3) process.kill(process.pid, "SIGKILL");
  };
  await spool(sealed, { name: "big", folder, partSize: PART, onProgress });
  console.log("done");
} else {
  const [kept] = await spooled.list({ folder });
  console.log(`finished ${kept.parts.map(({ partNumber }) => partNumber).join(",")}`);
  await uploadParts(kept, undefined, requestsTo(rest, fetch));
  console.log("done");
}
