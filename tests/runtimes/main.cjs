const bongtu = require("bongtu");

import("./round-trips.mjs").then(async ({ roundTrips }) => {
  console.log(JSON.stringify(await roundTrips(bongtu)));
});
