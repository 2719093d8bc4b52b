import type { Bytes } from "../../base/bytes.js";
import type { Reader } from "../source.js";

/** A file to be written once, read, and deleted. */
export interface SpillFile {
  write(bytes: Bytes): Promise<void>;
  /** Called when all is written. */
  read(): Promise<Reader>;
  /** Also when it was not read to its end, or not even written. */
  delete(): Promise<void>;
}

/** Creates a file; `undefined` where the platform has none. */
export type SpillMaker = () => Promise<SpillFile | undefined>;
