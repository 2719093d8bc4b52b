// Speed beside the speed of the platform's own AES-GCM in the same run, since a machine's mood is no result: a
// task, what it is compared with, and what of it is the platform's own take turns, and a ratio is the median of the
// ratios of the rounds.

import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { comparisonsOf } from "./comparisons.mjs";
import { startChromium, startNode } from "./engines.mjs";
import { printTable } from "./table.mjs";

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZES = [KIB, 64 * KIB, 64 * MIB, 256 * MIB];
const ENGINES = { node: startNode, chromium: startChromium };

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    engine: { type: "string", multiple: true, default: Object.keys(ENGINES) },
  },
});

const rows = [];
for (const engine of options.engine) rows.push(...(await benchEngine(engine, ENGINES[engine])));

// If other programs compute at the same time, ratios are noise.
const machine = { load: loadavg()[1], cores: availableParallelism() };

if (options.json) console.log(JSON.stringify({ rows, machine }, null, 2));
else printTable(rows, machine);

async function benchEngine(engine, start) {
  const rows = [];
  const running = await start();
  try {
    for (const size of SIZES) {
      const { names, measure } = await running.prepare(size);
      const comparisons = comparisonsOf(engine, size, names);
      const times = await runRounds(comparisons, measure, Number(options.rounds));
      for (const [index, { task, against, bare, floor }] of comparisons.entries()) {
        const [own, other, bareOwn] = [0, 1, 2].map((side) => times[index].map((row) => row[side]));
        rows.push({
          engine,
          size,
          task,
          megabytesPerSecond: speed(size, own),
          against,
          againstMegabytesPerSecond: speed(size, other),
          ratio: ratio(other, own),
          bareRatio: bare && ratio(other, bareOwn),
          floor,
        });
      }
    }
  } finally {
    await running.stop();
  }
  return rows;
}

/** The milliseconds of all tasks of every comparison, in every round. The first round does not count. */
async function runRounds(comparisons, measure, rounds) {
  const times = comparisons.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { task, against, bare }] of comparisons.entries()) {
      const row = [await measure(task), await measure(against)];
      if (bare) row.push(await measure(bare));
      if (round > 0) times[index].push(row);
    }
  }
  return times;
}

/** How many times faster than `one` the `other` is. */
function ratio(one, other) {
  return median(one.map((time, round) => time / other[round]));
}

function speed(size, times) {
  return size / 1000 / median(times);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
