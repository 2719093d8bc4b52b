import * as bongtu from "/node_modules/bongtu/dist/index.js";
import { reportRoundTrip } from "./report.mjs";

await reportRoundTrip(bongtu);
