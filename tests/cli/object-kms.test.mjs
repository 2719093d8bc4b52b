// Objects through KMS: what it is asked, for either kind of key.
import assert from "node:assert/strict";
import { constants, privateDecrypt, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";
import { Keyring, sealObject } from "bongtu";
import { CREDENTIALS, loopbackKms } from "./loopback-kms.mjs";
import { ARN, bongtu, keyFiles, scratch } from "./support.mjs";

const directory = scratch();

/** Opens an object with the options of a key, to a file and to standard output. */
async function opens(options, { metadata, body }, plaintext) {
  const file = directory.write("metadata.json", JSON.stringify(metadata));
  const out = directory.path("plaintext");
  const args = ["object", "open", ...options, "--metadata", file];
  const results = [
    await bongtu([...args, "-o", out, directory.write("body", body)], { env: CREDENTIALS }),
    await bongtu(args, { stdin: body, env: CREDENTIALS }),
  ];
  for (const { status, stderr } of results) {
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  }
  assert.ok(readFileSync(out).equals(plaintext));
  assert.ok(results[1].stdout.equals(plaintext));
}

describe("through KMS", () => {
  const key = keyFiles(directory, "key");
  let kms;
  before(async () => {
    kms = await loopbackKms();
  });
  after(() => kms.close());
  beforeEach(() => {
    kms.requests = [];
  });
  const options = () => ["--kms", ARN, "--endpoint-url", kms.endpoint];

  test("sealed to an RSA key: Decrypt with SHA-1", async () => {
    const metadata = directory.path("rsa.json");
    const seal = ["object", "seal", "-k", key.pub, "--key-arn", ARN, "--metadata", metadata];
    const { stdout: body } = await bongtu(seal, { stdin: "through KMS" });
    kms.respond = ({ KeyId, CiphertextBlob, EncryptionAlgorithm }) => {
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      const how = { key: key.privateKey, padding, oaepHash: "sha1" };
      const Plaintext = privateDecrypt(how, Buffer.from(CiphertextBlob, "base64"));
      return { KeyId, Plaintext: Plaintext.toString("base64"), EncryptionAlgorithm };
    };
    const object = { metadata: JSON.parse(readFileSync(metadata)), body };
    await opens(options(), object, Buffer.from("through KMS"));
    assert.equal(kms.requests.length, 2);
    const [{ target, region, body: request }] = kms.requests;
    assert.deepEqual([target, region], ["TrentService.Decrypt", "eu-west-1"]);
    assert.equal(request.EncryptionAlgorithm, "RSAES_OAEP_SHA_1");
    assert.equal(request.KeyId, ARN);
  });

  test("sealed with a symmetric key: Decrypt with its context", async () => {
    const dataKey = randomBytes(32);
    const keyring = Keyring.kms({
      keyArn: ARN,
      kms: {
        decrypt: () => assert.fail("nothing is opened here"),
        generateDataKey: async ({ KeyId }) => ({
          KeyId,
          Plaintext: Uint8Array.from(dataKey),
          CiphertextBlob: Uint8Array.from(Buffer.from("wrapped by KMS")),
        }),
      },
    });
    const materialDescription = { team: "blue" };
    const text = Buffer.from("kms+context");
    const sealed = await sealObject(keyring, text, { materialDescription });
    const body = Buffer.from(await sealed.arrayBuffer());
    kms.respond = ({ KeyId }) => ({ KeyId, Plaintext: dataKey.toString("base64") });
    await opens(options(), { metadata: sealed.metadata, body }, text);
    const [{ body: request }] = kms.requests;
    assert.deepEqual(request.EncryptionContext, { team: "blue", "aws:x-amz-cek-alg": "115" });
    assert.equal("EncryptionAlgorithm" in request, false);

    const file = directory.write("symmetric.json", JSON.stringify(sealed.metadata));
    const { stdout } = await bongtu(["object", "inspect", file]);
    assert.match(`${stdout}`, /kms\+context, 14 bytes/);
    assert.match(
      `${stdout}`,
      /\nencryption context \(unverified: KMS checks it [^\n]+\n.*team = blue/s,
    );
    const local = ["object", "open", "--private-key", key.pem, "--metadata", file];
    const { stderr } = await bongtu(local, { stdin: body });
    assert.match(stderr, /^bongtu: ERR_NO_MATCHING_KEY: .*symmetric KMS key \(kms\+context\)/);
  });
});
