// Step 5: the sealed bytes go to S3 through a presigned PUT, and S3 says what it has.

import type { BackEnd, StoredObject, UploadPermission } from "./back-end.ts";
import { byId, element, fact, swap } from "./dom.ts";
import { DemoError } from "./errors.ts";
import { count, hex, size } from "./format.ts";
import type { SealedFile } from "./seal.ts";
import { Step } from "./step.ts";

/** A sealed file and where it is stored. */
export interface StoredFile extends SealedFile {
  key: string;
}

export class StoreStep {
  readonly #step = new Step("store");
  readonly #start = byId("store-start", HTMLButtonElement);
  readonly #cancel = byId("store-cancel", HTMLButtonElement);
  readonly #progress = byId("store-progress", HTMLProgressElement);
  readonly #result = byId("store-result", HTMLElement);
  readonly #backEnd: BackEnd;
  readonly #onStored: (stored: StoredFile) => void;
  #running: AbortController | undefined;
  #next: SealedFile | undefined;

  constructor(backEnd: BackEnd, onStored: (stored: StoredFile) => void) {
    this.#backEnd = backEnd;
    this.#onStored = onStored;
    this.#start.addEventListener("click", () => this.#store());
    this.#cancel.addEventListener("click", () => this.#running?.abort());
  }

  reset(): void {
    this.#running?.abort();
    this.#next = undefined;
    this.#step.reset();
  }

  ready(next: SealedFile): void {
    this.#running?.abort();
    this.#next = next;
    this.#result.hidden = true;
    this.#start.textContent = "Upload";
    this.#step.ready();
  }

  async #store(): Promise<void> {
    if (!this.#next) return;
    const next = this.#next;
    const running = new AbortController();
    this.#running = running;
    this.#step.busy("Uploading.");
    this.#working(true);
    try {
      const permission = await this.#backEnd.upload(next.sealed.size);
      await put(permission, next.sealed, running.signal, (bytes) => {
        this.#progress.value = bytes / next.sealed.size;
      });
      const object = await this.#backEnd.object(permission.key);
      running.signal.throwIfAborted();
      await this.#show(object, next.sealed);
      this.#start.textContent = "Upload again";
      this.#step.done("Stored.");
      this.#onStored({ ...next, key: permission.key });
    } catch (error) {
      if (!running.signal.aborted) this.#step.fail(error);
      else if (this.#running === running && this.#next) this.#step.ready();
    } finally {
      if (this.#running === running) this.#working(false);
    }
  }

  #working(now: boolean): void {
    if (now) swap(this.#start, this.#cancel);
    else swap(this.#cancel, this.#start);
    this.#progress.hidden = !now;
    this.#progress.value = 0;
    if (now) this.#result.hidden = true;
  }

  async #show(object: StoredObject, sealed: Blob): Promise<void> {
    const firstBytes = object.firstBytes.match(/../g)?.join(" ") ?? "";
    const ours = new Uint8Array(await sealed.slice(0, (firstBytes.length + 1) / 3).arrayBuffer());
    const isSame = hex(ours) === firstBytes && object.size === sealed.size;
    const metadata = Object.entries(object.metadata).map(([name, value]) => `${name}: ${value}`);
    byId("store-facts", HTMLElement).replaceChildren(
      fact(
        "Object",
        element(
          "span",
          { class: "mono", id: "store-object" },
          `s3://${object.bucket}/${object.key}`,
        ),
      ),
      fact("Size", `${count(object.size)} bytes`, element("small", {}, size(object.size))),
      fact("Content type", object.contentType),
      fact("ETag", element("span", { class: "mono" }, object.etag)),
      fact("Last modified", new Date(object.lastModified).toLocaleString()),
      fact(
        "Metadata",
        metadata.length > 0 ? metadata.join(", ") : "none: no name, no type of the file",
      ),
      fact(
        "First bytes",
        element("span", { class: "mono" }, firstBytes),
        element("small", {}, isSame ? "The same as in this tab." : "Not the same as in this tab."),
      ),
    );
    this.#result.hidden = false;
  }
}

// Not fetch, which does not tell how far an upload has got.
function put(
  { url, headers }: UploadPermission,
  body: Blob,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onBytes(loaded);
    request.onload = () => {
      if (request.status === 200) resolve();
      else reject(new DemoError("DEMO_UPLOAD", `S3 did not take it, status ${request.status}`));
    };
    request.onerror = () =>
      reject(new DemoError("DEMO_UPLOAD", "The upload did not reach S3; is the network on?"));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}
