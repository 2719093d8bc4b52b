// A process that lists the spools of a folder over and over until it is disconnected, and tells when it has begun:
//
//   fork("list-process.mjs", [FOLDER])

import { spooled } from "bongtu";

const [folder] = process.argv.slice(2);
let connected = true;
process.on("disconnect", () => {
  connected = false;
});
for (let count = 0; connected; count++) {
  await spooled.list({ folder });
  if (count === 0) process.send("begun");
  // Messages are heard between macrotasks only.
  await new Promise(setImmediate);
}
