// A list of fields to walk through: native radio buttons, so arrow keys and screen readers know it already.

import { element } from "./dom.ts";
import type { Field } from "./field.ts";
import { text } from "./language.ts";

/**
 * Fills the fieldset with a row for each field.
 *
 * @param onPoint a field was reached, with the keyboard, by a pointer or by the function returned
 * @returns points at a field
 */
export function fillLegend(
  fieldset: HTMLFieldSetElement,
  fields: Field[],
  onPoint: (index: number) => void,
): (index: number) => void {
  const rows = fields.map((field, index) => {
    const input = element("input", { type: "radio", name: "field", class: "visually-hidden" });
    const row = element("label", { class: "field" }, input, ...describe(field));
    const point = () => {
      input.checked = true;
      onPoint(index);
    };
    row.onpointermove = (event) => {
      if (hasMoved(event) && !input.checked) point();
    };
    row.onchange = point;
    return { row, input, point };
  });
  for (const old of fieldset.querySelectorAll("label")) old.remove();
  fieldset.append(...rows.map(({ row }) => row));
  return (index) => {
    const row = rows[index];
    if (row && !row.input.checked) row.point();
  };
}

/** Ignores a page that was scrolled under a resting pointer, as walking with the keyboard does. */
export const hasMoved = ({ movementX, movementY }: PointerEvent): boolean =>
  movementX !== 0 || movementY !== 0;

const describe = ({ title, tone, where, bytes, value, meaning }: Field): HTMLElement[] => [
  element("span", { class: "swatch", "data-tone": tone }),
  element("span", { class: "title" }, text(title)),
  element(
    "span",
    { class: "where" },
    text((words) => `${where(words)} · ${words.bytes(bytes.size)}`),
  ),
  element(
    "span",
    { class: "meaning" },
    ...(value ? [element("span", { class: "mono" }, value), ": "] : []),
    text(meaning),
  ),
];
