// The few things the page needs of the DOM. Text goes in as text, never as HTML.

import { describe } from "./errors.ts";
import { type Render, say, sayIn, text } from "./language.ts";

/** The element with this id, which index.html promises to be of this type. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} #${id}`);
  return found;
}

/** A new element with attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number | undefined> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/** A row of a description list. */
export function fact(term: Render, ...value: (Node | string)[]): HTMLDivElement {
  return element("div", {}, element("dt", {}, text(term)), element("dd", {}, ...value));
}

/** Says something to those who do not see the page change. */
export function announce(render: Render): void {
  say(byId("announcer", HTMLElement), render);
}

/** Says what went wrong in the place for that. */
export function showFailure(place: HTMLElement, error: unknown): void {
  const { code, message } = describe(error);
  place.replaceChildren(element("strong", {}, code), element("p", {}, text(message)));
  place.hidden = false;
}

/** Whether a button does nothing for now. `disabled` would say so too, but takes the focus away. */
export const isDisabled = ({ ariaDisabled }: HTMLButtonElement): boolean => ariaDisabled === "true";

export function disable(button: HTMLButtonElement, disabled: boolean): void {
  button.ariaDisabled = String(disabled);
}

/** Shows one button instead of another, which keeps the focus where it was. */
export function swap(from: HTMLButtonElement, to: HTMLButtonElement): void {
  const hadFocus = document.activeElement === from;
  from.hidden = true;
  to.hidden = false;
  if (hadFocus) to.focus();
}

/** Shows a picture in a frame that is there for it, or a plain sheet if the file is not a picture. */
export function showPicture(place: HTMLElement, file: Blob, description: Render): void {
  const previous = place.querySelector("img");
  if (previous) URL.revokeObjectURL(previous.src);
  place.replaceChildren();
  if (!/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) return;
  const picture = element("img", { src: URL.createObjectURL(file) });
  sayIn(picture, "alt", description);
  place.append(picture);
}
