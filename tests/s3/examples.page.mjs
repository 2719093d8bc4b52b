// The examples for pages, as a page of the site uses them.

import { upload as withForm } from "../../examples/uploads/presigned-post.mjs";
import { upload as withPut } from "../../examples/uploads/presigned-put.mjs";
import * as surviving from "../../examples/uploads/survives-closing.mjs";
import { createUploader } from "../../examples/uploads/uppy.mjs";
import { offer } from "./clients/page.mjs";
import { plaintextOf } from "./plaintext.mjs";

offer({
  presignedPut: ({ keys, length }) => withPut(fileOf(length), keys),
  presignedPost: ({ keys, length }) => withForm(fileOf(length), keys),

  async uppy({ keys, lengths, multipartFrom }) {
    const uppy = createUploader(keys, { multipartFrom });
    for (const length of lengths) {
      uppy.addFile({ name: `${length}.bin`, data: fileOf(length) });
    }
    const first = await uppy.upload();
    const { successful, failed } = first.failed.length === 0 ? first : await uppy.retryAll();
    return {
      failedFirst: first.failed.length,
      uploaded: successful.map(({ name, response }) => ({ name, key: response.body.key })),
      failed: failed.map(({ error }) => String(error)),
    };
  },

  uploadThatSurvives: ({ keys, length }) => surviving.upload(fileOf(length), keys),
  goOn: () => surviving.goOn(),
  storedFiles: async () => filesIn(await navigator.storage.getDirectory()),
});

async function filesIn(folder) {
  const names = [];
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === "directory") names.push(...(await filesIn(handle)));
    else names.push(name);
  }
  return names;
}

function fileOf(length) {
  return new File([plaintextOf(length)], "report.pdf", { type: "application/pdf" });
}
