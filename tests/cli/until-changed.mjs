// Preloaded into a run of the command line: a file of whole MiB is not read on until it has another size. From outside nobody
// would be sure to change it in time.

import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const MIB = 1024 * 1024;
/** Long after the test has failed. */
const LIMIT_MS = 300_000;

const handle = await open(fileURLToPath(import.meta.url));
const prototype = Object.getPrototypeOf(handle);
await handle.close();

const { read } = prototype;
prototype.read = async function (...given) {
  const result = await read.apply(this, given);
  if (result.bytesRead === MIB) {
    for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await sleep(1)) {
      const { size } = await this.stat();
      if (size % MIB !== 0) break;
    }
  }
  return result;
};
