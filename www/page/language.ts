// Two languages for one page. What is written through here follows the switch, wherever it is by then.

import { en, type Words } from "./words/en.ts";
import { ko } from "./words/ko.ts";

/** A text in whichever language. */
export type Render = (words: Words) => string;

const LANGUAGES = { en, ko };
type Language = keyof typeof LANGUAGES;

const STORED = "bongtu-language";

// Texts by the node they are in: one as its content and one for each attribute.
const texts = new WeakMap<Node, Map<string, () => void>>();
let language = chosen() ?? preferred();

/** A new text node. */
export function text(render: Render): Text {
  const node = new Text();
  keep(node, "", () => {
    node.data = render(LANGUAGES[language]);
  });
  return node;
}

/** Makes it all that the element says. */
export function say(element: Element, render: Render): void {
  keep(element, "", () => element.replaceChildren(...marked(render(LANGUAGES[language]))));
}

/** The same for an attribute. */
export function sayIn(element: Element, attribute: string, render: Render): void {
  keep(element, attribute, () => element.setAttribute(attribute, render(LANGUAGES[language])));
}

/** Texts that index.html only names, and the button that changes the language. */
export function speak(button: HTMLButtonElement): void {
  for (const element of document.querySelectorAll("[data-text]")) {
    const name = element.textContent;
    say(element, (words) => find(words, name));
    element.removeAttribute("data-text");
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) {
    const { label = "" } = element.dataset;
    const attribute = element.matches("meta") ? "content" : "aria-label";
    sayIn(element, attribute, (words) => find(words, label));
  }
  sayIn(button, "lang", ({ page }) => page.otherLanguage);
  button.addEventListener("click", () => switchTo(language === "en" ? "ko" : "en"));
  switchTo(language);
}

function switchTo(next: Language): void {
  if (next !== language) sessionStorage.setItem(STORED, next);
  language = next;
  document.documentElement.lang = language;
  const nodes = document.createTreeWalker(document, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    for (const update of texts.get(nodes.currentNode)?.values() ?? []) update();
  }
}

function keep(node: Node, place: string, update: () => void): void {
  const places = texts.get(node) ?? new Map<string, () => void>();
  texts.set(node, places.set(place, update));
  update();
}

/** Between `backticks` is code. */
const marked = (line: string): (Node | string)[] =>
  line.split("`").map((part, index) => {
    if (index % 2 === 0) return part;
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });

/** The text that index.html asks for, such as "key.title". */
function find(words: Words, path: string): string {
  let found: unknown = words;
  for (const name of path.split("."))
    found = (found as Record<string, unknown> | undefined)?.[name];
  if (typeof found !== "string") throw new Error(`there is no text ${path}`);
  return found;
}

function chosen(): Language | undefined {
  const stored = sessionStorage.getItem(STORED);
  return stored === "en" || stored === "ko" ? stored : undefined;
}

function preferred(): Language {
  return navigator.language.startsWith("ko") ? "ko" : "en";
}
