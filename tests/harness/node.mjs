// What suites import as "#harness" in Node: the test runner and assertions that Node has.

import { nodeExecutor } from "../../pkg/js/executor/node.js";
import { rustExecutor } from "../../pkg/js/executor/rust.js";
import { webCryptoExecutor } from "../../pkg/js/executor/webcrypto.js";

export { default as assert } from "node:assert/strict";
export { test } from "node:test";

/** All that this platform has. */
export const executors = [nodeExecutor, webCryptoExecutor, rustExecutor];
