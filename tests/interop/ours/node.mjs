// The npm package in Node.js: seals in one piece, opens a stream.

import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Keyring, openStream, seal } from "bongtu";
import { kms as awsKms } from "bongtu/aws";

export function nodePackage(kms) {
  return {
    name: "Node",

    async seal({ arn, algorithm, publicKey, context, frameLength, in: input, out }) {
      const keyring = Keyring.kmsRsa({
        publicKey: await readFile(publicKey),
        keyArn: arn,
        algorithm,
      });
      const plaintext = await readFile(input);
      await writeFile(
        out,
        await seal(keyring, plaintext, { encryptionContext: context, frameLength }),
      );
    },

    async open({ arn, algorithm, context, in: input, out }) {
      const keyring = Keyring.kmsRsa({ keyArn: arn, algorithm, kms: awsKms(kms.client(arn)) });
      const { readable, writable, header } = openStream(keyring, { encryptionContext: context });
      const [plaintext] = await Promise.all([
        buffer(readable),
        Readable.toWeb(createReadStream(input)).pipeTo(writable),
      ]);
      await writeFile(out, plaintext);
      return { context: (await header).encryptionContext };
    },

    async close() {},
  };
}
