// Step 5: the sealed bytes go to S3 through a presigned PUT, and S3 says what it has.

import type { CustomerKey } from "bongtu";

import type { BackEnd, StoredObject } from "./back-end.ts";
import { byId, disable, element, fact, isDisabled, swap } from "./dom.ts";
import { DemoError } from "./errors.ts";
import { hex, size } from "./format.ts";
import { say, text } from "./language.ts";
import { showRequests } from "./request-picture.ts";
import type { SealedFile } from "./seal-file.ts";
import { Step } from "./step.ts";
import { permitted, put, type Upload } from "./upload.ts";

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
  readonly #sent = byId("store-sent", HTMLElement);
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
    this.#forget();
    this.#step.reset();
  }

  ready(next: SealedFile): void {
    this.#forget();
    this.#next = next;
    disable(this.#start, false);
    say(this.#start, ({ store }) => store.start);
    this.#step.ready();
  }

  #forget(): void {
    this.#running?.abort();
    this.#next?.customer?.key.dispose();
    this.#next = undefined;
    this.#result.hidden = true;
    this.#sent.hidden = true;
  }

  async #store(): Promise<void> {
    if (!this.#next || isDisabled(this.#start)) return;
    const next = this.#next;
    const running = new AbortController();
    this.#running = running;
    this.#step.busy(({ store }) => store.busy);
    this.#working(true);
    try {
      const { key, uploads } = await permitted(this.#backEnd, next);
      showRequests(byId("store-requests", HTMLElement), uploads);
      this.#sent.hidden = false;
      await this.#send(uploads, running.signal);
      const object = await this.#backEnd.object(key);
      running.signal.throwIfAborted();
      await this.#show(object, next);
      // A sealed customer key is for one object, and nothing replaces an object here.
      const isOnce = next.customer !== undefined;
      disable(this.#start, isOnce);
      say(this.#start, ({ store }) => (isOnce ? store.once : store.again));
      this.#step.done(({ store }) => store.done);
      this.#onStored({ ...next, key });
    } catch (error) {
      if (!running.signal.aborted) this.#step.fail(error);
      else if (this.#running === running && this.#next) this.#step.ready();
    } finally {
      if (this.#running === running) this.#working(false);
    }
  }

  async #send(uploads: Upload[], signal: AbortSignal): Promise<void> {
    const total = uploads.reduce((sum, { body }) => sum + body.size, 0);
    let before = 0;
    for (const upload of uploads) {
      signal.throwIfAborted();
      const response = await put(upload, signal, (bytes) => {
        this.#progress.value = (before + bytes) / total;
      });
      // Explains what S3 refuses, and a 200 that does not say it has used the key.
      upload.customerKey?.checkResponse(response);
      // A sealed key may be there from an attempt that was cancelled: the same, for the same object.
      const isThere = upload.what === "sealedKey" && response.status === 412;
      if (response.status !== 200 && !isThere) throw new DemoError("DEMO_UPLOAD_REFUSED");
      before += upload.body.size;
    }
  }

  #working(now: boolean): void {
    if (now) swap(this.#start, this.#cancel);
    else swap(this.#cancel, this.#start);
    this.#progress.hidden = !now;
    this.#progress.value = 0;
    if (now) this.#result.hidden = true;
  }

  async #show(
    object: StoredObject,
    { file, sealed, metadata, customer }: SealedFile,
  ): Promise<void> {
    const firstBytes = object.firstBytes.match(/../g)?.join(" ") ?? "";
    const sent = customer ? file : sealed;
    const ours = new Uint8Array(await sent.slice(0, (firstBytes.length + 1) / 3).arrayBuffer());
    const isSame =
      hex(ours) === firstBytes &&
      object.size === sent.size &&
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
      ...(customer ? encryptionFacts(object, customer.key) : []),
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

const encryptionFacts = ({ bucket, key }: StoredObject, { md5 }: CustomerKey): HTMLElement[] => [
  fact(
    ({ store }) => store.encryption,
    text(({ store }) => store.withCustomerKey),
    element("small", { class: "mono" }, md5),
  ),
  fact(
    ({ store }) => store.sealedKey,
    element("span", { class: "mono" }, `s3://${bucket}/${key}.customer-key`),
  ),
];

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

/** Sorts names for comparing, since S3 keeps no order. */
const listed = (metadata: Record<string, string>): string =>
  Object.entries(metadata).sort().join("\n");
