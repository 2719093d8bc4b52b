// What an honest opener does with a dishonest storage: one bit is changed, nothing comes out.

import { inspect } from "bongtu";

import type { BackEnd } from "./back-end.ts";
import { byId, element } from "./dom.ts";
import { describe } from "./errors.ts";
import { type Field, frameFields, headerFields } from "./fields.ts";
import { plural, sentence } from "./format.ts";
import type { StoredFile } from "./store.ts";

export class Tamper {
  readonly #where = byId("tamper-where", HTMLSelectElement);
  readonly #start = byId("tamper-start", HTMLButtonElement);
  readonly #refusals = byId("tamper-refusals", HTMLElement);
  readonly #backEnd: BackEnd;
  #stored: StoredFile | undefined;

  constructor(backEnd: BackEnd) {
    this.#backEnd = backEnd;
    byId("tamper", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#open();
    });
  }

  async ready(stored: StoredFile): Promise<void> {
    this.#stored = stored;
    this.#refusals.replaceChildren();
    const description = await inspect(stored.sealed);
    const { frames } = description.body;
    const groups: [label: string, fields: Field[]][] = [["Header", headerFields(description)]];
    if (frames > 1) groups.push(["First frame", frameFields(description, 1)]);
    groups.push(["Last frame", frameFields(description, frames)]);
    this.#where.replaceChildren(
      ...groups.map(([label, fields]) =>
        element(
          "optgroup",
          { label },
          // The last byte of a field: in a length that is the one that changes it least.
          ...fields.map(({ title, start, length }) =>
            element("option", { value: start + length - 1 }, `${label}: ${title}`),
          ),
        ),
      ),
    );
    this.#where.value = String(description.headerLength - 1);
  }

  async #open(): Promise<void> {
    if (!this.#stored) return;
    const offset = Number(this.#where.value);
    const field = this.#where.selectedOptions[0]?.textContent ?? "";
    this.#start.disabled = true;
    try {
      const { refused, released } = await this.#backEnd.tamper(this.#stored.key, offset);
      const { code, message } = refused ?? { code: "Opened", message: "nobody noticed" };
      this.#report(code, `${sentence(message)} ${plural(released, "byte")} released.`, field);
    } catch (error) {
      const { code, message } = describe(error);
      this.#report(code, message, field);
    } finally {
      this.#start.disabled = false;
    }
  }

  #report(code: string, message: string, field: string): void {
    this.#refusals.prepend(
      element(
        "li",
        {},
        element("strong", {}, code),
        element("span", {}, field),
        element("p", {}, message),
      ),
    );
  }
}
