// The examples of README and docs/many.md, word for word: sealed as it says, opened as it says, through KMS.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CreateKeyCommand, GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { startEmulator } from "./emulator.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(ROOT, ".cache/readme"); // where node_modules is found

const emulator = await startEmulator({ services: ["kms", "s3"] });
after(async () => {
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
});

test("the examples run", async () => {
  const documents = ["README.md", "docs/many.md"].map((name) => readFile(join(ROOT, name), "utf8"));
  const text = (await Promise.all(documents)).join("\n");
  const blocks = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);

  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "key.json"), await exportedKey());
  for (const code of blocks) {
    const [, name] = code.match(/export async function (\w+)/);
    await writeFile(join(folder, `${name}.mjs`), code);
  }
  await writeFile(join(folder, "main.mjs"), MAIN);
  const { stdout } = await promisify(execFile)(process.execPath, ["main.mjs"], {
    cwd: folder,
    env: emulator.env,
  });
  assert.deepEqual(JSON.parse(stdout), {
    text: "hello",
    encryptionContext: { purpose: "upload" },
    sameObject: true,
    statuses: [200, 412, 403, 403],
    uploaded: "hello",
    password: "hunter2",
    many: ["hello", "hello"],
  });
  assert.equal(blocks.length, 7, "every example is run");
});

const MAIN = `
  import { readFile } from "node:fs/promises";
  import { KMSClient } from "@aws-sdk/client-kms";
  import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
  import { Keyring, KmsPublicKey, openObject } from "bongtu";
  import { kms } from "bongtu/aws";
  import { sealFile } from "./sealFile.mjs";
  import { openAll } from "./openAll.mjs";
  import { openSealed } from "./openSealed.mjs";
  import { uploadLarge } from "./uploadLarge.mjs";
  import { uploadSealed } from "./uploadSealed.mjs";
  import { signUpload } from "./signUpload.mjs";
  import { openParameter, sealParameter } from "./sealParameter.mjs";

  const json = await readFile("key.json", "utf8");
  const { keyArn, spkiSha256 } = KmsPublicKey.parse(json);
  const hello = new Blob(["hello"]);
  const textOf = async (sealed) => {
    const { plaintext, encryptionContext } = await openSealed(sealed, keyArn);
    return { text: new TextDecoder().decode(plaintext), encryptionContext };
  };
  const { text, encryptionContext } = await textOf(await sealFile(hello, json, spkiSha256));

  const s3 = new S3Client({ forcePathStyle: true });
  const Bucket = "readme";
  await s3.send(new CreateBucketCommand({ Bucket }));
  const stored = async (Key) => {
    const { Body, Metadata } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return { metadata: Metadata, body: await Body.transformToByteArray() };
  };

  const file = new Uint8Array(9 * 1024 * 1024).fill(7);
  const keyring = Keyring.kmsRsa({ publicKey: json, keyArn, kms: kms(new KMSClient({})) });
  await uploadLarge(s3, keyring, file, { Bucket, Key: "large" });
  const opened = await openObject(keyring, await stored("large"));
  const found = Buffer.from(await new Response(opened.plaintext).arrayBuffer());
  const sameObject = found.equals(file);

  const Key = "Book(2013)/it's a+b, year=2026/봉투.pdf";
  const sign = (headers) => signUpload(s3, process.env.AWS_ENDPOINT_URL + "/readme", Key, headers);
  const upload = (ask) => uploadSealed(hello, json, spkiSha256, ask);
  const changed = async (headers) => {
    const { url, fixed } = await sign(headers);
    return { url, fixed: { ...fixed, "content-disposition": "inline" } };
  };
  const answers = [
    await upload(sign),
    await upload(sign), // which would replace it
    await upload((headers) => sign({ ...headers, "content-length": "1" })),
    await upload(changed),
  ];
  const uploaded = (await textOf((await stored(Key)).body)).text;

  const value = await sealParameter(keyring, "hunter2", "db");
  const password = await openParameter(keyring, value, "db");

  const many = [];
  const sealed = await sealFile(hello, json, spkiSha256);
  await openAll([sealed, sealed], keyArn, (index, bytes) => {
    many[index] = new TextDecoder().decode(bytes);
  });

  const statuses = answers.map(({ status }) => status);
  const results = { text, encryptionContext, sameObject, statuses, uploaded, password, many };
  console.log(JSON.stringify(results));
`;

/** The key as `aws kms get-public-key` prints it. */
async function exportedKey() {
  const { endpoint, region, credentials } = emulator;
  const client = new KMSClient({ endpoint, region, credentials });
  const { KeyMetadata } = await client.send(
    new CreateKeyCommand({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" }),
  );
  const response = await client.send(new GetPublicKeyCommand({ KeyId: KeyMetadata.KeyId }));
  const { $metadata, ...members } = response;
  return JSON.stringify({
    ...members,
    PublicKey: Buffer.from(response.PublicKey).toString("base64"),
  });
}
