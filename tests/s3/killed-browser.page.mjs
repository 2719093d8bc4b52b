// A page that uploads one file and survives its closing. A back end makes and ends uploads and signs parts: `backEnd` is
// a function outside the page.

import { Keyring, sealBlob, spool, spooled, uploadParts } from "bongtu";

const input = document.createElement("input");
input.type = "file";
document.body.append(input);

globalThis.sealChosenFile = async (publicKey, keyArn) => {
  const sealed = await sealBlob(Keyring.kmsRsa({ publicKey, keyArn }), input.files[0]);
  const kept = await spool(sealed, { name: "upload" });
  sealed.dispose();
  return kept.size;
};

/** Uploads what is there, and resolves when there is nothing more to do. */
globalThis.goOn = async () => {
  const [kept] = await spooled.list();
  const ask = (operation, parameters) => globalThis.backEnd(operation, parameters);
  await uploadParts(kept, undefined, {
    create: () => ask("create", {}),
    async putPart({ partNumber, uploadId, body, signal }) {
      const url = await ask("sign", { partNumber, uploadId });
      return await fetch(url, { method: "PUT", body, signal });
    },
    complete: (parts, _checksum, { uploadId }) => ask("complete", { parts, uploadId }),
    abort: ({ uploadId }) => ask("abort", { uploadId }),
  });
};

globalThis.finishedParts = async () =>
  (await spooled.list()).map(({ parts }) => parts.map(({ partNumber }) => partNumber));

globalThis.originFiles = async () => {
  const names = [];
  const keys = (await navigator.storage.getDirectory()).keys();
  for (let next = await keys.next(); !next.done; next = await keys.next()) names.push(next.value);
  return names;
};
