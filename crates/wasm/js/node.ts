// The package as Node sees it: the same, with node:crypto before WebCrypto.

import { register } from "./executor/index.js";
import { nodeExecutor } from "./executor/node.js";

register(nodeExecutor);

export * from "./index.js";
