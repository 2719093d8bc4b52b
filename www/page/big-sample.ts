// A big file without a disk: one random mebibyte, over and over.

const MEBIBYTE = 1024 * 1024;
const MEBIBYTES = 200;
const MOST_AT_ONCE = 65_536; // of getRandomValues

export function makeBigSample(): File {
  const bytes = new Uint8Array(MEBIBYTE);
  for (let start = 0; start < MEBIBYTE; start += MOST_AT_ONCE) {
    crypto.getRandomValues(bytes.subarray(start, start + MOST_AT_ONCE));
  }
  const piece = new Blob([bytes]);
  return new File(Array(MEBIBYTES).fill(piece), "big-sample.bin");
}
