// Under each step the lines that did it: taken from these sources when the page is built, between the
// `#region` marks that they stand in, so that what is shown is what runs.

import { element } from "./dom.ts";
import { text } from "./language.ts";

/** By the region's name; server/lines.mjs finds them. */
declare const SHOWN_LINES: Record<string, { file: string; code: string }>;

const OURS =
  /(?<![.\w])(KmsPublicKey\.parse|Keyring\.kmsRsa|CustomerKey\.(?:generate|open)|sealStream|sealBlob|sealObject|openObject|openStream|open|inspect|uploadRequest|checkUploadHeaders|spool|uploadParts)(?=\()/;

/** Fills the places that index.html has for them, some of which name several regions of one file. */
export function showCode(): void {
  for (const place of document.querySelectorAll<HTMLElement>("details[data-lines]")) {
    const [first, ...others] = (place.dataset.lines ?? "").split(" ").map(linesOf);
    const { file = "", code = "" } = first ?? {};
    const all = [code, ...others.map((lines) => lines.code)].join("\n\n");
    const onBackEnd = file.startsWith("server/");
    place.replaceChildren(
      element(
        "summary",
        {},
        text(({ page }) => (onBackEnd ? page.codeToOpen : page.code)),
      ),
      element(
        "figure",
        {},
        element("pre", { class: "extract", tabindex: 0 }, element("code", {}, ...marked(all))),
        element("figcaption", { class: "mono" }, `www/${file}`),
      ),
    );
  }
}

function linesOf(name: string): { file: string; code: string } {
  const lines = SHOWN_LINES[name];
  if (!lines) throw new Error(`no source has a region ${name}`);
  return lines;
}

/** The calls of bongtu stand out. */
const marked = (code: string): (Node | string)[] =>
  code.split(OURS).map((part, index) => (index % 2 === 0 ? part : element("strong", {}, part)));
