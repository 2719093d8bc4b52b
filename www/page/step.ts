// All six steps have these states in common: waiting, at work, done or failed, for eyes and for screen readers.

import { announce, byId, showFailure } from "./dom.ts";
import { type Render, sayIn } from "./language.ts";
import type { Words } from "./words/en.ts";

type Id = keyof Words["steps"];
type State = keyof Words["states"];

export class Step {
  readonly #id: Id;
  readonly #section: HTMLElement;
  readonly #waiting: Element;
  readonly #failure: HTMLElement;
  readonly #body: HTMLElement;
  readonly #link: HTMLAnchorElement;

  /** @param id of the section in index.html and of its box in the address */
  constructor(id: Id) {
    this.#id = id;
    this.#section = byId(id, HTMLElement);
    this.#waiting = this.#part(".waiting");
    this.#failure = this.#part(".failure");
    this.#body = this.#part(".body");
    const link = document.querySelector<HTMLAnchorElement>(`.postcode a[href="#${id}"]`);
    if (!link) throw new Error(`index.html has no box for #${id}`);
    this.#link = link;
    this.reset();
  }

  /** Back to what the page shows before this step's turn. */
  reset(): void {
    this.#set("waiting");
    this.#show(this.#waiting);
  }

  /** Its turn has come. */
  ready(): void {
    this.#set("ready");
    this.#show(this.#body);
  }

  busy(render: Render): void {
    this.ready();
    this.#section.setAttribute("aria-busy", "true");
    announce(render);
  }

  done(render: Render): void {
    this.#set("done");
    this.#show(this.#body);
    announce(render);
  }

  /** Shows what went wrong; what was there to press stays there. */
  fail(error: unknown): void {
    this.#set("failed");
    showFailure(this.#failure, error);
    this.#waiting.toggleAttribute("hidden", true);
  }

  #part(selector: string): HTMLElement {
    const part = this.#section.querySelector<HTMLElement>(selector);
    if (!part) throw new Error(`index.html: #${this.#section.id} has no ${selector}`);
    return part;
  }

  #set(state: State): void {
    this.#section.dataset.state = state;
    if (this.#link.parentElement) this.#link.parentElement.dataset.state = state;
    sayIn(this.#link, "aria-label", ({ steps, states }) => steps[this.#id] + states[state]);
    this.#section.removeAttribute("aria-busy");
    this.#failure.hidden = true;
  }

  #show(part: Element): void {
    this.#waiting.toggleAttribute("hidden", part !== this.#waiting);
    this.#body.toggleAttribute("hidden", part !== this.#body);
  }
}
