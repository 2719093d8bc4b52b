// The KMS of the tests: keys in an emulator, and the one call that opening a message needs.

import { createPublicKey } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateKeyCommand,
  DecryptCommand,
  GetPublicKeyCommand,
  KMSClient,
  ReplicateKeyCommand,
} from "@aws-sdk/client-kms";

export const regionOf = (arn) => arn.split(":")[3];

export class TestKms {
  #emulator;
  #folder;
  #clients = new Map();

  /** @param folder where public keys are exported to, as PEM files */
  constructor(emulator, folder) {
    this.#emulator = emulator;
    this.#folder = folder;
  }

  /** The client for the Region of a key. */
  client(arn) {
    return this.#clientOf(regionOf(arn));
  }

  /** @returns {Promise<{ arn: string, spec: string, publicKey: string }>} `publicKey`: the name of a PEM file */
  async createKey(spec, { multiRegion = false } = {}) {
    const { KeyMetadata } = await this.#clientOf(this.#emulator.region).send(
      new CreateKeyCommand({
        KeySpec: spec,
        KeyUsage: "ENCRYPT_DECRYPT",
        MultiRegion: multiRegion,
      }),
    );
    const arn = KeyMetadata.Arn;
    const { PublicKey } = await this.client(arn).send(new GetPublicKeyCommand({ KeyId: arn }));
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
    const publicKey = join(this.#folder, `${KeyMetadata.KeyId}.pem`);
    await writeFile(publicKey, key.export({ format: "pem", type: "spki" }));
    return { arn, spec, publicKey };
  }

  /** The same key in another Region. */
  async replicate(key, region) {
    const { ReplicaKeyMetadata } = await this.client(key.arn).send(
      new ReplicateKeyCommand({ KeyId: key.arn, ReplicaRegion: region }),
    );
    return { ...key, arn: ReplicaKeyMetadata.Arn };
  }

  /** KMS Decrypt with base64 in place of bytes, as JSON carries it; a refusal is a value: the exception's name. */
  async decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm }) {
    const request = {
      KeyId,
      EncryptionAlgorithm,
      CiphertextBlob: Buffer.from(CiphertextBlob, "base64"),
    };
    try {
      const answer = await this.client(KeyId).send(new DecryptCommand(request));
      return { KeyId: answer.KeyId, Plaintext: Buffer.from(answer.Plaintext).toString("base64") };
    } catch (error) {
      return { error: error.name };
    }
  }

  close() {
    for (const client of this.#clients.values()) client.destroy();
  }

  #clientOf(region) {
    let client = this.#clients.get(region);
    if (client === undefined) {
      const { endpoint, credentials } = this.#emulator;
      client = new KMSClient({ region, endpoint, credentials });
      this.#clients.set(region, client);
    }
    return client;
  }
}
