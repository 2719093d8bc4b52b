// Shows the answer of S3 to a request for an object under SSE-C without its key.

import type { BackEnd, S3Refusal } from "./back-end.ts";
import { byId, disable, element, isDisabled } from "./dom.ts";
import { describe } from "./errors.ts";
import { type Render, text } from "./language.ts";
import type { StoredFile } from "./store.ts";

export class WithoutKey {
  readonly #start = byId("without-key-start", HTMLButtonElement);
  readonly #answers = byId("without-key-answers", HTMLElement);
  readonly #backEnd: BackEnd;
  #key = "";

  constructor(backEnd: BackEnd) {
    this.#backEnd = backEnd;
    this.#start.addEventListener("click", () => this.#ask());
  }

  ready({ key }: StoredFile): void {
    this.#key = key;
    this.#answers.replaceChildren();
  }

  async #ask(): Promise<void> {
    if (isDisabled(this.#start)) return;
    disable(this.#start, true);
    try {
      const { without, withOther } = await this.#backEnd.withoutKey(this.#key);
      this.#answers.replaceChildren(
        answer(without, ({ withoutKey }) => withoutKey.none),
        answer(withOther, ({ withoutKey }) => withoutKey.other),
      );
    } catch (error) {
      const { code, message } = describe(error);
      this.#answers.replaceChildren(row(code, message, () => ""));
    } finally {
      disable(this.#start, false);
    }
  }
}

const answer = ({ status, code, message }: S3Refusal, asked: Render): HTMLElement =>
  row(`${status} ${code}`, () => message, asked);

const row = (title: string, message: Render, asked: Render): HTMLElement =>
  element(
    "li",
    {},
    element("strong", {}, title),
    element("span", {}, text(asked)),
    element("p", {}, text(message)),
  );
