import * as bongtu from "/pkg/js/index.js";
import { run } from "./workload.mjs";

globalThis.runWorkload = (operation, length) => run(bongtu, operation, length);
document.body.dataset.ready = "";
