// It may not import() anything, so it gets all in one file.

import * as bongtu from "/node_modules/bongtu/dist/static.js";
import { roundTrips } from "./round-trips.mjs";

addEventListener("message", (event) => {
  event.waitUntil(roundTrips(bongtu).then((results) => event.source.postMessage(results)));
});
