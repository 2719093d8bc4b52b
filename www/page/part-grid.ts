// The parts of an upload, a tile each: empty, filling, there; and whether this page sent it or one that is closed.

import { element } from "./dom.ts";

export class PartGrid {
  readonly element = element("div", { class: "parts", "aria-hidden": "true" });
  readonly #tiles: HTMLElement[];

  /** @param earlier numbers of the parts that were there already, from 1 on */
  constructor(count: number, earlier: Set<number>) {
    this.#tiles = Array.from({ length: count }, (_, index) =>
      element("i", { "data-tone": earlier.has(index + 1) ? "tag" : "body" }),
    );
    this.element.append(...this.#tiles);
    this.show(earlier);
  }

  /** How much of a part has gone. */
  fill(partNumber: number, share: number): void {
    this.#tiles[partNumber - 1]?.style.setProperty("--share", String(share));
  }

  /** Which parts S3 has. */
  show(there: Set<number>): void {
    this.#tiles.forEach((tile, index) => {
      tile.classList.toggle("there", there.has(index + 1));
    });
  }
}
