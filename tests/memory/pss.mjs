// Memory of a tree of processes, counted once: the proportional set size (PSS) of Linux, summed.

import { readdirSync, readFileSync } from "node:fs";

const INTERVAL_MS = 25;

/** Samples the processes below `root` (not itself) until `stop()`, which returns the peak in bytes. */
export function watchPss(root) {
  let peak = 0;
  const sample = () => {
    peak = Math.max(
      peak,
      descendants(root).reduce((sum, pid) => sum + pssOf(pid), 0),
    );
  };
  const timer = setInterval(sample, INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return peak;
    },
  };
}

/** Their numbers. */
export function descendants(root) {
  const children = new Map();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = parentOf(entry);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const found = [];
  const queue = [root];
  while (queue.length > 0) {
    const next = children.get(queue.pop()) ?? [];
    found.push(...next);
    queue.push(...next);
  }
  return found;
}

function parentOf(pid) {
  // "pid (any name) state ppid …"
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function pssOf(pid) {
  const kib = /^Pss:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(kib ?? 0) * 1024;
}

// A process may end between being listed and being read.
function readOrEmpty(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
