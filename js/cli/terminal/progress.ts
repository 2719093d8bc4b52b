import { printStatus } from "../files/output.js";
import { approximately, text } from "./text.js";

const INTERVAL_MS = 100;
const START_OF_LINE = text`\r\x1b[K`;

export interface Progress {
  readonly onProgress: ((progress: { bytes: number }) => void) | undefined;
  /** Wipes the line. */
  end(): void;
}

/** One line on standard error, where that is a terminal. */
export function showProgress(verb: string, total: number | undefined): Progress {
  if (!process.stderr.isTTY) {
    return { onProgress: undefined, end() {} };
  }
  const start = performance.now();
  let shown = start;

  function onProgress({ bytes }: { bytes: number }) {
    const now = performance.now();
    if (now - shown < INTERVAL_MS) {
      return;
    }
    shown = now;
    const done = total
      ? `${Math.min(100, Math.floor((100 * bytes) / total))} % of ${approximately(total)}`
      : approximately(bytes);
    const rate = approximately((bytes / (now - start)) * 1000);
    printStatus(text`${START_OF_LINE}${verb}: ${done}, ${rate}/s`);
  }

  function end() {
    if (shown !== start) {
      printStatus(START_OF_LINE);
    }
  }

  return { onProgress, end };
}
