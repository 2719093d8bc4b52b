import * as bongtu from "/node_modules/bongtu/dist/index.js";
import { roundTrips } from "./round-trips.mjs";

postMessage(await roundTrips(bongtu));
