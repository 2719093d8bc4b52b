import * as bongtu from "bongtu";
import { roundTrips } from "./round-trips.mjs";

console.log(JSON.stringify(await roundTrips(bongtu)));
