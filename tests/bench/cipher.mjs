// Node's streaming cipher doing by hand what bongtu is measured at: the same source in the same chunks, the
// same consumer, and a fresh key wrapped and unwrapped in the same way.

import { createCipheriv, createDecipheriv } from "node:crypto";
import { drain } from "../support/stream.mjs";
import { piecesOf, slices } from "./pieces.mjs";

/** `wrap()` gives a fresh data key, and `unwrap()` one that was wrapped before. */
export async function cipherTasks(wrap, unwrap, plaintext) {
  const iv = new Uint8Array(12);
  const key = await unwrap();
  const sealing = createCipheriv("aes-256-gcm", key, iv);
  const ciphertext = sealing.update(plaintext);
  sealing.final();
  const encrypting = async () => createCipheriv("aes-256-gcm", await wrap(), iv);
  const decrypting = async () =>
    createDecipheriv("aes-256-gcm", await unwrap(), iv).setAuthTag(sealing.getAuthTag());
  return {
    "createCipheriv, one result": async () => collect(plaintext, await encrypting()),
    "createCipheriv, bytes to stream": async () => drain(streamOf(plaintext, await encrypting())),
    "createCipheriv, stream to stream": async () => drain(through(plaintext, await encrypting())),
    "createDecipheriv, one result": async () => collect(ciphertext, await decrypting()),
    "createDecipheriv, bytes to stream": async () =>
      drain(streamOf(ciphertext, await decrypting())),
    "createDecipheriv, stream to stream": async () =>
      drain(through(ciphertext, await decrypting())),
  };
}

function collect(bytes, cipher) {
  const result = new Uint8Array(bytes.length);
  let offset = 0;
  for (const piece of slices(bytes)) {
    const output = cipher.update(piece);
    result.set(output, offset);
    offset += output.length;
  }
  cipher.final();
  return result;
}

function streamOf(bytes, cipher) {
  const pieces = slices(bytes);
  return new ReadableStream(
    {
      pull(controller) {
        const { done, value } = pieces.next();
        if (!done) {
          controller.enqueue(cipher.update(value));
          return;
        }
        cipher.final();
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

function through(bytes, cipher) {
  const transform = new TransformStream({
    transform: (piece, controller) => controller.enqueue(cipher.update(piece)),
    flush: () => void cipher.final(),
  });
  return piecesOf(bytes).pipeThrough(transform);
}
