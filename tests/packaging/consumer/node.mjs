import * as bongtu from "bongtu";
import { roundTrip } from "./round-trip.mjs";

console.log(JSON.stringify(await roundTrip(bongtu)));
