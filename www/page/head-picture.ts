// The header or the metadata, byte by byte.

import { byId, element } from "./dom.ts";
import type { Anatomy, Field } from "./field.ts";
import { hex, share } from "./format.ts";
import { say } from "./language.ts";
import { fillLegend, onPointed } from "./legend.ts";
import type { SealedFile } from "./seal-file.ts";

/** Called with what is pointed at and the parts of the picture that show it. */
export type OnPoint = (field: Field, parts: HTMLElement[]) => void;

/** @param bytes of all its fields */
export function drawHead(
  { form, sealed }: SealedFile,
  { head }: Anatomy,
  bytes: Uint8Array,
  onPoint: OnPoint,
): void {
  // A message's header is among its bytes, an object's metadata are not.
  const whole = form === "message" ? sealed.size : sealed.size + bytes.length;
  say(byId("map-head-title", HTMLElement), ({ anatomy }) =>
    anatomy[form].head(bytes.length, share(bytes.length, whole)),
  );
  say(byId("map-head-legend", HTMLElement), ({ anatomy }) => anatomy[form].headLegend);

  let start = 0;
  const cells = head.map((field, index) => {
    start += field.bytes.size;
    return drawField(field, index, bytes.subarray(start - field.bytes.size, start));
  });
  const legend = byId("map-fields", HTMLFieldSetElement);
  const point = fillLegend(legend, head, (index) => {
    onPoint(head[index] as Field, cells[index] as HTMLElement[]);
  });

  const grid = byId("map-head", HTMLElement);
  grid.replaceChildren(...cells.flat());
  onPointed(grid, ({ target }) => {
    const index = target instanceof HTMLElement ? target.dataset.field : undefined;
    if (index !== undefined) point(Number(index));
  });
  point(head.findIndex(({ tone }) => tone === "key"));
}

const drawField = ({ tone }: Field, index: number, bytes: Uint8Array): HTMLElement[] =>
  Array.from(bytes, (byte, position) =>
    element(
      "i",
      { "data-tone": tone, "data-field": index, class: position === 0 ? "first" : "" },
      hex(Uint8Array.of(byte)),
    ),
  );
