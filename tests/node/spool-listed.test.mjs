// Whoever lists looks whether spools without a record are somebody's, and must not be in the way of those who they are.

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { sealBlob, spool, spooled } from "bongtu";
import { bytes, fixture } from "../suite/support.mjs";

const LISTING = fileURLToPath(new URL("../support/list-process.mjs", import.meta.url));

test("spooled and deleted while another process lists over and over", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "bongtu-spool-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const lister = fork(LISTING, [folder]);
  t.after(() => lister.kill());
  const ended = once(lister, "exit");
  await once(lister, "message");
  const sealed = await sealBlob((await fixture()).keyring, bytes(1000));
  for (let round = 0; round < 200; round++) {
    const kept = await spool(sealed, { name: "spool", folder });
    await kept.delete();
  }
  sealed.dispose();
  lister.disconnect();
  assert.deepEqual(await ended, [0, null]);
  assert.deepEqual(await spooled.list({ folder }), []);
});
