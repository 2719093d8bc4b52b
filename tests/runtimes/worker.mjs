// For workerd, which runs what a worker exports.

import * as bongtu from "bongtu";
import { roundTrips } from "./round-trips.mjs";

export default {
  async test() {
    console.log(JSON.stringify(await roundTrips(bongtu)));
  },
};
