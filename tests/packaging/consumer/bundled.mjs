import * as bongtu from "bongtu";
import { reportRoundTrip } from "./report.mjs";

await reportRoundTrip(bongtu);
