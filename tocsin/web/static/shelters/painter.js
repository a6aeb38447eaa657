// Paints the streets of an area and their names on two sheets, in a thread of its own: sheets.js asks it. It is told the
// streets once, and where the map lies each time; no place of anybody is ever told to it.

import { makeGround } from "./ground.js";
import { paintGround } from "./paint.js";

const ground = makeGround();
let streets = null;

globalThis.onmessage = ({ data }) => {
  if (data.streets) streets = data.streets;
  const { key, size, ratio, free, at, look } = data;
  ground.resize(...size, free);
  ground.put(...at);
  const sheets = [0, 1].map(() => new OffscreenCanvas(Math.max(1, size[0] * ratio), Math.max(1, size[1] * ratio)));
  const pens = sheets.map((sheet) => {
    const pen = sheet.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return pen;
  });
  paintGround(...pens, ground, look, { streets });
  const images = sheets.map((sheet) => sheet.transferToImageBitmap());
  postMessage({ key, at, images }, images);
};
