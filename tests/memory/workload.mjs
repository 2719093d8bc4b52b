// Runs data through an operation and holds nothing of it. In Node and in a page.

import { createKms, KEY_ARN } from "../harness/kms.mjs";
import { drain, sourceOf } from "../support/stream.mjs";

/** The tasks by name: each returns the bytes that came out at the end. */
const WORKLOADS = {
  "seal messages": ({ sealStream }, keyring, length) =>
    drain(collecting(sourceOf(length).pipeThrough(sealStream(keyring, {})))),

  // The input for opening is made on the way, so that no copy of it could be mistaken for growth.
  "open messages": ({ sealStream, openStream }, keyring, length) =>
    drain(
      collecting(
        sourceOf(length).pipeThrough(sealStream(keyring, {})).pipeThrough(openStream(keyring, {})),
      ),
    ),

  "seal objects": async ({ sealObject }, keyring, length) =>
    drain(collecting((await sealObject(keyring, blobOf(length))).stream())),

  "open objects": async ({ sealObject, openObject }, keyring, length) => {
    const { metadata, stream } = bound(await sealObject(keyring, blobOf(length)));
    const { plaintext } = await openObject(keyring, {
      metadata,
      body: async () => collecting(stream()),
    });
    return drain(collecting(plaintext));
  },
};

export const OPERATIONS = Object.keys(WORKLOADS);

export async function run(bongtu, operation, length) {
  const { publicKey, kms } = await createKms();
  const keyring = bongtu.Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms });
  return WORKLOADS[operation](bongtu, keyring, length);
}

const COLLECT_EVERY = 16 * 1024 * 1024;

/**
 * The same stream. Where the engine lets us, its garbage is collected on the way: a longer run sees
 * a higher peak of what waits to be collected, but what is held must not grow.
 */
function collecting(stream) {
  let passed = 0;
  return stream.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        controller.enqueue(chunk);
        passed += chunk.length;
        if (passed >= COLLECT_EVERY) {
          passed = 0;
          globalThis.gc?.();
        }
      },
    }),
  );
}

/** One MiB again and again: a Blob of Blobs copies none of them. */
function blobOf(length) {
  const piece = new Blob([new Uint8Array(1024 * 1024).fill(0x5a)]);
  return new Blob(new Array(length / piece.size).fill(piece));
}

function bound(sealed) {
  return { metadata: sealed.metadata, stream: () => sealed.stream() };
}
