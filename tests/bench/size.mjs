// Prints how much a page downloads, beside the limit for it: pkg-scripts/bench --size

import { DOWNLOADS, measureDownload } from "../support/downloads.mjs";

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)}`;

print("to …, in KB", "brotli", "at most", "gzip");
let grown = false;
const later = new Map();
for (const [what, names, limit] of DOWNLOADS) {
  const download = await measureDownload(names, "pkg");
  const { brotli, gzip } = download.first;
  print(
    what,
    kilobytes(brotli),
    kilobytes(limit),
    kilobytes(gzip),
    brotli > limit ? " too much" : "",
  );
  grown ||= brotli > limit;
  for (const chunk of download.later) later.set(chunk.name, chunk);
}
console.log("\nFetched when it is first needed:");
for (const { name, brotli, gzip } of later.values())
  print(name, kilobytes(brotli), "", kilobytes(gzip));
process.exitCode = grown ? 1 : 0;

function print(what, brotli, limit, gzip, remark = "") {
  const cells = [brotli, limit, gzip].map((cell) => cell.padStart(9));
  console.log(what.padEnd(32) + cells.join("") + remark);
}
