// Wycheproof's RSA-OAEP sets through the unwrap behind `--private-key`: it does what KMS does, and no more.
import assert from "node:assert/strict";
import { generateKeyPairSync, publicEncrypt } from "node:crypto";
import { describe, test } from "node:test";
import { localKms, readPrivateKey } from "../../pkg/js/cli/keys/private-key.js";
import { ARN, published, scratch, withoutPublished } from "./support.mjs";

/** The numbers of vectors of each set that open, that are refused, and whose key size KMS does not have. */
const SETS = {
  rsa_oaep_2048_sha1_mgf1sha1: { opened: 10, refused: 26, keyRefused: 0 },
  rsa_oaep_2048_sha256_mgf1sha1: { opened: 0, refused: 31, keyRefused: 0 },
  rsa_oaep_2048_sha256_mgf1sha256: { opened: 10, refused: 27, keyRefused: 0 },
  rsa_oaep_3072_sha256_mgf1sha256: { opened: 10, refused: 27, keyRefused: 0 },
  rsa_oaep_4096_sha256_mgf1sha256: { opened: 10, refused: 27, keyRefused: 0 },
  rsa_three_primes_oaep_2048_sha1_mgf1sha1: { opened: 10, refused: 26, keyRefused: 0 },
  rsa_oaep_misc: { opened: 18, refused: 192, keyRefused: 185 },
};
const ALGORITHMS = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"];
/** The algorithms that KMS could have sealed with, by the OAEP hash and the MGF1 hash. */
const ALGORITHM_OF = { "SHA-1/SHA-1": ALGORITHMS[0], "SHA-256/SHA-256": ALGORITHMS[1] };

const directory = scratch();

describe("Wycheproof", () => {
  for (const [set, expected] of Object.entries(SETS)) {
    test(set, { skip: withoutPublished }, async () => {
      const { testGroups } = JSON.parse(published("wycheproof", `${set}_test.json`));
      const counts = { opened: 0, refused: 0, keyRefused: 0 };
      for (const group of testGroups) {
        const file = directory.write("key.pem", group.privateKeyPem);
        if (!["2048", "3072", "4096"].includes(`${group.keySize}`)) {
          await assert.rejects(readPrivateKey(file), { code: "ERR_KEY_SIZE" });
          counts.keyRefused += group.tests.length;
          continue;
        }
        const kms = localKms(await readPrivateKey(file));
        for (const vector of group.tests) {
          counts[await behave(kms, group, vector)] += 1;
        }
      }
      assert.deepEqual(counts, expected);
    });
  }
});

/** Every vector under both algorithms: at most the one that fits may open it. */
async function behave(kms, { sha, mgfSha }, { tcId, ct, msg, label, result }) {
  const fitting = result === "valid" && label === "" ? ALGORITHM_OF[`${sha}/${mgfSha}`] : undefined;
  for (const EncryptionAlgorithm of ALGORITHMS) {
    const request = { KeyId: ARN, CiphertextBlob: Buffer.from(ct, "hex"), EncryptionAlgorithm };
    if (EncryptionAlgorithm === fitting) {
      const { KeyId, Plaintext } = await kms.decrypt(request);
      assert.equal(KeyId, ARN);
      assert.equal(Buffer.from(Plaintext).toString("hex"), msg, `test ${tcId}`);
    } else {
      await assert.rejects(
        kms.decrypt(request),
        { name: "InvalidCiphertextException" },
        `test ${tcId}`,
      );
    }
  }
  return fitting === undefined ? "refused" : "opened";
}

test("only RSA keys", async () => {
  for (const [type, options] of [
    ["ec", { namedCurve: "P-256" }],
    ["rsa-pss", { modulusLength: 2048 }],
  ]) {
    const { privateKey } = generateKeyPairSync(type, options);
    const file = directory.write("other.pem", privateKey.export({ type: "pkcs8", format: "pem" }));
    await assert.rejects(readPrivateKey(file), { code: "ERR_KEY_TYPE" });
  }
});

test("only the two algorithms of KMS, and only whole blocks", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const kms = localKms(privateKey);
  const CiphertextBlob = publicEncrypt({ key: publicKey, oaepHash: "sha512" }, Buffer.from("x"));
  for (const EncryptionAlgorithm of [...ALGORITHMS, "RSAES_OAEP_SHA_512", "SYMMETRIC_DEFAULT"]) {
    const request = { KeyId: ARN, CiphertextBlob, EncryptionAlgorithm };
    await assert.rejects(kms.decrypt(request), { name: "InvalidCiphertextException" });
  }
  const whole = publicEncrypt({ key: publicKey, oaepHash: "sha256" }, Buffer.from("x"));
  for (const blob of [whole.subarray(1), Buffer.concat([Buffer.of(0), whole]), Buffer.alloc(0)]) {
    const request = { KeyId: ARN, CiphertextBlob: blob, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" };
    await assert.rejects(kms.decrypt(request), { name: "InvalidCiphertextException" });
  }
});
