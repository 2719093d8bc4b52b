// Step 2: a file, chosen, dropped or drawn.

import { byId, element, showPicture } from "./dom.ts";
import { DemoError } from "./errors.ts";
import { size } from "./format.ts";
import type { Recipient } from "./key.ts";
import { text } from "./language.ts";
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
    const sample = byId("file-sample", HTMLButtonElement);
    // #region file
    input.addEventListener("change", () => this.#take(input.files?.[0]));
    document.addEventListener("drop", (event) => this.#take(event.dataTransfer?.files[0]));
    sample.addEventListener("click", async () => this.#take(await drawSample()));
    // #endregion
    input.addEventListener("change", () => {
      input.value = ""; // so that the same file can be chosen again
    });
    showDrops(byId("file-slot", HTMLElement));
  }

  ready(recipient: Recipient): void {
    this.#recipient = recipient;
    this.#step.ready();
  }

  #take(file: File | undefined): void {
    if (!file || !this.#recipient) return;
    if (file.size > MAX_BYTES) {
      this.#step.fail(new DemoError("DEMO_FILE_SIZE"));
      return;
    }
    byId("file-name", HTMLElement).textContent = file.name;
    byId("sheet", HTMLElement).textContent = file.name;
    byId("file-facts", HTMLElement).replaceChildren(
      element(
        "span",
        {},
        text(({ bytes }) => bytes(file.size)),
      ),
      ...(file.type ? [element("span", {}, file.type)] : []),
    );
    showPicture(byId("file-thumb", HTMLElement), file, (words) => words.file.picture);
    byId("file-chosen", HTMLElement).hidden = false;
    this.#step.done((words) => words.file.done(file.name, size(file.size)));
    this.#onFile(this.#recipient, file);
  }
}

// A file dropped beside the slot must not make the browser leave the page for it.
function showDrops(slot: HTMLElement): void {
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
  });
}
