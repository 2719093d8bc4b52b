// What the tests of the command line share: a way to run it, keys, and a scratch directory.
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BONGTU = join(ROOT, "pkg/bin/bongtu.mjs");
export const ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** Runs `bongtu …args`; `stdin` is what it reads there, nothing by default. */
export async function bongtu(args, { stdin = "", ...options } = {}) {
  const child = start(args, options);
  child.stdin.end(stdin);
  const [stdout, stderr, status] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    new Promise((resolve) => child.on("close", resolve)),
  ]);
  return { status, stdout, stderr: stderr.toString() };
}

export function start(args, { cwd, env = {}, launcher = BONGTU } = {}) {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd,
    env: { ...process.env, ...env },
  });
  child.stdin.on("error", () => {}); // it may end without having read everything
  return child;
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A directory that goes away with the test file. */
export function scratch() {
  const path = mkdtempSync(join(tmpdir(), "bongtu-cli-"));
  after(() => rmSync(path, { recursive: true }));
  return {
    path: (...names) => join(path, ...names),
    write(name, bytes) {
      writeFileSync(join(path, name), bytes);
      return join(path, name);
    },
  };
}

/** An RSA key pair as files: `NAME.pub` (SPKI PEM) and `NAME.pem` (PKCS#8 PEM). */
export function keyFiles(directory, name, modulusLength = 2048) {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength });
  return {
    publicKey,
    privateKey,
    pub: directory.write(`${name}.pub`, publicKey.export({ type: "spki", format: "pem" })),
    pem: directory.write(`${name}.pem`, privateKey.export({ type: "pkcs8", format: "pem" })),
  };
}

/** Bytes that are alike in no two places, the same on every run. */
export function sample(length) {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

const VECTORS = join(ROOT, "../shared/vectors");

/** A file of the shared vectors; `undefined` where they are absent. */
export function vector(...names) {
  const path = join(VECTORS, ...names);
  return existsSync(path) ? { path, read: () => readFileSync(path) } : undefined;
}

export const withoutVectors = existsSync(VECTORS)
  ? false
  : "../shared/vectors is not there: official samples were not opened";
