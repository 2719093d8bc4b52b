// Under each step the lines that did it: taken from these sources when the page is built, between the
// `#region` marks that they stand in, so that what is shown is what runs.

import { element } from "./dom.ts";
import { text } from "./language.ts";

/** By the region's name; server/lines.mjs finds them. */
declare const SHOWN_LINES: Record<string, { file: string; code: string }>;

const OURS =
  /(?<![.\w])(KmsPublicKey\.parse|Keyring\.kmsRsa|sealStream|sealObject|openObject|open|inspect)(?=\()/;

/** Fills the places that index.html has for them. */
export function showCode(): void {
  for (const place of document.querySelectorAll<HTMLElement>("details[data-lines]")) {
    const lines = SHOWN_LINES[place.dataset.lines ?? ""];
    if (!lines) throw new Error(`no source has a region ${place.dataset.lines}`);
    const onBackEnd = lines.file.startsWith("server/");
    place.replaceChildren(
      element(
        "summary",
        {},
        text(({ page }) => (onBackEnd ? page.codeToOpen : page.code)),
      ),
      element(
        "figure",
        {},
        element(
          "pre",
          { class: "extract", tabindex: 0 },
          element("code", {}, ...marked(lines.code)),
        ),
        element("figcaption", { class: "mono" }, `www/${lines.file}`),
      ),
    );
  }
}

/** The calls of bongtu stand out. */
const marked = (code: string): (Node | string)[] =>
  code.split(OURS).map((part, index) => (index % 2 === 0 ? part : element("strong", {}, part)));
