// The package as Node sees it: the same, with node:crypto before WebCrypto and temporary files.

import { register } from "./executor/index.js";
import { nodeExecutor } from "./executor/node.js";
import { registerSpill } from "./spill/index.js";
import { temporaryFile } from "./spill/node.js";

register(nodeExecutor);
registerSpill(temporaryFile);

export * from "./index.js";
