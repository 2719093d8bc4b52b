// The package as Node sees it: the same, with node:crypto before WebCrypto, temporary files, and folders for spools.

import { register } from "./executor/index.js";
import { nodeExecutor } from "./executor/node.js";
import { registerFolders } from "./s3/spool/index.js";
import { folderStore } from "./s3/spool/node.js";
import { registerSpill } from "./spill/index.js";
import { temporaryFile } from "./spill/node.js";

register(nodeExecutor);
registerSpill(temporaryFile);
registerFolders(folderStore);

export * from "./index.js";
