// The two sheets between which the way lies: streets below it, their names above. They are painted beside the page's own
// thread, so that the answer does not wait for a map; until they come, those from before are laid where they belong now.
// Where a browser cannot do that they are painted at once.

import { h } from "../dom.js";
import { paintGround } from "./paint.js";

/** `changed()` is called when sheets have come. */
export function makeSheets(changed) {
  let worker = painter();
  let known = null; // the area whose streets the painter has
  let laid = null; // { key, at: [x, y, scale], images }
  let asked = null; // what is being painted
  let next = null; // what is to be painted after that

  function painter() {
    try {
      if (!("OffscreenCanvas" in globalThis)) return null;
      const made = new Worker("/static/shelters/painter.js", { type: "module" });
      made.onmessage = ({ data }) => {
        for (const image of laid?.images ?? []) image.close?.();
        laid = data;
        asked = null;
        if (next) send(next);
        next = null;
        changed();
      };
      made.onerror = () => { // the sheets are painted here from now on
        worker = null;
        [laid, asked, next] = [null, null, null];
        changed();
      };
      return made;
    } catch {
      return null;
    }
  }

  function send(wanted) {
    const { area, ...rest } = wanted;
    const { x, y, start, end, length, traits, name, names, grid, pieces } = area.streets;
    worker.postMessage(known === area ? rest : { ...rest, streets: { x, y, start, end, length, traits, name, names, grid, pieces } });
    known = area;
    asked = wanted;
  }

  /** Have the sheets for the map as it lies. `ratio`: pixels of the screen for one of the page. */
  function ask(area, ground, ratio, look, free) {
    const [at, size] = [[...ground.middle, ground.scale], ground.size];
    const key = [area.header.area, area.header.seq, look.of, ratio, ...size, ...at].join();
    if (key === (next ?? asked ?? laid)?.key) return;
    const wanted = { key, area, size, ratio, free, at, look };
    if (worker === null) laid = { key, at, images: here(wanted, ground) };
    else if (asked) next = wanted;
    else send(wanted);
  }

  function here({ area, size, ratio, look }, ground) {
    const sheets = [0, 1].map(() => h("canvas", { width: Math.max(1, size[0] * ratio), height: Math.max(1, size[1] * ratio) }));
    const pens = sheets.map((sheet) => sheet.getContext("2d"));
    for (const pen of pens) pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintGround(...pens, ground, look, area);
    return sheets;
  }

  /** Lay one of them, 0 or 1, where it belongs on the map as it lies now. */
  function lay(pen, ground, which) {
    if (laid === null) return;
    const [x, y, scale] = laid.at;
    const by = ground.scale / scale;
    const [left, top] = ground.place(x, y, by);
    const [width, height] = ground.size;
    pen.drawImage(laid.images[which], left, top, width * by, height * by);
  }

  return { ask, lay, forget: () => { [laid, next] = [null, null]; } };
}
