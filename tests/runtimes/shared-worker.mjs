import * as bongtu from "/node_modules/bongtu/dist/index.js";
import { roundTrips } from "./round-trips.mjs";

// Not awaited here: who connects meanwhile would not be heard.
const results = roundTrips(bongtu);
addEventListener("connect", async ({ ports: [port] }) => port.postMessage(await results));
