// The S3 of the tests: one bucket in an emulator.

import { createReadStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";

export class ObjectStore {
  bucket;
  client;

  /** Makes the bucket. */
  static async create(emulator, bucket) {
    const { region, endpoint, credentials } = emulator;
    const client = new S3Client({ region, endpoint, credentials, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return new ObjectStore(client, bucket);
  }

  /** @private */
  constructor(client, bucket) {
    this.client = client;
    this.bucket = bucket;
  }

  /** Stores a file with its metadata, after its instruction file: a reader never meets an object that it cannot open. */
  async put(key, { file, metadata, instructionFile }) {
    if (instructionFile !== undefined) {
      const { suffix = ".instruction", body, metadata = {} } = instructionFile;
      await this.#send(PutObjectCommand, { Key: key + suffix, Body: body, Metadata: metadata });
    }
    await this.#send(PutObjectCommand, {
      Key: key,
      Body: createReadStream(file),
      ContentLength: (await stat(file)).size,
      Metadata: metadata,
    });
  }

  /** Writes the body into a file. `instructionFile` is the text of one, where the metadata do not hold the key. */
  async get(key, file) {
    const { Body, Metadata } = await this.#send(GetObjectCommand, { Key: key });
    await writeFile(file, Body);
    const whole = "x-amz-3" in Metadata || "x-amz-key-v2" in Metadata;
    return {
      metadata: Metadata,
      instructionFile: whole ? undefined : await this.text(`${key}.instruction`),
    };
  }

  async text(key) {
    const { Body } = await this.#send(GetObjectCommand, { Key: key });
    return Body.transformToString();
  }

  close() {
    this.client.destroy();
  }

  #send(Command, input) {
    return this.client.send(new Command({ Bucket: this.bucket, ...input }));
  }
}

/**
 * A program of ours, which works on files, as one that works on S3:
 *
 *   put({ key, arn, publicKey?, format, description, instructionFile, in })       without a public key: a symmetric one
 *   get({ key, arn, symmetric, format, out }) → { format, description }           format v2 allows V2
 */
export function throughStore(program, store) {
  if (program.unavailable !== undefined) return program;
  return {
    name: program.name,
    async put({ key, in: input, ...job }) {
      const file = `${input}-sealed`;
      const { metadata, instructionFile } = await program.sealObject({
        ...job,
        in: input,
        out: file,
      });
      await store.put(key, { file, metadata, instructionFile });
    },
    async get({ key, arn, symmetric = false, format, out }) {
      const file = `${out}-sealed`;
      const { metadata, instructionFile } = await store.get(key, file);
      return program.openObject({
        ...{ arn, symmetric, format, metadata, instructionFile },
        ...{ in: file, out },
      });
    },
    close: () => program.close(),
  };
}
