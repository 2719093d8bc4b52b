// Preloaded into a run of the command line: the file system has no hard links, as those of memory cards have none.

import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

promises.link = async () => {
  throw Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" });
};
syncBuiltinESMExports();
