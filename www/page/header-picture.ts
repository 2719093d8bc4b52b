// The header, byte by byte.

import type { Description } from "bongtu";

import { byId, element } from "./dom.ts";
import { type Field, headerFields } from "./fields.ts";
import { hex, plural } from "./format.ts";
import { fillLegend } from "./legend.ts";

/** Called with what is pointed at and the parts of the picture that show it. */
export type OnPoint = (field: Field, parts: HTMLElement[]) => void;

/** @param header its bytes */
export function drawHeader(description: Description, header: Uint8Array, onPoint: OnPoint): void {
  byId("map-header-title", HTMLElement).textContent =
    `Header: ${plural(header.length, "byte")}, ${share(description)} of the message`;

  const fields = headerFields(description);
  const cells = fields.map((field, index) => drawField(field, index, header));
  const legend = byId("map-fields", HTMLFieldSetElement);
  const point = fillLegend(legend, fields, (index) => {
    onPoint(fields[index] as Field, cells[index] as HTMLElement[]);
  });

  const grid = byId("map-header", HTMLElement);
  grid.replaceChildren(...cells.flat());
  grid.onpointerover = ({ target }) => {
    const index = target instanceof HTMLElement ? target.dataset.field : undefined;
    if (index !== undefined) point(Number(index));
  };
  point(fields.findIndex(({ tone }) => tone === "key"));
}

function drawField({ tone, start, length }: Field, index: number, header: Uint8Array) {
  return Array.from({ length }, (_, position) =>
    element(
      "i",
      { "data-tone": tone, "data-field": index, class: position === 0 ? "first" : "" },
      hex(header.subarray(start + position, start + position + 1)),
    ),
  );
}

function share({ headerLength, body }: Description): string {
  const percent = (100 * headerLength) / (headerLength + body.length);
  return `${percent < 0.01 ? percent.toPrecision(1) : percent.toFixed(percent < 1 ? 2 : 0)} %`;
}
