// Step 3: the file is sealed in this tab, and the page's requests are counted meanwhile.

import { BongtuError, type Progress, sealedSize, sealStream } from "bongtu";

import { byId, element, swap } from "./dom.ts";
import { DemoError } from "./errors.ts";
import { count, duration, size, speed } from "./format.ts";
import type { Recipient } from "./key.ts";
import type { Ledger } from "./ledger.ts";
import { Step } from "./step.ts";

/** A file and what became of it. */
export interface SealedFile {
  file: File;
  sealed: Blob;
}

export class SealStep {
  readonly #step = new Step("seal");
  readonly #start = byId("seal-start", HTMLButtonElement);
  readonly #cancel = byId("seal-cancel", HTMLButtonElement);
  readonly #progress = byId("seal-progress", HTMLProgressElement);
  readonly #live = byId("seal-live", HTMLElement);
  readonly #result = byId("seal-result", HTMLElement);
  readonly #ledger: Ledger;
  readonly #onSealed: (sealed: SealedFile) => void;
  #running: AbortController | undefined;
  #next: { recipient: Recipient; file: File } | undefined;

  constructor(ledger: Ledger, onSealed: (sealed: SealedFile) => void) {
    this.#ledger = ledger;
    this.#onSealed = onSealed;
    this.#start.addEventListener("click", () => this.#seal());
    this.#cancel.addEventListener("click", () => this.#running?.abort());
    showNetwork();
  }

  ready(recipient: Recipient, file: File): void {
    this.#running?.abort();
    this.#next = { recipient, file };
    this.#result.hidden = true;
    this.#start.textContent = "Seal";
    this.#step.ready();
  }

  async #seal(): Promise<void> {
    if (!this.#next) return;
    const { recipient, file } = this.#next;
    const running = new AbortController();
    this.#running = running;
    this.#step.busy(`Sealing ${file.name}.`);
    this.#working(true);
    try {
      const start = performance.now();
      const chunks = await sealFile(recipient, file, running.signal, (bytes) => {
        this.#progress.value = bytes / Math.max(file.size, 1);
        this.#live.textContent = speed(bytes, performance.now() - start);
      });
      const end = performance.now();
      const sealed = new Blob(chunks, { type: "application/octet-stream" });
      checkSize(sealed.size, recipient, file);
      await this.#report(file, sealed, start, end);
      if (running.signal.aborted) return;
      document.documentElement.dataset.envelope = "sealed";
      this.#start.textContent = "Seal again";
      this.#step.done(`Sealed in ${duration(end - start)}.`);
      this.#onSealed({ file, sealed });
    } catch (error) {
      // Cancelled by the visitor, or overtaken by another file: nothing to explain.
      if (running.signal.aborted) {
        if (this.#running === running) this.#step.ready();
      } else {
        this.#step.fail(error);
      }
    } finally {
      if (this.#running === running) this.#working(false);
    }
  }

  #working(now: boolean): void {
    if (now) swap(this.#start, this.#cancel);
    else swap(this.#cancel, this.#start);
    this.#progress.hidden = !now;
    this.#progress.value = 0;
    this.#live.textContent = "";
    if (now) this.#result.hidden = true;
  }

  async #report(file: File, sealed: Blob, start: number, end: number): Promise<void> {
    const { all, meanwhile } = await this.#ledger.between(start, end);
    const text = (id: string, value: string) => {
      byId(id, HTMLElement).textContent = value;
    };
    text("seal-speed", speed(file.size, end - start));
    text("seal-time", duration(end - start));
    text("seal-growth", size(sealed.size - file.size));
    text("seal-requests", meanwhile.length === 0 ? "none" : count(meanwhile.length));
    text(
      "ledger-summary",
      meanwhile.length === 0
        ? `Sealing ran from ${instant(start)} to ${instant(end)}. All requests of this page so far`
        : `Requests from ${instant(start)} to ${instant(end)}`,
    );
    byId("ledger-rows", HTMLElement).replaceChildren(
      ...(meanwhile.length === 0 ? all : meanwhile).map(({ at, seenBy, url }) =>
        element(
          "tr",
          {},
          element("td", {}, instant(at)),
          element("td", {}, seenBy),
          element("td", {}, url.replace(location.origin, "")),
        ),
      ),
    );
    this.#result.hidden = false;
  }
}

// All of it in memory, as the comparison at the end will need it; a page that uploads while it seals would not.
async function sealFile(
  { keyring, encryptionContext }: Recipient,
  file: File,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const onProgress = ({ bytes }: Progress) => onBytes(bytes);
  const duplex = sealStream(keyring, { encryptionContext, signal, onProgress });
  try {
    return await collect(file.stream().pipeThrough(duplex));
  } catch (error) {
    // Nobody but the file's own stream can have ended it then.
    if (error instanceof BongtuError && error.code === "ERR_ABORTED" && !signal.aborted) {
      throw new DemoError("DEMO_FILE_READ", "the file cannot be read to its end; is it there?");
    }
    throw error;
  }
}

function checkSize(size: number, { keyring, encryptionContext }: Recipient, file: File): void {
  const promised = sealedSize(keyring, file.size, { encryptionContext });
  if (size !== promised) {
    const message = `the file changed while it was sealed: ${size} bytes instead of ${promised}`;
    throw new DemoError("DEMO_FILE_CHANGED", message);
  }
}

async function collect<Chunk>(stream: ReadableStream<Chunk>): Promise<Chunk[]> {
  const reader = stream.getReader();
  const chunks: Chunk[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    chunks.push(value);
  }
}

const instant = (at: number): string => `${(at / 1000).toFixed(3)} s`;

function showNetwork(): void {
  const network = byId("seal-network", HTMLElement);
  const show = () => {
    network.textContent = navigator.onLine ? "Network is on" : "Network is off";
    network.dataset.on = String(navigator.onLine);
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
