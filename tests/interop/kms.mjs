// The KMS of the tests: keys in an emulator, and the calls that opening and, under symmetric keys, sealing needs.

import {
  constants,
  createCipheriv,
  createPrivateKey,
  createPublicKey,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateKeyCommand,
  DecryptCommand,
  GenerateDataKeyCommand,
  GetParametersForImportCommand,
  GetPublicKeyCommand,
  ImportKeyMaterialCommand,
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
    return { arn, spec, publicKey: await this.#exportPublicKey(arn) };
  }

  /**
   * A key in KMS that is also in a file, for software that wants the private half itself.
   * @param privateKey the name of a PEM file
   */
  async importKey(spec, privateKey) {
    const client = this.#clientOf(this.#emulator.region);
    const { KeyMetadata } = await client.send(
      new CreateKeyCommand({ KeySpec: spec, KeyUsage: "ENCRYPT_DECRYPT", Origin: "EXTERNAL" }),
    );
    const arn = KeyMetadata.Arn;
    const how = { WrappingAlgorithm: "RSA_AES_KEY_WRAP_SHA_256", WrappingKeySpec: "RSA_2048" };
    const { PublicKey, ImportToken } = await client.send(
      new GetParametersForImportCommand({ KeyId: arn, ...how }),
    );
    await client.send(
      new ImportKeyMaterialCommand({
        KeyId: arn,
        ImportToken,
        EncryptedKeyMaterial: wrapForImport(await readFile(privateKey), PublicKey),
        ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
      }),
    );
    return { arn, spec, publicKey: await this.#exportPublicKey(arn), privateKey };
  }

  /** A symmetric key's ARN. */
  async createSymmetricKey() {
    const { KeyMetadata } = await this.#clientOf(this.#emulator.region).send(
      new CreateKeyCommand({}),
    );
    return KeyMetadata.Arn;
  }

  async #exportPublicKey(arn) {
    const { PublicKey } = await this.client(arn).send(new GetPublicKeyCommand({ KeyId: arn }));
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
    const file = join(this.#folder, `${arn.split("/").at(-1)}.pem`);
    await writeFile(file, key.export({ format: "pem", type: "spki" }));
    return file;
  }

  /** The same key in another Region. */
  async replicate(key, region) {
    const { ReplicaKeyMetadata } = await this.client(key.arn).send(
      new ReplicateKeyCommand({ KeyId: key.arn, ReplicaRegion: region }),
    );
    return { ...key, arn: ReplicaKeyMetadata.Arn };
  }

  /**
   * KMS with base64 in place of bytes, as JSON carries it: GenerateDataKey for a request with a KeySpec, otherwise Decrypt.
   * A refusal is a value: the exception's name.
   */
  async ask({ CiphertextBlob, ...request }) {
    const command =
      request.KeySpec === undefined
        ? new DecryptCommand({ ...request, CiphertextBlob: Buffer.from(CiphertextBlob, "base64") })
        : new GenerateDataKeyCommand(request);
    try {
      const answer = await this.client(request.KeyId).send(command);
      return {
        KeyId: answer.KeyId,
        Plaintext: base64(answer.Plaintext),
        CiphertextBlob: base64(answer.CiphertextBlob),
      };
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

const base64 = (bytes) => bytes && Buffer.from(bytes).toString("base64");

/** RSA_AES_KEY_WRAP_SHA_256: an AES key under the wrapping key, and what is imported under the AES key (RFC 5649). */
function wrapForImport(pem, wrappingKey) {
  const aesKey = randomBytes(32);
  const key = createPublicKey({ key: Buffer.from(wrappingKey), format: "der", type: "spki" });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const wrap = createCipheriv("id-aes256-wrap-pad", aesKey, Buffer.from("A65959A6", "hex"));
  return Buffer.concat([
    publicEncrypt({ key, padding, oaepHash: "sha256" }, aesKey),
    wrap.update(createPrivateKey(pem).export({ format: "der", type: "pkcs8" })),
    wrap.final(),
  ]);
}
