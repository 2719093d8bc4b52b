// A list of fields to walk through: native radio buttons, so arrow keys and screen readers know it already.

import { element } from "./dom.ts";
import type { Field } from "./fields.ts";
import { count, plural } from "./format.ts";

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
    row.onpointerenter = point;
    row.onchange = point;
    return { row, point };
  });
  for (const old of fieldset.querySelectorAll("label")) old.remove();
  fieldset.append(...rows.map(({ row }) => row));
  return (index) => rows[index]?.point();
}

/** "bytes 37–90" */
export const span = ({ start, length }: Field): string =>
  length === 1 ? `byte ${count(start)}` : `bytes ${count(start)}–${count(start + length - 1)}`;

const describe = (field: Field): HTMLElement[] => [
  element("span", { class: "swatch", "data-tone": field.tone }),
  element("span", { class: "title" }, field.title),
  element("span", { class: "where" }, `${span(field)} · ${plural(field.length, "byte")}`),
  element("span", { class: "meaning" }, field.meaning),
];
