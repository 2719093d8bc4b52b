import * as bongtu from "/pkg/js/index.js";
import { stream } from "./workload.mjs";

globalThis.streamThrough = (operation, length) => stream(bongtu, operation, length);
document.body.dataset.ready = "";
