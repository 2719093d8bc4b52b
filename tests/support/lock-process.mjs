// One of several processes that want the same locks at the same moments:
//
//   node lock-process.mjs FOLDER ROUNDS SEED START
//
// Round N is about `N.lock` and begins N periods after START. The seed decides how late this process is, and for how
// long it keeps what it gets. Prints how often it got a lock, and how often another was inside of it then.

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lockFile } from "../../pkg/js/s3/spool/lock-file.js";

const PERIOD_MS = 25;

const [folder, ...numbers] = process.argv.slice(2);
const [rounds, seed, start] = numbers.map(Number);
let state = seed;
let got = 0;
let crowded = 0;

for (let round = 0; round < rounds; round++) {
  const late = random() < 0.5 ? 0 : random() * 3;
  const keep = random() * 4;
  const at = start + round * PERIOD_MS + late;
  await sleep(Math.max(0, at - Date.now() - 3));
  while (Date.now() < at); // a timer would not be on time
  const release = await lockFile(join(folder, `${round}.lock`));
  if (release === undefined) continue;
  got += 1;
  const inside = join(folder, `${round}.inside`);
  try {
    await writeFile(inside, "", { flag: "wx" });
  } catch {
    crowded += 1;
  }
  await sleep(keep);
  await rm(inside, { force: true });
  await release();
}
console.log(`${got} ${crowded}`);

/** A number from 0 to 1, the same for the same seed. */
function random() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
