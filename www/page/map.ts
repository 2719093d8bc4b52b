// Step 4: the sealed bytes as a picture, drawn from what `inspect()` says about them.

import { inspect } from "bongtu";

import { drawBody } from "./body-picture.ts";
import { byId, element } from "./dom.ts";
import type { Field } from "./fields.ts";
import { hex, plural } from "./format.ts";
import { drawHeader, type OnPoint } from "./header-picture.ts";
import { span } from "./legend.ts";
import type { SealedFile } from "./seal.ts";
import { Step } from "./step.ts";

const READOUT_BYTES = 16;

export class MapStep {
  readonly #step = new Step("bytes");

  reset(): void {
    this.#step.reset();
  }

  async show({ sealed }: SealedFile): Promise<void> {
    try {
      const description = await inspect(sealed);
      const header = await bytesOf(sealed, 0, description.headerLength);
      let pointed: HTMLElement[] = [];
      const onPoint: OnPoint = (field, parts) => {
        for (const part of pointed) part.classList.remove("pointed");
        for (const part of parts) part.classList.add("pointed");
        pointed = parts;
        readOut(field, sealed);
      };
      drawBody(description, onPoint);
      drawHeader(description, header, onPoint);
      const frames = plural(description.body.frames, "frame");
      this.#step.done(`A header of ${plural(header.length, "byte")} and ${frames}.`);
    } catch (error) {
      this.#step.fail(error);
    }
  }
}

/** Names what is pointed at, and shows its first bytes. */
async function readOut(field: Field, sealed: Blob): Promise<void> {
  const { title, tone, start, length } = field;
  const bytes = await bytesOf(sealed, start, Math.min(length, READOUT_BYTES));
  byId("map-readout", HTMLElement).replaceChildren(
    element("span", { class: "swatch", "data-tone": tone }),
    element("strong", {}, title),
    element("span", {}, span(field)),
    element("code", {}, hex(bytes), length > READOUT_BYTES ? " …" : ""),
  );
}

const bytesOf = async (sealed: Blob, start: number, length: number): Promise<Uint8Array> =>
  new Uint8Array(await sealed.slice(start, start + length).arrayBuffer());
