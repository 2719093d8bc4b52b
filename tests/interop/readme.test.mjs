// The README's own example, word for word: sealed as it says, opened as it says, through KMS.

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

const emulator = await startEmulator();
after(async () => {
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
});

test("the README's examples run", async () => {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);

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
    parts: [1, 2],
    sameObject: true,
  });
  assert.equal(blocks.length, 3, "every example is run");
});

const MAIN = `
  import { readFile } from "node:fs/promises";
  import { KMSClient } from "@aws-sdk/client-kms";
  import { Keyring, KmsPublicKey, openObject } from "bongtu";
  import { kms } from "bongtu/aws";
  import { sealFile } from "./sealFile.mjs";
  import { openSealed } from "./openSealed.mjs";
  import { uploadParts } from "./uploadParts.mjs";

  const json = await readFile("key.json", "utf8");
  const { keyArn, spkiSha256 } = KmsPublicKey.parse(json);
  const sealed = await sealFile(new Blob(["hello"]), json, spkiSha256);
  const { plaintext, encryptionContext } = await openSealed(sealed, keyArn);
  const text = new TextDecoder().decode(plaintext);

  const file = new Uint8Array(9 * 1024 * 1024).fill(7);
  const parts = new Map();
  let metadata;
  await uploadParts(new Blob([file]), json, keyArn, async (number, bytes, headers) => {
    parts.set(number, bytes);
    metadata = headers;
  });
  const keyring = Keyring.kmsRsa({ keyArn, kms: kms(new KMSClient({})) });
  const opened = await openObject(keyring, { metadata, body: new Blob([...parts.values()]) });
  const found = Buffer.from(await new Response(opened.plaintext).arrayBuffer());
  const sameObject = found.equals(file);

  console.log(JSON.stringify({ text, encryptionContext, parts: [...parts.keys()], sameObject }));
`;

/** As `aws kms get-public-key` prints it. */
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
