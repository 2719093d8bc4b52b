// Step 5: the sealed bytes go to S3 through a presigned PUT, and S3 says what it has.

import type { BackEnd, StoredObject, UploadPermission } from "./back-end.ts";
import { byId, element, fact, swap } from "./dom.ts";
import { DemoError } from "./errors.ts";
import { hex, size } from "./format.ts";
import { say, text } from "./language.ts";
import type { SealedFile } from "./seal-file.ts";
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
    say(this.#start, ({ store }) => store.start);
    this.#step.ready();
  }

  async #store(): Promise<void> {
    if (!this.#next) return;
    const next = this.#next;
    const { sealed, metadata } = next;
    const running = new AbortController();
    this.#running = running;
    this.#step.busy(({ store }) => store.busy);
    this.#working(true);
    try {
      const permission = await this.#backEnd.upload(sealed.size, metadata);
      await put(permission, sealed, running.signal, (bytes) => {
        this.#progress.value = bytes / sealed.size;
      });
      const object = await this.#backEnd.object(permission.key);
      running.signal.throwIfAborted();
      await this.#show(object, next);
      say(this.#start, ({ store }) => store.again);
      this.#step.done(({ store }) => store.done);
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

  async #show(object: StoredObject, { sealed, metadata }: SealedFile): Promise<void> {
    const firstBytes = object.firstBytes.match(/../g)?.join(" ") ?? "";
    const ours = new Uint8Array(await sealed.slice(0, (firstBytes.length + 1) / 3).arrayBuffer());
    const isSame =
      hex(ours) === firstBytes &&
      object.size === sealed.size &&
      listed(object.metadata) === listed(metadata);
    byId("store-facts", HTMLElement).replaceChildren(
      fact(
        ({ store }) => store.object,
        element(
          "span",
          { class: "mono", id: "store-object" },
          `s3://${object.bucket}/${object.key}`,
        ),
      ),
      fact(
        ({ store }) => store.size,
        text(({ bytes }) => bytes(object.size)),
        element("small", {}, size(object.size)),
      ),
      fact(({ store }) => store.type, object.contentType),
      fact(({ store }) => store.etag, element("span", { class: "mono" }, object.etag)),
      fact(
        ({ store }) => store.modified,
        text(({ page }) => new Date(object.lastModified).toLocaleString(page.language)),
      ),
      fact(({ store }) => store.metadata, ...metadataList(object.metadata)),
      fact(
        ({ store }) => store.start64,
        element("span", { class: "mono" }, firstBytes),
        element(
          "small",
          {},
          text(({ store }) => (isSame ? store.same : store.notSame)),
        ),
      ),
    );
    this.#result.hidden = false;
  }
}

function metadataList(metadata: Record<string, string>): (Node | string)[] {
  const pairs = Object.entries(metadata);
  if (pairs.length === 0) return [text(({ store }) => store.noMetadata)];
  return [
    element(
      "dl",
      { class: "metadata mono", id: "store-metadata" },
      ...pairs.map(([name, value]) =>
        element("div", {}, element("dt", {}, name), element("dd", {}, value)),
      ),
    ),
  ];
}

/** For comparing: S3 keeps no order. */
const listed = (metadata: Record<string, string>): string =>
  Object.entries(metadata).sort().join("\n");

// Not fetch, which does not tell how far an upload has got.
function put(
  { url, headers }: UploadPermission,
  body: Blob,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded }) => onBytes(loaded);
    request.onload = () => {
      if (request.status === 200) resolve();
      else reject(new DemoError("DEMO_UPLOAD_REFUSED"));
    };
    request.onerror = () => reject(new DemoError("DEMO_UPLOAD_LOST"));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort());
    // #region store
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(body);
    // #endregion
  });
}
