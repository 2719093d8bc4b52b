// What all six steps have in common: waiting, at work, done or failed, for eyes and for screen readers.

import { announce, byId, element } from "./dom.ts";
import { describe } from "./errors.ts";

export class Step {
  readonly #section: HTMLElement;
  readonly #waiting: Element;
  readonly #failure: HTMLElement;
  readonly #body: HTMLElement;
  readonly #link: HTMLAnchorElement;
  readonly #label: string;

  /** @param id of the section in index.html and of its box in the address */
  constructor(id: string) {
    this.#section = byId(id, HTMLElement);
    this.#waiting = this.#part(".waiting");
    this.#failure = this.#part(".failure");
    this.#body = this.#part(".body");
    const link = document.querySelector<HTMLAnchorElement>(`.postcode a[href="#${id}"]`);
    if (!link) throw new Error(`index.html has no box for #${id}`);
    this.#link = link;
    this.#label = link.getAttribute("aria-label") ?? "";
  }

  /** Back to what the page shows before this step's turn. */
  reset(): void {
    this.#set("waiting", "");
    this.#show(this.#waiting);
  }

  /** Its turn has come. */
  ready(): void {
    this.#set("ready", "");
    this.#show(this.#body);
  }

  busy(text: string): void {
    this.ready();
    this.#section.setAttribute("aria-busy", "true");
    announce(text);
  }

  done(text: string): void {
    this.#set("done", ", done");
    this.#show(this.#body);
    announce(text);
  }

  /** Shows what went wrong; what was there to press stays there. */
  fail(error: unknown): void {
    this.#set("failed", ", failed");
    const { code, message } = describe(error);
    this.#failure.replaceChildren(element("strong", {}, code), element("p", {}, message));
    this.#failure.hidden = false;
    this.#waiting.toggleAttribute("hidden", true);
  }

  #part(selector: string): HTMLElement {
    const part = this.#section.querySelector<HTMLElement>(selector);
    if (!part) throw new Error(`index.html: #${this.#section.id} has no ${selector}`);
    return part;
  }

  #set(state: "waiting" | "ready" | "done" | "failed", spoken: string): void {
    this.#section.dataset.state = state;
    if (this.#link.parentElement) this.#link.parentElement.dataset.state = state;
    this.#link.setAttribute("aria-label", this.#label + spoken);
    this.#section.removeAttribute("aria-busy");
    this.#failure.hidden = true;
  }

  #show(part: Element): void {
    this.#waiting.toggleAttribute("hidden", part !== this.#waiting);
    this.#body.toggleAttribute("hidden", part !== this.#body);
  }
}
