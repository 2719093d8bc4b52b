// Step 3: the file is sealed in this tab, and the page's requests are counted meanwhile.

import { byId, element, swap } from "./dom.ts";
import { count, duration, size, speed } from "./format.ts";
import type { Recipient } from "./key.ts";
import { say, text } from "./language.ts";
import type { Ledger, Sighting } from "./ledger.ts";
import { type SealedFile, sealFile } from "./seal-file.ts";
import { Step } from "./step.ts";
import { offerTargets, type Target } from "./target.ts";

/** The time that fewer bytes take is that of the start, and tells nothing of speed. */
const LEAST_TO_TIME = 16 * 1024 * 1024;

export class SealStep {
  readonly #step = new Step("seal");
  readonly #start = byId("seal-start", HTMLButtonElement);
  readonly #cancel = byId("seal-cancel", HTMLButtonElement);
  readonly #progress = byId("seal-progress", HTMLProgressElement);
  readonly #live = byId("seal-live", HTMLElement);
  readonly #result = byId("seal-result", HTMLElement);
  readonly #ledger: Ledger;
  readonly #onReady: () => void;
  readonly #onSealed: (sealed: SealedFile) => void;
  #running: AbortController | undefined;
  #target: Target = "message";
  #next: { recipient: Recipient; file: File } | undefined;

  /** @param onReady whatever was sealed before is not what will be */
  constructor(ledger: Ledger, onReady: () => void, onSealed: (sealed: SealedFile) => void) {
    this.#ledger = ledger;
    this.#onReady = onReady;
    this.#onSealed = onSealed;
    this.#start.addEventListener("click", () => this.#seal());
    this.#cancel.addEventListener("click", () => this.#running?.abort());
    offerTargets((target) => {
      this.#target = target;
      if (this.#next) this.ready(this.#next.recipient, this.#next.file);
    });
    showNetwork();
  }

  ready(recipient: Recipient, file: File): void {
    this.#running?.abort();
    this.#next = { recipient, file };
    this.#result.hidden = true;
    document.documentElement.dataset.envelope = "filled";
    say(this.#start, ({ seal }) => seal.start);
    this.#step.ready();
    this.#onReady();
  }

  async #seal(): Promise<void> {
    if (!this.#next) return;
    const { recipient, file } = this.#next;
    const running = new AbortController();
    const { signal } = running;
    this.#running = running;
    this.#step.busy(({ seal }) => seal.busy(file.name));
    this.#working(true);
    try {
      const start = performance.now();
      const onProgress = ({ bytes }: { bytes: number }) => {
        this.#progress.value = bytes / Math.max(file.size, 1);
        if (file.size >= LEAST_TO_TIME)
          this.#live.textContent = speed(bytes, performance.now() - start);
      };
      const sealed = await sealFile[this.#target](recipient, file, { signal, onProgress });
      const end = performance.now();
      await this.#report(sealed, start, end);
      if (signal.aborted) return sealed.customer?.key.dispose();
      document.documentElement.dataset.envelope = "sealed";
      say(this.#start, ({ seal }) => seal.again);
      this.#step.done(({ seal }) => seal.done(duration(end - start)));
      this.#onSealed(sealed);
    } catch (error) {
      // Cancelled by the visitor, or overtaken by another file: nothing to explain.
      if (signal.aborted) {
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

  async #report(
    { file, sealed, metadata, customer }: SealedFile,
    start: number,
    end: number,
  ): Promise<void> {
    const { all, meanwhile } = await this.#ledger.between(start, end);
    const isQuiet = meanwhile.length === 0;
    const [from, to] = [instant(start), instant(end)];
    const figure = (id: string, value: string) => {
      byId(id, HTMLElement).textContent = value;
    };
    byId("seal-speed-figure", HTMLElement).hidden = file.size < LEAST_TO_TIME;
    figure("seal-speed", speed(file.size, end - start));
    figure("seal-time", duration(end - start));
    figure("seal-key-size", size(sealed.size));
    figure("seal-growth", size(customer ? 0 : sealed.size + lengthOf(metadata) - file.size));
    say(byId("seal-requests", HTMLElement), ({ seal }) =>
      isQuiet ? seal.none : count(meanwhile.length),
    );
    say(byId("ledger-summary", HTMLElement), ({ seal }) =>
      isQuiet ? seal.ledgerQuiet(from, to) : seal.ledgerBusy(from, to),
    );
    byId("ledger-rows", HTMLElement).replaceChildren(...(isQuiet ? all : meanwhile).map(ledgerRow));
    this.#result.hidden = false;
  }
}

const ledgerRow = ({ at, seenBy, url }: Sighting): HTMLElement =>
  element(
    "tr",
    {},
    element("td", {}, instant(at)),
    element(
      "td",
      {},
      text(({ seal }) => seal.sightings[seenBy]),
    ),
    element("td", {}, url.replace(location.origin, "")),
  );

/** The size that S3 counts against its limit: names and values. */
const lengthOf = (metadata: Record<string, string>): number =>
  Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0);

const instant = (at: number): string => `${(at / 1000).toFixed(3)} s`;

function showNetwork(): void {
  const network = byId("seal-network", HTMLElement);
  const show = () => {
    const { onLine } = navigator;
    say(network, ({ seal }) => (onLine ? seal.online : seal.offline));
    network.dataset.on = String(onLine);
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
