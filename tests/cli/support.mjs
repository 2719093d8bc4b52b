// Shared by the tests of the command line: a way to run it, keys, and a scratch directory.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
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

/** Options of a run that waits in the middle of its input, which has 3 MiB, until that is changed. */
export const UNTIL_CHANGED = {
  env: { NODE_OPTIONS: `--import=${new URL("until-changed.mjs", import.meta.url)}` },
};

/** A run to act upon; `ended` resolves when it is over. */
export function running(args, options) {
  const child = start(args, options);
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise((resolve) =>
    child.on("close", (status, signal) => resolve({ status, signal, stderr })),
  );
  return { child, ended };
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

/** Makes directories for outputs. */
export function boxes(directory) {
  let count = 0;
  /** A new one, empty or with files that must stay as they are. */
  return (kept = []) => {
    const name = `box-${count++}`;
    mkdirSync(directory.path(name));
    for (const file of kept) {
      directory.write(`${name}/${file}`, "as it was");
    }
    return {
      path: (file) => directory.path(name, file),
      unchanged() {
        assert.deepEqual(readdirSync(directory.path(name)).sort(), [...kept].sort());
        for (const file of kept) {
          assert.equal(readFileSync(directory.path(name, file), "utf8"), "as it was");
        }
      },
    };
  };
}

/** The temporary files that a run keeps beside its outputs until they are complete. */
export function temporaryFiles(path) {
  return readdirSync(path).filter((name) => name.startsWith(".bongtu-"));
}

/** Waits until a run has made so many of them. */
export async function untilTemporaryFiles(path, count = 1) {
  for (let wait = 0; temporaryFiles(path).length < count; wait += 1) {
    assert.ok(wait < 60_000, "no temporary files within a minute");
    await sleep(1);
  }
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

const PUBLISHED = join(ROOT, "../shared/vectors");

/** A file of what others published, which is kept beside the repository, not in it. */
export function published(...names) {
  return readFileSync(join(PUBLISHED, ...names));
}

/** Why tests that read it are skipped, or `false` where it is there. */
export const withoutPublished = existsSync(PUBLISHED) ? false : "needs ../shared/vectors";
