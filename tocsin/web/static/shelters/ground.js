// What a street map shows of the ground: where the middle is, how large, and what lies on the canvas at a time.
//
// Pure. Metres east and north of the area's middle in, pixels out; north is up.

const NEAREST_PX_PER_M = 2.5;
const LEAST_SHARE = 0.25; // of the map's width or height that what is looked at takes

export function makeGround() {
  let [x, y, scale] = [0, 0, 0.3]; // the middle in metres, and pixels for a metre
  let [width, height, inset] = [1, 1, { top: 0, right: 0, bottom: 0, left: 0 }];

  /** The middle of what is free, in pixels. */
  const middle = () => [inset.left + (width - inset.left - inset.right) / 2, inset.top + (height - inset.top - inset.bottom) / 2];
  const clamped = (wanted) => Math.min(NEAREST_PX_PER_M, Math.max(0.01, wanted));

  return {
    get scale() { return scale; },
    get middle() { return [x, y]; },
    get size() { return [width, height]; },
    resize(w, h, free) { [width, height, inset] = [w, h, free]; },
    toPx(east, north) {
      const [mx, my] = middle();
      return [mx + (east - x) * scale, my - (north - y) * scale];
    },
    toMetres(px, py) {
      const [mx, my] = middle();
      return [x + (px - mx) / scale, y - (py - my) / scale];
    },
    panBy(dx, dy) {
      x -= dx / scale;
      y += dy / scale;
    },
    /** Larger or smaller by `factor`, with what is under px, py staying there. */
    zoomBy(factor, [px, py] = middle()) {
      const before = this.toMetres(px, py);
      scale = clamped(scale * factor);
      const after = this.toMetres(px, py);
      x += before[0] - after[0];
      y += before[1] - after[1];
    },
    /** Have the map lie so: the middle in metres, and pixels for a metre. */
    put(east, north, pxPerM) { [x, y, scale] = [east, north, pxPerM]; },
    /** Where the upper left corner comes to lie of a picture that was painted around east, north, and is `by` times as large now. */
    place(east, north, by) {
      const [mx, my] = middle();
      return [mx * (1 - by) + (east - x) * scale, my * (1 - by) - (north - y) * scale];
    },
    /** Have all of these in view: [[east, north], ...]. */
    fit(spots, most = 1.2) {
      const xs = spots.map(([east]) => east);
      const ys = spots.map(([, north]) => north);
      [x, y] = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
      const free = [width - inset.left - inset.right - 80, height - inset.top - inset.bottom - 80].map((px) => Math.max(px, 40));
      scale = clamped(Math.min(most, free[0] / Math.max(Math.max(...xs) - Math.min(...xs), 1), free[1] / Math.max(Math.max(...ys) - Math.min(...ys), 1)));
    },
    /** Whether all of these are in view, and not as a speck of it. */
    holds(spots) {
      const px = spots.map(([east, north]) => this.toPx(east, north));
      const [xs, ys] = [px.map(([at]) => at), px.map(([, at]) => at)];
      const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      const free = [width - inset.left - inset.right, height - inset.top - inset.bottom];
      if (left < inset.left + 16 || right > width - inset.right - 16 || top < inset.top + 24 || bottom > height - inset.bottom - 16) return false;
      return Math.max((right - left) / free[0], (bottom - top) / free[1]) > LEAST_SHARE || scale > 0.6;
    },
    /** West, south, east, north in metres of what the canvas shows. */
    seen() {
      const [west, north] = this.toMetres(0, 0);
      const [east, south] = this.toMetres(width, height);
      return [west, south, east, north];
    },
  };
}

/** The pieces whose cells touch west, south, east, north; each once. */
export function piecesWithin({ grid, pieces }, [west, south, east, north]) {
  const clampTo = (value, most) => Math.min(most, Math.max(0, value));
  const [c1, c2] = [west, east].map((at) => clampTo(Math.floor((at - grid.west) / grid.cell), grid.columns - 1));
  const [r1, r2] = [south, north].map((at) => clampTo(Math.floor((at - grid.south) / grid.cell), grid.rows - 1));
  const seen = new Uint8Array(pieces);
  const found = [];
  for (let row = r1; row <= r2; row += 1) {
    for (let i = grid.first[row * grid.columns + c1]; i < grid.first[row * grid.columns + c2 + 1]; i += 1) {
      const piece = grid.piece[i];
      if (seen[piece]) continue;
      seen[piece] = 1;
      found.push(piece);
    }
  }
  return found;
}
