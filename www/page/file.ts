// Step 2: a file, chosen, dropped or drawn.

import { byId, element, showPicture } from "./dom.ts";
import { DemoError } from "./errors.ts";
import { plural, size } from "./format.ts";
import type { Recipient } from "./key.ts";
import { drawSample } from "./sample.ts";
import { Step } from "./step.ts";

const MAX_BYTES = 512 * 1024 * 1024;

export class FileStep {
  readonly #step = new Step("file");
  readonly #onFile: (recipient: Recipient, file: File) => void;
  #recipient: Recipient | undefined;

  constructor(onFile: (recipient: Recipient, file: File) => void) {
    this.#onFile = onFile;
    const input = byId("file-input", HTMLInputElement);
    input.addEventListener("change", () => {
      this.#take(input.files?.[0]);
      input.value = ""; // so that the same file can be chosen again
    });
    byId("file-sample", HTMLButtonElement).addEventListener("click", async () => {
      this.#take(await drawSample());
    });
    this.#acceptDrops(byId("file-slot", HTMLElement));
  }

  ready(recipient: Recipient): void {
    this.#recipient = recipient;
    this.#step.ready();
  }

  // A file dropped beside the slot must not make the browser leave the page for it.
  #acceptDrops(slot: HTMLElement): void {
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      slot.classList.add("open");
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) slot.classList.remove("open");
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      slot.classList.remove("open");
      this.#take(event.dataTransfer?.files[0]);
    });
  }

  #take(file: File | undefined): void {
    if (!file || !this.#recipient) return;
    if (file.size > MAX_BYTES) {
      const message = `this file has ${size(file.size)}, and this page takes up to ${size(MAX_BYTES)}`;
      this.#step.fail(new DemoError("DEMO_FILE_SIZE", message));
      return;
    }
    byId("file-name", HTMLElement).textContent = file.name;
    byId("sheet", HTMLElement).textContent = file.name;
    document.documentElement.dataset.envelope = "filled";
    byId("file-facts", HTMLElement).replaceChildren(
      element("span", {}, plural(file.size, "byte")),
      ...(file.type ? [element("span", {}, file.type)] : []),
    );
    showPicture(byId("file-thumb", HTMLElement), file, "The chosen picture");
    byId("file-chosen", HTMLElement).hidden = false;
    this.#step.done(`${file.name}, ${size(file.size)}, is ready to be sealed.`);
    this.#onFile(this.#recipient, file);
  }
}
