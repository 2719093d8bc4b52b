import * as bongtu from "/node_modules/bongtu/js/index.js";
import { reportRoundTrip } from "./report.mjs";

await reportRoundTrip(bongtu);
