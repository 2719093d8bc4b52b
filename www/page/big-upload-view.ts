// Shows an upload that survives this tab: its state, its progress, and what to do about it.

import type { Spooled } from "bongtu";

import type { StoredObject } from "./back-end.ts";
import { announce, byId, element, fact, showFailure } from "./dom.ts";
import { inGroups, percent, size } from "./format.ts";
import { type Render, say, sayIn, text } from "./language.ts";
import { PartGrid } from "./part-grid.ts";

interface Actions {
  goOn(): void;
  stop(): void;
  discard(): void;
}

export class BigUploadView {
  readonly element = element("li", { class: "upload" });
  readonly #name = element("h3", { class: "name" });
  readonly #status = element("p", { class: "status" });
  readonly #bar = element("progress", { max: 1, value: 0 });
  readonly #grid = element("div");
  readonly #legend = element("p", { class: "note legend-line" });
  readonly #hint = element(
    "p",
    { class: "hint" },
    text(({ big }) => big.hint),
  );
  readonly #failure = element("div", { class: "failure", role: "alert" });
  readonly #stop: HTMLButtonElement;
  readonly #goOn: HTMLButtonElement;
  readonly #discard: HTMLButtonElement;
  readonly #result = element("dl", { class: "facts" });
  #parts: PartGrid | undefined;
  #earlier = new Set<number>();

  constructor({ goOn, stop, discard }: Actions) {
    this.#stop = button(({ big }) => big.pause, stop);
    this.#goOn = button(({ big }) => big.goOn, goOn);
    this.#goOn.className = "main";
    this.#discard = button(({ big }) => big.discard, discard);
    sayIn(this.#bar, "aria-label", ({ big }) => big.progress);
    this.element.append(
      this.#name,
      this.#status,
      this.#bar,
      this.#grid,
      this.#legend,
      this.#hint,
      this.#failure,
      element("div", { class: "actions" }, this.#stop, this.#goOn, this.#discard),
      this.#result,
    );
    this.#show();
  }

  name(name: string): void {
    this.#name.textContent = name;
  }

  sealing(share: number): void {
    this.#show(this.#bar, this.#stop);
    say(this.#stop, ({ big }) => big.cancel);
    this.#bar.value = share;
    say(this.#status, ({ big }) => big.sealing(percent(share)));
  }

  /** It is sealed: shows its parts. */
  begin(spooled: Spooled): void {
    this.#earlier = numbersOf(spooled);
    this.#parts = new PartGrid(Math.ceil(spooled.size / spooled.partSize), this.#earlier);
    this.#grid.replaceChildren(this.#parts.element);
    this.progress(spooled);
  }

  uploading(): void {
    this.#show(this.#bar, this.#grid, this.#legend, this.#hint, this.#stop);
    say(this.#stop, ({ big }) => big.pause);
    announce(({ big }) => big.uploading);
  }

  /** How much of a part has gone. */
  fill(partNumber: number, share: number): void {
    this.#parts?.fill(partNumber, share);
  }

  progress(spooled: Spooled): void {
    const there = numbersOf(spooled);
    const bytes = spooled.parts.reduce((sum, part) => sum + part.size, 0);
    const [all, of] = [Math.ceil(spooled.size / spooled.partSize), spooled.size];
    this.#parts?.show(there);
    this.#bar.value = bytes / of;
    say(this.#status, ({ big }) => big.sent(there.size, all, size(bytes), size(of)));
    const earlier = Array.from(there).filter((number) => this.#earlier.has(number)).length;
    this.#legend.replaceChildren(
      ...(earlier > 0 ? [key("tag", ({ big }) => big.earlier(earlier))] : []),
      key("body", ({ big }) => big.now(there.size - earlier)),
    );
  }

  /** A part did not get through and is sent again; the next that does says how far it is. */
  retrying(): void {
    const { onLine } = navigator;
    say(this.#status, ({ big }) => (onLine ? big.retrying : big.offline));
    announce(({ big }) => (onLine ? big.retrying : big.offline));
  }

  pause(): void {
    this.#show(this.#grid, this.#legend, this.#goOn, this.#discard);
    announce(({ big }) => big.paused);
  }

  verifying(): void {
    this.#show(this.#bar, this.#grid, this.#legend);
    this.#bar.removeAttribute("value");
    say(this.#status, ({ big }) => big.verifying);
  }

  done(object: StoredObject, { size: length, sha256 }: { size: number; sha256: string }): void {
    this.#show(this.#grid, this.#legend, this.#result);
    say(this.#status, ({ big }) => big.done);
    announce(({ big }) => big.done);
    this.#result.replaceChildren(
      fact(
        ({ store }) => store.object,
        element("span", { class: "mono" }, `s3://${object.bucket}/${object.key}`),
      ),
      fact(
        ({ store }) => store.size,
        text(({ bytes }) => bytes(object.size)),
      ),
      fact(({ store }) => store.etag, element("span", { class: "mono" }, object.etag)),
      fact(
        ({ big }) => big.opened,
        text(({ bytes }) => bytes(length)),
        element("small", { class: "mono hash" }, `SHA-256 ${inGroups(sha256)}`),
      ),
    );
  }

  fail(error: unknown, { canGoOn }: { canGoOn: boolean }): void {
    showFailure(this.#failure, error);
    this.#show(
      this.#failure,
      this.#discard,
      ...(canGoOn ? [this.#grid, this.#legend, this.#goOn] : []),
    );
  }

  remove(): void {
    this.element.remove();
    announce(({ big }) => big.discarded);
    byId("big-sample", HTMLButtonElement).focus();
  }

  /** Shows, of the elements that belong to some states only, just these. */
  #show(...shown: HTMLElement[]): void {
    const all = [this.#bar, this.#grid, this.#legend, this.#hint, this.#failure, this.#result];
    const buttons = [this.#stop, this.#goOn, this.#discard];
    const focused = buttons.find((button) => button === document.activeElement);
    for (const part of [...all, ...buttons]) part.hidden = !shown.includes(part);
    if (focused?.hidden) buttons.find(({ hidden }) => !hidden)?.focus();
  }
}

const numbersOf = ({ parts }: Spooled): Set<number> =>
  new Set(parts.map(({ partNumber }) => partNumber));

function button(label: Render, onClick: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", class: "quiet" });
  say(made, label);
  made.addEventListener("click", onClick);
  return made;
}

const key = (tone: string, label: Render): HTMLElement =>
  element(
    "span",
    { class: "tone-key" },
    element("i", { class: "swatch", "data-tone": tone }),
    text(label),
  );
