// A request as it is sent: line, headers, body, and what of all that the address is signed for.

import { announce, element } from "./dom.ts";
import { say, text } from "./language.ts";
import type { Upload } from "./upload.ts";

const SIGNATURE_DIGITS = 12;
const SECRET = "x-amz-server-side-encryption-customer-key";

export function showRequests(place: HTMLElement, uploads: Upload[]): void {
  place.replaceChildren(...uploads.map(picture));
}

const picture = ({ what, url, headers, body }: Upload): HTMLElement =>
  element(
    "div",
    { class: "request extract" },
    element(
      "h3",
      {},
      text(({ request }) => request.titles[what]),
    ),
    element("p", { class: "mono line" }, element("strong", {}, "PUT"), ` ${url.split("?")[0]}`),
    element("ul", { class: "mono query" }, ...parameters(url)),
    copyButton(url),
    element("dl", { class: "headers" }, ...headerRows(url, headers, body)),
    element(
      "p",
      { class: "note" },
      text(({ request }) => request.body(body.size)),
    ),
  );

const parameters = (url: string): HTMLElement[] =>
  Array.from(new URL(url).searchParams, ([name, value], index) =>
    element(
      "li",
      {},
      `${index === 0 ? "?" : "&"}${name}=`,
      element("span", {}, name === "X-Amz-Signature" ? shortened(value) : value),
    ),
  );

const shortened = (signature: string): string => `${signature.slice(0, SIGNATURE_DIGITS)}…`;

function copyButton(url: string): HTMLButtonElement {
  const button = element("button", { type: "button", class: "quiet" });
  say(button, ({ request }) => request.copy);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(url);
    say(button, ({ request }) => request.copied);
    announce(({ request }) => request.copied);
  });
  return button;
}

/** The headers that the page sets, and the two that a browser sets for it; nobody has signed any others. */
function headerRows(url: string, own: Record<string, string>, body: Blob): HTMLElement[] {
  const { host, searchParams } = new URL(url);
  const signed = searchParams.get("X-Amz-SignedHeaders")?.split(";") ?? [];
  const all = { ...own, host, "content-length": String(body.size) };
  return Object.entries(all)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) =>
      element(
        "div",
        {},
        element("dt", { class: "mono" }, name),
        element(
          "dd",
          {},
          name === SECRET
            ? text(({ request }) => request.secret(value.length))
            : element("span", { class: "mono" }, value),
        ),
        element(
          "dd",
          { class: "marks" },
          text(({ request }) => (signed.includes(name) ? request.signed : request.notSigned)),
          ...(name in own ? [] : [", ", text(({ request }) => request.byBrowser)]),
        ),
      ),
    );
}
