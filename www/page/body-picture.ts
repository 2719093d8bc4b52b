// The body: all frames or chunks, and the parts of the one that is chosen.

import { byId, element } from "./dom.ts";
import type { Anatomy, Field } from "./field.ts";
import { size } from "./format.ts";
import type { OnPoint } from "./head-picture.ts";
import { say } from "./language.ts";
import { fillLegend, onPointed } from "./legend.ts";
import type { Form, SealedFile } from "./seal-file.ts";

// More tiles than this tell nobody more; each then stands for several pieces.
const MAX_TILES = 480;

export function drawBody({ form }: SealedFile, anatomy: Anatomy, onPoint: OnPoint): void {
  const { pieces, pieceSize, lastSize } = anatomy;
  say(byId("map-body-title", HTMLElement), (words) =>
    words.anatomy[form].body(pieces, size(pieceSize), lastSize),
  );
  say(byId("map-piece-label", HTMLElement), (words) => words.anatomy[form].piece);

  const perTile = Math.ceil(pieces / MAX_TILES);
  const tiles = Array.from({ length: Math.ceil(pieces / perTile) }, () =>
    element("i", { "data-tone": "body" }),
  );
  const slider = byId("map-piece", HTMLInputElement);
  slider.max = String(pieces);
  byId("map-slider", HTMLElement).hidden = pieces === 1;

  const choose = (piece: number) => {
    slider.valueAsNumber = piece;
    const ofTile = Math.floor((piece - 1) / perTile);
    tiles.forEach((tile, index) => {
      tile.classList.toggle("pointed", index === ofTile);
    });
    return drawPiece(form, anatomy, piece, onPoint);
  };
  slider.oninput = () => choose(slider.valueAsNumber)(0);
  tiles.forEach((tile, index) => {
    tile.onclick = () => choose(index * perTile + 1)(0);
  });
  byId("map-pieces", HTMLElement).replaceChildren(...tiles);
  choose(1);
}

/** @returns points at a part of the piece */
function drawPiece(form: Form, anatomy: Anatomy, piece: number, onPoint: OnPoint) {
  const { pieces } = anatomy;
  say(byId("map-piece-number", HTMLOutputElement), (words) => words.anatomy.nth(piece, pieces));
  say(byId("map-piece-legend", HTMLElement), (words) =>
    words.anatomy[form].pieceLegend(piece, piece === pieces),
  );

  const fields = anatomy.piece(piece);
  const parts = fields.map(({ tone }) => element("i", { "data-tone": tone }));
  const legend = byId("map-piece-fields", HTMLFieldSetElement);
  const point = fillLegend(legend, fields, (index) => {
    onPoint(fields[index] as Field, parts.slice(index, index + 1));
  });
  parts.forEach((part, index) => {
    onPointed(part, () => point(index));
  });
  byId("map-anatomy", HTMLElement).replaceChildren(...parts);
  return point;
}
