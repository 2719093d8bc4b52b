// The package as Node sees it: the same, with node:crypto before WebCrypto, temporary files, and folders for spools.

import { nodeExecutor } from "./executor/node.js";
import { temporaryFile } from "./io/spill/node.js";
import {
  executors,
  spills,
  spoolStores,
  useExecutors,
  useSpills,
  useSpoolStores,
} from "./platform/platform.js";
import { folderStore } from "./s3/spool/node.js";

useExecutors([nodeExecutor, ...executors]);
useSpills([temporaryFile, ...spills]);
useSpoolStores({ ...spoolStores, folder: folderStore });

export * from "./index.js";
