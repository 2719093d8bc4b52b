// What every test file starts: an emulated KMS with keys, and the programs that write and read messages.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "./emulator.mjs";
import { goJudge, javaJudge, pythonJudge } from "./judges.mjs";
import { TestKms } from "./kms.mjs";
import { chromiumPage } from "./ours/chromium.mjs";
import { commandLine } from "./ours/cli.mjs";
import { nativeCrate } from "./ours/native.mjs";
import { nodePackage } from "./ours/node.mjs";

/** Starts everything; `close` stops it and takes the files away. */
export async function setUp() {
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
    const emulator = await startEmulator();
    closers.push(emulator.stop);
    const kms = started(new TestKms(emulator, folder));
    const judges = [
      started(pythonJudge(emulator)),
      started(await javaJudge(emulator)),
      started(await goJudge(emulator)),
    ];
    const ours = [
      started(nodePackage(kms)),
      started(await chromiumPage(folder, kms)),
      started(commandLine(emulator)),
      started(nativeCrate(kms)),
    ];
    return { emulator, folder, kms, judges, ours, close };
  } catch (error) {
    await close();
    throw error;
  }
}
