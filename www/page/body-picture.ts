// The body: all frames, and the parts of the one that is chosen.

import type { Description } from "bongtu";

import { byId, element } from "./dom.ts";
import { type Field, frameFields } from "./fields.ts";
import { count, plural, size } from "./format.ts";
import type { OnPoint } from "./header-picture.ts";
import { fillLegend } from "./legend.ts";

// More tiles than this tell nobody more; each then stands for several frames.
const MAX_TILES = 480;

export function drawBody(description: Description, onPoint: OnPoint): void {
  const { body, frameLength } = description;
  const last = body.plaintextLength - frameLength * (body.frames - 1);
  byId("map-body-title", HTMLElement).textContent =
    body.frames === 1
      ? `Body: one frame, the last one, with ${plural(last, "byte")}`
      : `Body: ${plural(body.frames, "frame")} of ${size(frameLength)}, ${plural(last, "byte")} in the last`;

  const framesPerTile = Math.ceil(body.frames / MAX_TILES);
  const tiles = Array.from({ length: Math.ceil(body.frames / framesPerTile) }, () =>
    element("i", { "data-tone": "body" }),
  );
  const slider = byId("map-frame", HTMLInputElement);
  slider.max = String(body.frames);
  byId("map-slider", HTMLElement).hidden = body.frames === 1;

  const choose = (frame: number) => {
    slider.valueAsNumber = frame;
    const ofTile = Math.floor((frame - 1) / framesPerTile);
    tiles.forEach((tile, index) => {
      tile.classList.toggle("pointed", index === ofTile);
    });
    return drawFrame(description, frame, onPoint);
  };
  slider.oninput = () => choose(slider.valueAsNumber)(0);
  tiles.forEach((tile, index) => {
    tile.onclick = () => choose(index * framesPerTile + 1)(0);
  });
  byId("map-frames", HTMLElement).replaceChildren(...tiles);
  choose(1);
}

/** @returns points at a part of the frame */
function drawFrame(description: Description, frame: number, onPoint: OnPoint) {
  const { frames } = description.body;
  byId("map-frame-number", HTMLOutputElement).textContent = `${count(frame)} of ${count(frames)}`;
  byId("map-frame-legend", HTMLElement).textContent =
    `Parts of frame ${count(frame)}${frame === frames ? ", the last" : ""}`;

  const fields = frameFields(description, frame);
  const parts = fields.map(({ tone }) => element("i", { "data-tone": tone }));
  const legend = byId("map-frame-fields", HTMLFieldSetElement);
  const point = fillLegend(legend, fields, (index) => {
    onPoint(fields[index] as Field, parts.slice(index, index + 1));
  });
  parts.forEach((part, index) => {
    part.onpointerenter = () => point(index);
  });
  byId("map-anatomy", HTMLElement).replaceChildren(...parts);
  return point;
}
