// Step 6: the back end opens the stored object through KMS; the page compares and saves.

import { type BackEnd, type KmsCall, kmsCalls } from "./back-end.ts";
import { byId, element, showPicture } from "./dom.ts";
import { DemoError } from "./errors.ts";
import { duration, inGroups, plural, size } from "./format.ts";
import { Step } from "./step.ts";
import type { StoredFile } from "./store.ts";
import { Tamper } from "./tamper.ts";

// A download that has begun does not need its address any more.
const REVOKE_AFTER_MS = 60_000;

export class OpenStep {
  readonly #step = new Step("open");
  readonly #start = byId("open-start", HTMLButtonElement);
  readonly #save = byId("open-save", HTMLButtonElement);
  readonly #progress = byId("open-progress", HTMLProgressElement);
  readonly #result = byId("open-result", HTMLElement);
  readonly #backEnd: BackEnd;
  readonly #tamper: Tamper;
  #stored: StoredFile | undefined;
  #opened: File | undefined;

  constructor(backEnd: BackEnd) {
    this.#backEnd = backEnd;
    this.#tamper = new Tamper(backEnd);
    this.#start.addEventListener("click", () => this.#open());
    this.#save.addEventListener("click", () => this.#opened && save(this.#opened));
  }

  reset(): void {
    this.#stored = undefined;
    this.#forget();
    this.#step.reset();
  }

  async ready(stored: StoredFile): Promise<void> {
    this.#stored = stored;
    this.#forget();
    this.#step.ready();
    await this.#tamper.ready(stored);
  }

  async #open(): Promise<void> {
    const stored = this.#stored;
    if (!stored) return;
    this.#step.busy("Opening.");
    this.#forget();
    this.#start.disabled = true;
    this.#progress.hidden = false;
    this.#progress.removeAttribute("value");
    try {
      const start = performance.now();
      const answer = await this.#backEnd.open(stored.key);
      const parts = await this.#receive(answer);
      const opened = new File(parts, stored.file.name, { type: stored.file.type });
      const time = performance.now() - start;
      const [before, after] = [await sha256(stored.file), await sha256(opened)];
      if (this.#stored !== stored) return;
      this.#show(opened, before, after, kmsCalls(answer), time);
      if (before !== after)
        throw new DemoError("DEMO_NOT_THE_SAME", "what was opened is not what was sealed");
      this.#step.done(`Opened: ${opened.name} is the same, byte for byte.`);
    } catch (error) {
      if (this.#stored === stored) this.#step.fail(error);
    } finally {
      this.#start.disabled = false;
      this.#progress.hidden = true;
    }
  }

  async #receive(answer: Response): Promise<BlobPart[]> {
    const reader = answer.body?.getReader();
    const total = Number(answer.headers.get("content-length"));
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let received = 0;
    for (;;) {
      const part = await reader?.read();
      if (!part?.value) return parts;
      parts.push(part.value);
      received += part.value.length;
      this.#progress.value = received / total;
    }
  }

  #show(opened: File, before: string, after: string, calls: KmsCall[], time: number): void {
    byId("open-before", HTMLElement).textContent = inGroups(before);
    byId("open-after", HTMLElement).textContent = inGroups(after);
    byId("open-verdict", HTMLElement).textContent =
      before === after ? "The same, byte for byte" : "Not the same";
    byId("open-kms", HTMLElement).replaceChildren(
      element("span", {}, `${size(opened.size)} in ${duration(time)}`),
      element(
        "span",
        {},
        `KMS was asked ${calls.length === 1 ? "once" : plural(calls.length, "time")}`,
      ),
      ...calls.map(({ algorithm, ciphertextLength, plaintextLength, milliseconds }) =>
        element(
          "span",
          {},
          `Decrypt, ${algorithm}: ${ciphertextLength} bytes in, ${plaintextLength} out, ${duration(milliseconds)}`,
        ),
      ),
    );
    showPicture(byId("open-thumb", HTMLElement), opened, "The opened picture");
    this.#opened = opened;
    this.#save.textContent = `Save ${opened.name}`;
    this.#save.hidden = false;
    this.#result.hidden = false;
  }

  #forget(): void {
    this.#opened = undefined;
    this.#save.hidden = true;
    this.#result.hidden = true;
  }
}

function save(file: File): void {
  const href = URL.createObjectURL(file);
  element("a", { href, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(href), REVOKE_AFTER_MS);
}

// WebCrypto hashes in one call only, so this needs the whole file in memory: the page's limit.
async function sha256(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
