import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

const PIECE_BYTES = 1024 * 1024;

/** A file of that many random mebibytes. */
export async function makeFile(path, mebibytes) {
  const file = await open(path, "wx");
  for (let piece = 0; piece < mebibytes; piece++) await file.write(randomBytes(PIECE_BYTES));
  await file.close();
  return { path, sha256: await sha256(path) };
}

/** The hash of a file in hexadecimal. */
export async function sha256(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
