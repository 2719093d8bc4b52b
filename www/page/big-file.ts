// Below the steps: a big file whose upload survives this tab.

import { spooled } from "bongtu";

import type { BackEnd } from "./back-end.ts";
import { makeBigSample } from "./big-sample.ts";
import { BigUpload } from "./big-upload.ts";
import { byId, showFailure } from "./dom.ts";
import type { Recipient } from "./key.ts";
import { say } from "./language.ts";
import { SlowLine } from "./slow-line.ts";

export class BigFile {
  readonly #backEnd: BackEnd;
  readonly #line = new SlowLine();
  readonly #uploads = byId("big-uploads", HTMLElement);

  constructor(backEnd: BackEnd) {
    this.#backEnd = backEnd;
    const slow = byId("big-slow", HTMLInputElement);
    slow.addEventListener("change", () => {
      this.#line.isOn = slow.checked;
    });
    this.#line.isOn = slow.checked;
  }

  async ready(recipient: Recipient): Promise<void> {
    const input = byId("big-input", HTMLInputElement);
    input.addEventListener("change", () => {
      const [file] = input.files ?? [];
      if (file) this.#add().seal(recipient, file);
      input.value = ""; // so that the same file can be chosen again
    });
    byId("big-sample", HTMLButtonElement).addEventListener("click", () =>
      this.#add().seal(recipient, makeBigSample()),
    );
    byId("big-waiting", HTMLElement).hidden = true;
    byId("big-body", HTMLElement).hidden = false;
    try {
      const left = await spooled.list();
      for (const one of left) this.#add().found(one);
      if (left.length > 0) say(byId("big-link", HTMLElement), ({ big }) => big.left);
    } catch (error) {
      showFailure(byId("big-failure", HTMLElement), error);
    }
  }

  #add(): BigUpload {
    const upload = new BigUpload(this.#backEnd, this.#line);
    this.#uploads.prepend(upload.element);
    return upload;
  }
}
