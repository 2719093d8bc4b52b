// `bongtu key` in every form that KMS exports a key, and what it refuses.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import { describe, test } from "node:test";
import { ARN, bongtu, keyFiles, scratch } from "./support.mjs";

const directory = scratch();
const { publicKey, privateKey } = keyFiles(directory, "key");
const der = publicKey.export({ type: "spki", format: "der" });
const fingerprint = createHash("sha256").update(der).digest("hex");

function response(changes = {}) {
  return JSON.stringify({
    KeyId: ARN,
    PublicKey: der.toString("base64"),
    KeySpec: "RSA_2048",
    KeyUsage: "ENCRYPT_DECRYPT",
    EncryptionAlgorithms: ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"],
    ...changes,
  });
}

const withoutArn = `key spec       RSA_2048
key ARN        not in this file
SPKI SHA-256   ${fingerprint}
direct limits  RSAES_OAEP_SHA_256  190 bytes
               RSAES_OAEP_SHA_1    214 bytes
`;
const withArn = withoutArn.replace("not in this file", ARN);

for (const [form, bytes, expected] of [
  ["PEM", publicKey.export({ type: "spki", format: "pem" }), withoutArn],
  ["DER", der, withoutArn],
  ["base64", der.toString("base64"), withoutArn],
  ["base64 and a newline", `${der.toString("base64")}\n`, withoutArn],
  ["a GetPublicKey response", response(), withArn],
  [
    "one that Windows PowerShell redirected",
    Buffer.from(`\ufeff${response()}\r\n`, "utf16le"),
    withArn,
  ],
  ["one with a byte order mark", `\ufeff${response()}`, withArn],
  ["PKCS#1", publicKey.export({ type: "pkcs1", format: "pem" }), withoutArn],
  ["a JWK", JSON.stringify(publicKey.export({ format: "jwk" })), withoutArn],
  ["an indented response", `${JSON.stringify(JSON.parse(response()), undefined, 4)}\n`, withArn],
]) {
  test(`${form}, as a file and on standard input`, async () => {
    const fromFile = await bongtu(["key", directory.write("form", bytes)]);
    assert.deepEqual(
      { ...fromFile, stdout: `${fromFile.stdout}` },
      { status: 0, stdout: expected, stderr: "" },
    );
    const fromPipe = await bongtu(["key", "-"], { stdin: bytes });
    assert.equal(`${fromPipe.stdout}`, expected);
  });
}

for (const [bits, sha256, sha1] of [
  [3072, 318, 342],
  [4096, 446, 470],
]) {
  test(`RSA_${bits}`, async () => {
    const { pub } = keyFiles(directory, `rsa-${bits}`, bits);
    const { stdout } = await bongtu(["key", pub]);
    assert.match(`${stdout}`, new RegExp(`^key spec +RSA_${bits}$`, "m"));
    assert.match(`${stdout}`, new RegExp(`RSAES_OAEP_SHA_256 +${sha256} bytes$`, "m"));
    assert.match(`${stdout}`, new RegExp(`RSAES_OAEP_SHA_1 +${sha1} bytes$`, "m"));
  });
}

test("an algorithm that the response does not offer", async () => {
  const only = response({ EncryptionAlgorithms: ["RSAES_OAEP_SHA_256"] });
  const { stdout } = await bongtu(["key", "-"], { stdin: only });
  assert.match(`${stdout}`, /RSAES_OAEP_SHA_1 +not offered by this key$/m);
});

describe("refused", () => {
  const pem = (key) => key.export({ type: "spki", format: "pem" });
  for (const [what, code, bytes] of [
    ["nothing", "ERR_PUBLIC_KEY", ""],
    ["text", "ERR_PUBLIC_KEY", "ssh-rsa AAAAB3NzaC1yc2E me@here"],
    ["JSON of something else", "ERR_PUBLIC_KEY", "{}"],
    ["half of a JSON", "ERR_PUBLIC_KEY", response().slice(0, 100)],
    ["DER with a byte too many", "ERR_PUBLIC_KEY", Buffer.concat([der, Buffer.of(0)])],
    ["a private key", "ERR_PRIVATE_KEY", privateKey.export({ type: "pkcs8", format: "pem" })],
    ["a key pair of KMS", "ERR_PRIVATE_KEY", response({ PrivateKeyPlaintext: "AQID" })],
    ["parameters for an import", "ERR_PUBLIC_KEY", response({ ImportToken: "AQID" })],
    ["a response that lost its usage", "ERR_KEY_USAGE", response({ KeyUsage: undefined })],
    ["YAML", "ERR_PUBLIC_KEY", `KeyId: ${ARN}\nPublicKey: ${der.toString("base64")}\n`],
    [
      "an ARN with a line break within",
      "ERR_KEY_ARN",
      response({ KeyId: ARN.replace("/", "/\n") }),
    ],
    ["a signing key", "ERR_KEY_USAGE", response({ KeyUsage: "SIGN_VERIFY" })],
    ["an alias as KeyId", "ERR_KEY_ARN", response({ KeyId: "alias/inbox" })],
    ["EC", "ERR_KEY_TYPE", pem(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey)],
    ["PSS", "ERR_KEY_TYPE", pem(generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey)],
    [
      "1024 bits",
      "ERR_KEY_SIZE",
      pem(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey),
    ],
    [
      "exponent 3",
      "ERR_KEY_EXPONENT",
      pem(generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }).publicKey),
    ],
  ]) {
    test(what, async () => {
      const { status, stdout, stderr } = await bongtu(["key", "-"], { stdin: bytes });
      assert.match(stderr, new RegExp(`^bongtu: ${code}: [^\\n]+\\n`));
      assert.equal(status, 1);
      assert.equal(stdout.length, 0);
    });
  }
});
