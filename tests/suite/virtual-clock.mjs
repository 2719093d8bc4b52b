// A clock that goes on when everybody waits: an hour of waiting takes a test a moment.

import { useClock } from "../../pkg/js/platform/platform.js";

/** Runs with such a clock, whose time `run` is given a function for; `random` is that of each wait. */
export async function withVirtualClock(run, random = () => 1) {
  const sleepers = [];
  let time = 0;
  let timer;
  const goOn = () => {
    sleepers.sort((one, other) => one.at - other.at);
    const next = sleepers.shift();
    if (next !== undefined) {
      time = Math.max(time, next.at);
      next.wake();
      timer = setTimeout(goOn);
    } else {
      timer = undefined;
    }
  };
  const sleep = (ms, signal) =>
    new Promise((resolve) => {
      sleepers.push({ at: time + ms, wake: resolve });
      signal?.addEventListener("abort", resolve);
      if (signal?.aborted) {
        resolve();
      }
      timer ??= setTimeout(goOn);
    });
  const startTimer = (ms, expire) => {
    const sleeper = { at: time + ms, wake: expire };
    sleepers.push(sleeper);
    timer ??= setTimeout(goOn);
    return () => {
      const index = sleepers.indexOf(sleeper);
      if (index >= 0) {
        sleepers.splice(index, 1);
      }
    };
  };
  const elapsed = () => time;
  const before = useClock({ now: elapsed, elapsed, random, sleep, timer: startTimer });
  try {
    return await run({ now: () => time, sleep });
  } finally {
    useClock(before);
    clearTimeout(timer);
  }
}

/** Numbers from 0 to 1 that look random and are the same every time. */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
