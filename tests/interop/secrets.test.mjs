// Small secrets: plain KMS and openssl open what we seal directly and we what they encrypt, the official SDKs open what we
// armour, the places that keep secrets give back what they were given, and the examples do what they say.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { GetPublicKeyCommand } from "@aws-sdk/client-kms";
import { Keyring, KmsPublicKey, openSecret, sealedSize, sealSecret } from "bongtu";
import { kms as awsKms } from "bongtu/aws";
import { plaintextFile } from "./cases.mjs";
import { toolsFolder } from "./emulator.mjs";
import { LineProgram } from "./lines.mjs";
import { setUp } from "./setup.mjs";

const run = promisify(execFile);
const EXAMPLES = new URL("../../examples/secrets/", import.meta.url);
const ALGORITHMS = { RSAES_OAEP_SHA_256: "sha256", RSAES_OAEP_SHA_1: "sha1" };

const { emulator, folder, kms, ours, judges, close } = await setUp({
  services: ["kms", "ssm", "secretsmanager", "lambda", "iam"],
});
const plainSdk = new LineProgram(
  join(toolsFolder, "venv-sdk/bin/python"),
  [fileURLToPath(new URL("stores.py", import.meta.url))],
  { env: emulator.env },
);
after(async () => {
  await plainSdk.close();
  await close();
});

/** RSA keys in KMS whose private halves are files, too. */
const keys = [];
for (const bits of [2048, 3072, 4096]) {
  const privateKey = join(folder, `private-${bits}.pem`);
  await run("openssl", ["genrsa", "-out", privateKey, String(bits)]);
  keys.push(await kms.importKey(`RSA_${bits}`, privateKey));
}
const cases = keys.flatMap((key) =>
  Object.keys(ALGORITHMS).map((algorithm) => ({ ...key, algorithm, context: {} })),
);
const few = cases.filter(({ spec }) => spec === "RSA_2048");
const context = { parameter: "/prod/db", 용도: "시험" };
// Text, since one of the writers is a page that was given some.
const secret = await textFile("pässwörd: 비밀 \u{1f511}");

for (const writer of ours) {
  test(`plain KMS and openssl open what ${writer.name} sealed directly`, {
    skip: writer.unavailable,
  }, async () => {
    for (const job of cases) {
      const value = await sealed(writer, { ...job, form: "direct" });
      const { value: opened } = await asking({ op: "decrypt", ...named(job), value });
      assert.equal(opened, await base64Of(secret));
      assert.deepEqual(await withOpenssl("decrypt", job, value), await readFile(secret));
    }
  });

  test(`the official SDKs open what ${writer.name} armoured`, {
    skip: writer.unavailable,
  }, async (t) => {
    for (const job of few) {
      const value = await sealed(writer, { ...job, form: "armoured", context });
      const message = join(folder, "message");
      await writeFile(message, Buffer.from(value, "base64"));
      for (const judge of judges) {
        await t.test(`${judge.name}, ${job.algorithm}`, { skip: judge.unavailable }, async () => {
          const out = join(folder, "judged");
          await rm(out, { force: true });
          await judge.open({ ...job, context, in: message, out });
          assert.deepEqual(await readFile(out), await readFile(secret));
        });
      }
    }
  });
}

for (const reader of ours) {
  test(`${reader.name} opens what plain KMS, openssl and the official SDKs made`, {
    skip: reader.unavailable,
  }, async () => {
    for (const job of reader.name === "command line" ? few : cases) {
      const plain = { ...named(job), value: await base64Of(secret) };
      const { value } = await asking({ op: "encrypt", ...plain });
      await opens(reader, job, value);
      const block = await withOpenssl("encrypt", job, plain.value);
      await opens(reader, job, block.toString("base64"));
    }
    const [job] = few;
    for (const judge of judges.filter(({ unavailable }) => unavailable === undefined)) {
      const out = join(folder, "judge.sealed");
      await judge.seal({ ...job, context, frameLength: 4096, in: secret, out });
      await opens(reader, { ...job, context }, await base64Of(out));
    }
  });

  for (const writer of ours) {
    const skip = reader.unavailable ?? writer.unavailable;
    test(`${reader.name} opens what ${writer.name} sealed`, { skip }, async () => {
      for (const form of ["armoured", "direct"]) {
        const job = { ...few[0], form, context: form === "armoured" ? context : {} };
        await opens(reader, job, await sealed(writer, job));
      }
    });
  }
}

test("a value that was made for a place is kept there, and one character more is too many", async () => {
  const [{ arn, publicKey }] = keys;
  const keyring = Keyring.kmsRsa({
    publicKey: await readFile(publicKey),
    keyArn: arn,
    kms: awsKms(kms.client(arn)),
  });
  for (const [op, target, capacity, tier] of [
    ["ssm", "ssm-standard", 4096, "Standard"],
    ["ssm", "ssm-advanced", 8192, "Advanced"],
    ["secrets-manager", "secrets-manager", 65_536],
    ["lambda", "lambda", 4084],
  ]) {
    const length = (capacity / 4) * 3 - sealedSize(keyring, 0);
    const longest = await readFile(await plaintextFile(folder, length));
    const value = await sealSecret(keyring, longest, { target });
    assert.equal(value.length, capacity);
    const kept = await asking({ op, name: `for-${target}`, value });
    assert.ok(kept.value === value, `${target} gave back something else`);
    assert.equal(kept.tier, tier);
    assert.deepEqual(Buffer.from(await openSecret(keyring, kept.value)), longest);
    const longer = Buffer.alloc(length + 1);
    await assert.rejects(sealSecret(keyring, longer, { target }), { code: "ERR_LIMIT" });
  }
  // A value that is refused for a standard parameter would have become an advanced one.
  const longer = Buffer.alloc((4096 / 4) * 3 - sealedSize(keyring, 0) + 1);
  const value = await sealSecret(keyring, longer);
  assert.equal((await asking({ op: "ssm", name: "longer", value })).tier, "Advanced");
});

test("the example for CI", async () => {
  const [{ arn }] = keys;
  const response = await kms.client(arn).send(new GetPublicKeyCommand({ KeyId: arn }));
  const { $metadata, ...members } = response;
  const PublicKey = Buffer.from(response.PublicKey).toString("base64");
  const keyFile = join(folder, "key.json");
  await writeFile(keyFile, JSON.stringify({ ...members, PublicKey }));
  const { spkiSha256 } = KmsPublicKey.parse(await readFile(keyFile));
  const script = fileURLToPath(new URL("ci.mjs", EXAMPLES));
  // There is not a single variable, and so there are no credentials.
  const child = spawn(process.execPath, [script, keyFile, spkiSha256, "/prod/db"], { env: {} });
  child.stdin.end("hunter2");
  const value = (await buffer(child.stdout)).toString();
  const kept = await asking({ op: "ssm", name: "/prod/db", value });
  const keyring = Keyring.kmsRsa({ keyArn: arn, kms: awsKms(kms.client(arn)) });
  const open = (parameter) => openSecret(keyring, kept.value, { encryptionContext: { parameter } });
  assert.equal(Buffer.from(await open("/prod/db")).toString(), "hunter2");
  await assert.rejects(open("/prod/mail"), { code: "ERR_CONTEXT_MISMATCH" });
});

test("the example for Lambda", async () => {
  const [{ arn, publicKey }] = keys;
  const keyring = Keyring.kmsRsa({ publicKey: await readFile(publicKey), keyArn: arn });
  const seal = (variable) =>
    sealSecret(keyring, "hunter2", { target: "lambda", encryptionContext: { variable } });
  const code = `
    import { handler } from ${JSON.stringify(new URL("lambda.mjs", EXAMPLES).href)};
    console.log(JSON.stringify(await handler()));
  `;
  const invoke = (variables) =>
    run(process.execPath, ["--input-type=module", "--eval", code], {
      env: { ...emulator.env, KEY_ARN: arn, ...variables },
    });
  const { stdout } = await invoke({ SEALED_TOKEN: await seal("SEALED_TOKEN") });
  assert.deepEqual(JSON.parse(stdout), { names: ["SEALED_TOKEN"], tokenLength: 7 });
  const exchanged = invoke({ SEALED_TOKEN: await seal("SEALED_OTHER") });
  await assert.rejects(exchanged, { stderr: /ERR_CONTEXT_MISMATCH/ });
});

test("the example for logs", async () => {
  const { createLogger, openField } = await import(new URL("log-field.mjs", EXAMPLES));
  const [{ arn, publicKey }] = keys;
  const sealing = Keyring.kmsRsa({ publicKey: await readFile(publicKey), keyArn: arn });
  const lines = [];
  const log = createLogger(sealing, ["email", "card"], (line) => lines.push(line));
  await log({ event: "paid", email: "a@example.com", card: { last4: "4242" } });
  const [line] = lines;
  assert.equal(JSON.parse(line).event, "paid");
  assert.ok(!line.includes("example.com") && !line.includes("4242") && !line.includes("\n"));
  const opening = Keyring.kmsRsa({ keyArn: arn, kms: awsKms(kms.client(arn)) });
  assert.equal(await openField(opening, line, "email"), "a@example.com");
  assert.deepEqual(await openField(opening, line, "card"), { last4: "4242" });
});

async function asking(command) {
  const answer = JSON.parse(await plainSdk.ask(JSON.stringify(command)));
  assert.equal(answer.error, undefined);
  return answer;
}

async function sealed(writer, job) {
  const out = join(folder, "value");
  await writer.sealSecret({ ...job, in: secret, out });
  return readFile(out, "utf8");
}

async function opens(reader, { arn, algorithm, context }, value) {
  const [input, out] = [join(folder, "given"), join(folder, "opened")];
  await writeFile(input, `${value}\n`);
  await rm(out, { force: true });
  await reader.openSecret({ arn, algorithm, context, in: input, out });
  assert.deepEqual(await readFile(out), await readFile(secret));
}

/** `openssl pkeyutl` over base64. */
async function withOpenssl(operation, { privateKey, publicKey, algorithm }, value) {
  const [input, out] = [join(folder, "openssl.in"), join(folder, "openssl.out")];
  await writeFile(input, Buffer.from(value, "base64"));
  const hash = ALGORITHMS[algorithm];
  const key = operation === "decrypt" ? ["-inkey", privateKey] : ["-pubin", "-inkey", publicKey];
  await run("openssl", [
    ...["pkeyutl", `-${operation}`, ...key, "-in", input, "-out", out],
    ...["-pkeyopt", "rsa_padding_mode:oaep"],
    ...["-pkeyopt", `rsa_oaep_md:${hash}`, "-pkeyopt", `rsa_mgf1_md:${hash}`],
  ]);
  return readFile(out);
}

function named({ arn, algorithm }) {
  return { arn, algorithm };
}

async function base64Of(file) {
  return readFile(file, "base64");
}

async function textFile(text) {
  const file = join(folder, "secret");
  await writeFile(file, text);
  return file;
}
