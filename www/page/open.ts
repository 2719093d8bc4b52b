// Step 6: the back end opens the stored object through KMS; the page compares and saves.

import { type BackEnd, type Opening, openingOf } from "./back-end.ts";
import { byId, disable, element, isDisabled, showPicture } from "./dom.ts";
import { DemoError } from "./errors.ts";
import { duration, inGroups, size } from "./format.ts";
import { say, text } from "./language.ts";
import { Step } from "./step.ts";
import type { StoredFile } from "./store.ts";
import { Tamper } from "./tamper.ts";
import { WithoutKey } from "./without-key.ts";

// A download that has begun does not need its address any more.
const REVOKE_AFTER_MS = 60_000;

/** What opening came to: the hashes of both files, and the milliseconds it took. */
interface Outcome extends Opening {
  readonly before: string;
  readonly after: string;
  readonly time: number;
}

export class OpenStep {
  readonly #step = new Step("open");
  readonly #start = byId("open-start", HTMLButtonElement);
  readonly #save = byId("open-save", HTMLButtonElement);
  readonly #progress = byId("open-progress", HTMLProgressElement);
  readonly #result = byId("open-result", HTMLElement);
  readonly #backEnd: BackEnd;
  readonly #tamper: Tamper;
  readonly #withoutKey: WithoutKey;
  #stored: StoredFile | undefined;
  #opened: File | undefined;

  constructor(backEnd: BackEnd) {
    this.#backEnd = backEnd;
    this.#tamper = new Tamper(backEnd);
    this.#withoutKey = new WithoutKey(backEnd);
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
    this.#withoutKey.ready(stored);
    await this.#tamper.ready(stored);
  }

  async #open(): Promise<void> {
    const stored = this.#stored;
    if (!stored || isDisabled(this.#start)) return;
    this.#step.busy(({ open }) => open.busy);
    this.#forget();
    disable(this.#start, true);
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
      this.#show(stored, opened, { before, after, time, ...openingOf(answer) });
      if (before !== after) throw new DemoError("DEMO_NOT_THE_SAME");
      this.#step.done(({ open }) => open.done(opened.name));
    } catch (error) {
      if (this.#stored === stored) this.#step.fail(error);
    } finally {
      disable(this.#start, false);
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

  #show({ target }: StoredFile, opened: File, outcome: Outcome): void {
    const { before, after, time, form, calls } = outcome;
    byId("open-before", HTMLElement).textContent = inGroups(before);
    byId("open-after", HTMLElement).textContent = inGroups(after);
    say(byId("open-verdict", HTMLElement), ({ open }) =>
      before === after ? open.same : open.notSame,
    );
    say(byId("open-form", HTMLElement), ({ open }) => open.forms[target](form));
    byId("open-kms", HTMLElement).replaceChildren(
      element(
        "span",
        {},
        text(({ open }) => open.speed(size(opened.size), duration(time))),
      ),
      element(
        "span",
        {},
        text(({ open }) => open.calls(calls.length)),
      ),
      ...calls.map(({ algorithm, ciphertextLength, plaintextLength, milliseconds }) =>
        element(
          "span",
          {},
          text(({ open }) =>
            open.call(algorithm, ciphertextLength, plaintextLength, duration(milliseconds)),
          ),
        ),
      ),
    );
    showPicture(byId("open-thumb", HTMLElement), opened, ({ open }) => open.picture);
    this.#opened = opened;
    say(this.#save, ({ open }) => open.save(opened.name));
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
