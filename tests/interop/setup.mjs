// Starts what the test files need: an emulated KMS and S3 with keys, and the programs that write and read.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "./emulator.mjs";
import { goJudge, javaJudge, pythonJudge } from "./judges.mjs";
import { TestKms } from "./kms.mjs";
import { javaClients, pythonClient, rubyClient } from "./objects/judges.mjs";
import { ObjectStore } from "./objects/store.mjs";
import { chromiumPage } from "./ours/chromium.mjs";
import { commandLine } from "./ours/cli.mjs";
import { nativeCrate } from "./ours/native.mjs";
import { nodePackage } from "./ours/node.mjs";

/**
 * Everything for messages and secrets; `close` stops it and takes the files away.
 * @param {{ services?: string[] }} [options]
 */
export function setUp({ services } = {}) {
  return starting(async ({ folder, started }) => {
    const { emulator, kms } = await startAws({ folder, started, services });
    const judges = [
      started(pythonJudge(emulator)),
      started(await javaJudge(emulator)),
      started(await goJudge(emulator)),
    ];
    return { emulator, kms, judges, ours: await startOurs({ emulator, kms, folder, started }) };
  });
}

/** Everything for objects. */
export function setUpObjects() {
  return starting(async ({ folder, started }) => {
    const { emulator, kms, store } = await startAws({ folder, started, bucket: "objects" });
    const judges = [
      started(pythonClient(emulator, store.bucket)),
      ...(await javaClients(emulator, store.bucket)).map(started),
      started(await rubyClient(emulator, store.bucket)),
    ];
    const ours = await startOurs({ emulator, kms, folder, started });
    return { emulator, kms, store, judges, ours };
  });
}

/** KMS and S3 without any program. */
export function setUpAws(bucket) {
  return starting(({ folder, started }) => startAws({ folder, started, bucket }));
}

async function startAws({ folder, started, bucket, services = bucket ? ["kms", "s3"] : ["kms"] }) {
  const emulator = await startEmulator({ services });
  started({ close: emulator.stop });
  const kms = started(new TestKms(emulator, folder));
  const store = bucket && started(await ObjectStore.create(emulator, bucket));
  return { emulator, kms, store };
}

async function startOurs({ emulator, kms, folder, started }) {
  return [
    started(nodePackage(kms)),
    started(await chromiumPage(folder, kms)),
    started(commandLine(emulator)),
    started(nativeCrate(kms)),
  ];
}

async function starting(start) {
  const closers = [];
  const close = async () => {
    while (closers.length > 0) await closers.pop()();
  };
  const started = (program) => {
    closers.push(async () => program.close?.());
    return program;
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), "bongtu-interop-"));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    return { folder, close, ...(await start({ folder, started })) };
  } catch (error) {
    await close();
    throw error;
  }
}
