// Opening what is stored, as any back end with kms:Decrypt would. Both answer with the plaintext, piece by piece,
// of which nothing comes before all of it has verified.

import { createHash } from "node:crypto";
import { Keyring, open, openObject, openStream } from "bongtu";
import { kms as kmsOf } from "bongtu/aws";

/**
 * @param {object} stored
 * @param {string} stored.keyArn
 * @param {import("bongtu").Kms} stored.kms
 * @param {Record<string, string>} stored.encryptionContext what a message must say
 * @param {() => Promise<AsyncIterable<Uint8Array>>} stored.body downloads it
 * @param {AbortSignal} signal
 */
export async function openMessage({ keyArn, kms, encryptionContext, body }, signal) {
  const message = await body();
  // #region open-message
  const keyring = Keyring.kmsRsa({ keyArn, kms });
  const opened = await open(keyring, message, { encryptionContext, signal });
  const { plaintext, suite } = opened;
  // #endregion
  return { form: suite, size: plaintext.length, plaintext: [plaintext] };
}

/** Opens a message as it arrives, and keeps no more of it than its hash. */
export async function hashMessage({ keyArn, kms, encryptionContext, body }, signal) {
  const message = (await body()).transformToWebStream();
  const hash = createHash("sha256");
  let size = 0;
  // #region open-stream
  const keyring = Keyring.kmsRsa({ keyArn, kms });
  const opening = openStream(keyring, { encryptionContext, signal });
  for await (const part of message.pipeThrough(opening)) {
    hash.update(part);
    size += part.length;
  }
  // #endregion
  return { size, sha256: hash.digest("hex") };
}

/** The same of an object, of which `metadata` downloads just these; `body` is called twice. */
export async function openS3Object({ keyArn, kms, metadata: download, body }, signal) {
  const metadata = await download();
  // #region open-object
  const keyring = Keyring.kmsRsa({ keyArn, kms });
  const opened = await openObject(keyring, { metadata, body }, { signal });
  const { plaintext, size, format } = opened;
  // #endregion
  return { form: format, size, plaintext };
}

/** Calls of KMS are written down in `calls`, for the page to show. */
export function recordingKms(client, calls) {
  const kms = kmsOf(client);
  return {
    async decrypt(request, options) {
      const start = performance.now();
      const answer = await kms.decrypt(request, options);
      calls.push({
        keyId: answer.KeyId,
        algorithm: request.EncryptionAlgorithm,
        ciphertextLength: request.CiphertextBlob.length,
        plaintextLength: answer.Plaintext.length,
        milliseconds: performance.now() - start,
      });
      return answer;
    },
  };
}
