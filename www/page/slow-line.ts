// A line that is slower than loopback, so that an upload takes long enough to be interrupted: this page holds the parts
// back itself, all together to so many bytes per second, and sends each when its time is over.

const BYTES_PER_MS = 8000; // 8 MB/s
const TICK_MS = 50;

export class SlowLine {
  isOn = true;
  #sharers = 0;

  /** Resolves when the line could have carried that much. */
  async carry(bytes: number, signal: AbortSignal, onShare: (share: number) => void): Promise<void> {
    this.#sharers++;
    try {
      let last = performance.now();
      for (let carried = 0; this.isOn && carried < bytes; onShare(Math.min(1, carried / bytes))) {
        await new Promise((resolve) => setTimeout(resolve, TICK_MS));
        signal.throwIfAborted();
        const now = performance.now();
        carried += ((now - last) * BYTES_PER_MS) / this.#sharers;
        last = now;
      }
    } finally {
      this.#sharers--;
    }
  }
}
