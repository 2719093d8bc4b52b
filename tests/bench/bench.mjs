// Speed beside the speed of the platform's own AES-GCM in the same run, since a machine's mood is no result:
// tasks take turns, and the ratio is the median of the ratios of the rounds.

import { parseArgs } from "node:util";
import { downloadSize } from "../support/bundle.mjs";
import { comparisonsOf } from "./comparisons.mjs";
import { startChromium, startNode } from "./engines.mjs";
import { printTable } from "./table.mjs";

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZES = [KIB, 64 * KIB, 64 * MIB, 256 * MIB];
const ENGINES = { node: startNode, chromium: startChromium };
const DOWNLOAD_FLOOR = 90_000;

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    engine: { type: "string", multiple: true, default: Object.keys(ENGINES) },
  },
});

const rows = [];
for (const engine of options.engine) rows.push(...(await benchEngine(engine, ENGINES[engine])));
const download = { bytes: await downloadSize(process.cwd()), floor: DOWNLOAD_FLOOR };

if (options.json) console.log(JSON.stringify({ rows, download }, null, 2));
else printTable(rows, download);

async function benchEngine(engine, start) {
  const rows = [];
  const running = await start();
  try {
    for (const size of SIZES) {
      const times = await runRounds(await running.prepare(size), Number(options.rounds));
      for (const [task, against, floor] of comparisonsOf(engine, size, Object.keys(times))) {
        rows.push({
          engine,
          size,
          task,
          megabytesPerSecond: speed(size, times[task]),
          against,
          againstMegabytesPerSecond: speed(size, times[against]),
          ratio: median(times[task].map((time, round) => times[against][round] / time)),
          floor,
        });
      }
    }
  } finally {
    await running.stop();
  }
  return rows;
}

/** Milliseconds of every round, by task. The first round warms up and does not count. */
async function runRounds({ names, measure }, rounds) {
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const time = await measure(name);
      if (round > 0) times[name].push(time);
    }
  }
  return times;
}

function speed(size, times) {
  return size / 1000 / median(times);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
