// The implementations that a platform brings, best first. The entry for Node adds to it and tests replace it; no export
// of the package reaches it.

import type { Executor } from "../executor/executor.js";
import { rustExecutor } from "../executor/rust.js";
import { webCryptoExecutor } from "../executor/webcrypto.js";
import type { SpillMaker } from "../io/spill/file.js";
import { originPrivateFile } from "../io/spill/opfs.js";
import { originPrivateStore } from "../s3/spool/opfs.js";
import type { SpoolStore } from "../s3/spool/store.js";
import { type Clock, systemClock } from "./clock.js";

/** Tried in this order. */
export let executors: readonly Executor[] = [webCryptoExecutor, rustExecutor];

/** Replaces the list and returns the one before. */
export function useExecutors(list: readonly Executor[]): readonly Executor[] {
  const before = executors;
  executors = list;
  return before;
}

/** Tried in this order. */
export let spills: readonly SpillMaker[] = [originPrivateFile];

/** Replaces the list and returns the one before. */
export function useSpills(list: readonly SpillMaker[]): readonly SpillMaker[] {
  const before = spills;
  spills = list;
  return before;
}

/** The places where spools can be kept. */
export interface SpoolStores {
  /** The store that is used if no folder is given. */
  readonly origin: () => Promise<SpoolStore>;
  /** The store in a folder, on platforms that have folders. */
  readonly folder?: (path: string) => Promise<SpoolStore>;
}

export let spoolStores: SpoolStores = { origin: originPrivateStore };

/** Replaces the stores and returns those before. */
export function useSpoolStores(stores: SpoolStores): SpoolStores {
  const before = spoolStores;
  spoolStores = stores;
  return before;
}

export let clock: Clock = systemClock;

/** Replaces the clock, or parts of it, and returns the one before. */
export function useClock(other: Partial<Clock>): Clock {
  const before = clock;
  clock = { ...clock, ...other };
  return before;
}
