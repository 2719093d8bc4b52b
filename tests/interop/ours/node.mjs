// The npm package in Node.js: seals in one piece, opens a stream. Objects it opens in two passes over a file.

import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import {
  Keyring,
  KmsPublicKey,
  openObject,
  openSecret,
  openStream,
  seal,
  sealObject,
  sealSecret,
} from "bongtu";
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

    async sealSecret({ arn, algorithm, publicKey, form, context, in: input, out }) {
      const pem = await readFile(publicKey);
      const secret = await readFile(input);
      const value =
        form === "direct"
          ? sealSecret(KmsPublicKey.parse(pem), secret, { form, algorithm })
          : sealSecret(Keyring.kmsRsa({ publicKey: pem, keyArn: arn, algorithm }), secret, {
              encryptionContext: context,
            });
      await writeFile(out, await value);
    },

    async openSecret({ arn, algorithm, context, in: input, out }) {
      const keyring = Keyring.kmsRsa({ keyArn: arn, algorithm, kms: awsKms(kms.client(arn)) });
      const value = await readFile(input, "utf8");
      await writeFile(out, await openSecret(keyring, value, { encryptionContext: context }));
    },

    async sealObject({ arn, publicKey, format, description, instructionFile, in: input, out }) {
      const keyring =
        publicKey === undefined
          ? Keyring.kms({ keyArn: arn, kms: awsKms(kms.client(arn)) })
          : Keyring.kmsRsa({ publicKey: await readFile(publicKey), keyArn: arn });
      const sealed = await sealObject(keyring, await readFile(input), {
        format,
        materialDescription: description,
        instructionFile,
      });
      await writeFile(out, new Uint8Array(await sealed.arrayBuffer()));
      sealed.dispose();
      return { metadata: sealed.metadata, instructionFile: sealed.instructionFile };
    },

    async openObject({ arn, symmetric, format, metadata, instructionFile, in: input, out }) {
      const client = awsKms(kms.client(arn));
      const keyring = symmetric
        ? Keyring.kms({ keyArn: arn, kms: client })
        : Keyring.kmsRsa({ keyArn: arn, kms: client });
      const body = async () => Readable.toWeb(createReadStream(input));
      const opened = await openObject(
        keyring,
        { metadata, instructionFile, body },
        { commitmentPolicy: commitmentPolicyOf(format) },
      );
      await writeFile(out, await buffer(opened.plaintext));
      return { format: opened.format, description: opened.unverifiedMaterialDescription };
    },

    async close() {},
  };
}

function commitmentPolicyOf(format) {
  return format === "v2" ? "REQUIRE_ENCRYPT_ALLOW_DECRYPT" : "REQUIRE_ENCRYPT_REQUIRE_DECRYPT";
}
