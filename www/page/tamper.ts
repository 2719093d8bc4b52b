// Shows an honest opener with a dishonest storage: one bit is changed, and nothing comes out.

import { anatomyOf } from "./anatomy-step.ts";
import type { BackEnd } from "./back-end.ts";
import { byId, disable, element, isDisabled } from "./dom.ts";
import { describe, explain } from "./errors.ts";
import type { Field, Spot } from "./field.ts";
import { type Render, sayIn, text } from "./language.ts";
import type { StoredFile } from "./store.ts";

interface Outcome {
  title: Render;
  message: Render;
  where: Render;
  /** Bytes of plaintext that came out, if it was tried. */
  released?: number;
  /** It was changed, and opened all the same. */
  unnoticed?: boolean;
}

export class Tamper {
  readonly #where = byId("tamper-where", HTMLSelectElement);
  readonly #start = byId("tamper-start", HTMLButtonElement);
  readonly #refusals = byId("tamper-refusals", HTMLElement);
  readonly #backEnd: BackEnd;
  #stored: StoredFile | undefined;
  /** The choices, by the option's value. */
  #choices: { spot: Spot; label: Render; isKey: boolean }[] = [];

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
    const { head, pieces, piece } = await anatomyOf(stored);
    this.#choices = [];
    this.#where.replaceChildren(
      this.#group(stored, "head", head),
      ...(pieces > 1 ? [this.#group(stored, "first", piece(1))] : []),
      this.#group(stored, "last", piece(pieces)),
      ...(stored.customer && stored.file.size > 0 ? [this.#fileGroup(stored.file)] : []),
    );
    this.#where.value = String(this.#choices.findIndex(({ isKey }) => isKey));
  }

  #group(
    { form }: StoredFile,
    name: "head" | "first" | "last",
    fields: Field[],
  ): HTMLOptGroupElement {
    const group = element("optgroup");
    sayIn(group, "label", ({ anatomy }) => anatomy[form].groups[name]);
    for (const field of fields) {
      const label: Render = (words) => `${words.anatomy[form].groups[name]}: ${field.title(words)}`;
      group.append(this.#option(label, field.spot, field.tone === "key"));
    }
    return group;
  }

  /** S3 decrypts it, and nobody has sealed it. */
  #fileGroup(file: File): HTMLOptGroupElement {
    const group = element("optgroup");
    sayIn(group, "label", ({ tamper }) => tamper.fileGroup);
    const spot: Spot = { ofFile: true, offset: file.size - 1 };
    group.append(this.#option(({ tamper }) => tamper.file, spot, false));
    return group;
  }

  #option(label: Render, spot: Spot, isKey: boolean): HTMLOptionElement {
    const option = element("option", { value: this.#choices.length }, text(label));
    this.#choices.push({ spot, label, isKey });
    return option;
  }

  async #open(): Promise<void> {
    const choice = this.#choices[Number(this.#where.value)];
    if (!this.#stored || !choice || isDisabled(this.#start)) return;
    disable(this.#start, true);
    try {
      const { refused, released } = await this.#backEnd.tamper(this.#stored.key, choice.spot);
      if (refused) {
        const { code, message } = explain(refused.code, refused.message);
        this.#report({ title: () => code, message, where: choice.label, released });
      } else {
        this.#report({
          title: ({ tamper }) => tamper.opened,
          message: ({ tamper }) => tamper.unnoticed,
          where: choice.label,
          released,
          unnoticed: true,
        });
      }
    } catch (error) {
      const { code, message } = describe(error);
      this.#report({ title: () => code, message, where: choice.label });
    } finally {
      disable(this.#start, false);
    }
  }

  #report({ title, message, where, released, unnoticed = false }: Outcome): void {
    this.#refusals.prepend(
      element(
        "li",
        { class: unnoticed ? "unnoticed" : undefined },
        element("strong", {}, text(title)),
        element("span", {}, text(where)),
        element(
          "p",
          {},
          text((words) =>
            released === undefined
              ? message(words)
              : `${message(words)} ${words.tamper.released(released)}`,
          ),
        ),
      ),
    );
  }
}
