// Step 4: the sealed bytes as a picture, drawn from what `inspect()` says about them.

import { drawBody } from "./body-picture.ts";
import { byId, element } from "./dom.ts";
import type { Anatomy, Field } from "./field.ts";
import { hex } from "./format.ts";
import { drawHead, type OnPoint } from "./head-picture.ts";
import { text } from "./language.ts";
import { messageAnatomy } from "./message-anatomy.ts";
import { objectAnatomy } from "./object-anatomy.ts";
import type { SealedFile } from "./seal-file.ts";
import { Step } from "./step.ts";

const READOUT_BYTES = 16;

export class AnatomyStep {
  readonly #step = new Step("bytes");

  reset(): void {
    this.#step.reset();
  }

  async show(file: SealedFile): Promise<void> {
    try {
      const anatomy = await anatomyOf(file);
      const head = await bytesOf(new Blob(anatomy.head.map(({ bytes }) => bytes)));
      let pointedField: Field | undefined;
      let pointed: HTMLElement[] = [];
      const onPoint: OnPoint = (field, parts) => {
        for (const part of pointed) part.classList.remove("pointed");
        for (const part of parts) part.classList.add("pointed");
        pointed = parts;
        pointedField = field;
        readOut(field, () => pointedField === field);
      };
      drawBody(file, anatomy, onPoint);
      drawHead(file, anatomy, head, onPoint);
      this.#step.done((words) => words.anatomy[file.form].done(head.length, anatomy.pieces));
    } catch (error) {
      this.#step.fail(error);
    }
  }
}

export const anatomyOf = ({ form, sealed, metadata }: SealedFile): Promise<Anatomy> =>
  form === "message" ? messageAnatomy(sealed) : objectAnatomy(sealed, metadata);

/** Names what is pointed at, if it still is when its first bytes have been read, and shows these. */
async function readOut(
  { title, tone, where, bytes }: Field,
  isPointedAt: () => boolean,
): Promise<void> {
  const first = await bytesOf(bytes.slice(0, READOUT_BYTES));
  if (!isPointedAt()) return;
  byId("map-readout", HTMLElement).replaceChildren(
    element("span", { class: "swatch", "data-tone": tone }),
    element("strong", {}, text(title)),
    element("span", {}, text(where)),
    element("code", {}, hex(first), bytes.size > READOUT_BYTES ? " …" : ""),
  );
}

const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());
