// The streets of an area to walk on: pieces, what they cost in time, the ways out of each point, and the piece beside a
// place. Pure. It counts as tocsin/shelters/network.py, graph.py and beside.py do, in the same whole numbers.

const EARTH_M = 6371008.8;
const METRES_PER_E6 = ((EARTH_M * Math.PI) / 180) / 1e6;
const CELL_M = 100;
const MOST_CELLS = 1_000_000;
export const FARTHEST_M = 500; // from a place to the street, as limits.PERSON_TO_STREET_M
export const STEPS = 1;
export const NOT_STEP_FREE = 8;

/** To the nearest whole number; of two equally near the even one, as Python and numpy do. */
export function rounded(x) {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

/** What the part of a piece up to `along` takes, to the nearest tenth of a second. */
export const share = (cost, along, length) => Math.floor((cost * along + Math.floor(length / 2)) / length);

/** What the straight way between a place and the street takes an adult, decimetres to tenths of a second. */
export const offCost = (off) => Math.floor((10 * off + 6) / 13);

export function makeStreets(columns, names) {
  const { lon_e6: lon, lat_e6: lat, start, span, length_dm: length, traits, name } = columns;
  const end = new Int32Array(start.length);
  const cost = new Int32Array(start.length);
  for (let i = 0; i < start.length; i += 1) {
    end[i] = start[i] + span[i];
    cost[i] = Math.max(1, traits[i] & STEPS ? 2 * length[i] : Math.floor((10 * length[i] + 6) / 13));
  }
  if (!fits(start, end, lon.length) || lat.length !== lon.length || length.length !== start.length) throw new Error("its columns do not fit together");
  const plane = planeOf(lon, lat);
  const x = new Float64Array(lon.length);
  const y = new Float64Array(lon.length);
  for (let p = 0; p < lon.length; p += 1) [x[p], y[p]] = plane.xy(lon[p], lat[p]);
  const streets = { lon, lat, start, end, length, traits, name, names, cost, plane, x, y, points: lon.length, pieces: start.length };
  return { ...streets, grid: gridOf(streets) };
}

const fits = (start, end, points) => start.every((from, i) => from >= 0 && end[i] >= from && end[i] < points);

/** Metres east and north of the middle of the area, and back. */
function planeOf(lon, lat) {
  const middle = (column) => {
    let [least, most] = [column[0], column[0]];
    for (const one of column) {
      if (one < least) least = one;
      else if (one > most) most = one;
    }
    return Math.floor((least + most) / 2);
  };
  const lon0 = middle(lon);
  const lat0 = middle(lat);
  const east = METRES_PER_E6 * Math.cos((lat0 / 1e6) * (Math.PI / 180));
  return {
    xy: (lon_e6, lat_e6) => [(lon_e6 - lon0) * east, (lat_e6 - lat0) * METRES_PER_E6],
    place: (x, y) => [(x / east + lon0) / 1e6, (y / METRES_PER_E6 + lat0) / 1e6],
  };
}

/** Pieces by cells of 100 m: those of cell c are `piece[first[c]]` up to `piece[first[c + 1]]`. */
function gridOf({ x, y, start, end }) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let p = 0; p < x.length; p += 1) {
    west = Math.min(west, x[p]);
    east = Math.max(east, x[p]);
    south = Math.min(south, y[p]);
    north = Math.max(north, y[p]);
  }
  const cell = Math.max(CELL_M, Math.sqrt(((east - west) * (north - south)) / MOST_CELLS));
  const columns = Math.floor((east - west) / cell) + 1;
  const rows = Math.floor((north - south) / cell) + 1;
  const first = new Int32Array(columns * rows + 1);
  const each = (i, act) => {
    const [a, b] = [start[i], end[i]];
    const [x1, x2] = [Math.floor((Math.min(x[a], x[b]) - west) / cell), Math.floor((Math.max(x[a], x[b]) - west) / cell)];
    const [y1, y2] = [Math.floor((Math.min(y[a], y[b]) - south) / cell), Math.floor((Math.max(y[a], y[b]) - south) / cell)];
    for (let row = y1; row <= y2; row += 1) for (let column = x1; column <= x2; column += 1) act(row * columns + column);
  };
  for (let i = 0; i < start.length; i += 1) each(i, (at) => { first[at + 1] += 1; });
  for (let at = 0; at < columns * rows; at += 1) first[at + 1] += first[at];
  const next = first.slice();
  const piece = new Int32Array(first[columns * rows]);
  for (let i = 0; i < start.length; i += 1) each(i, (at) => { piece[next[at]] = i; next[at] += 1; });
  return { west, south, east, north, cell, columns, rows, first, piece };
}

/** The piece nearest to metres x, y: { piece, along, off } in decimetres, or null where none is within 500 m. */
export function beside(streets, x, y, wheels) {
  const { grid, start, end, traits, length } = streets;
  const column = Math.floor((x - grid.west) / grid.cell);
  const row = Math.floor((y - grid.south) / grid.cell);
  let best = null;
  for (let ring = 0; (ring - 1) * grid.cell <= (best ? Math.sqrt(best.square) : FARTHEST_M + 1); ring += 1) {
    for (let r = Math.max(0, row - ring); r <= Math.min(grid.rows - 1, row + ring); r += 1) {
      const whole = Math.abs(r - row) === ring;
      for (let c = column - ring; c <= column + ring; c += whole ? 1 : Math.max(1, 2 * ring)) {
        if (c < 0 || c >= grid.columns) continue;
        const at = r * grid.columns + c;
        for (let i = grid.first[at]; i < grid.first[at + 1]; i += 1) {
          const piece = grid.piece[i];
          if (wheels && traits[piece] & NOT_STEP_FREE) continue;
          const here = onto(streets, start[piece], end[piece], x, y);
          if (best === null || here.square < best.square || (here.square === best.square && piece < best.piece)) best = { piece, ...here };
        }
      }
    }
  }
  if (best === null) return null;
  const { x: xs, y: ys } = streets;
  const [a, b] = [start[best.piece], end[best.piece]];
  const off = rounded(Math.hypot(x - xs[a] - best.share * (xs[b] - xs[a]), y - ys[a] - best.share * (ys[b] - ys[a])) * 10);
  return off > FARTHEST_M * 10 ? null : { piece: best.piece, along: rounded(best.share * length[best.piece]), off };
}

/** The nearest place on a piece, and how far it is: at its ends to the corner itself, so that pieces that meet are equally near. */
function onto({ x: xs, y: ys }, a, b, x, y) {
  const [dx, dy] = [xs[b] - xs[a], ys[b] - ys[a]];
  const [ahead, whole] = [(x - xs[a]) * dx + (y - ys[a]) * dy, dx * dx + dy * dy];
  const across = (x - xs[a]) * dy - (y - ys[a]) * dx;
  const square = ahead <= 0 ? (x - xs[a]) * (x - xs[a]) + (y - ys[a]) * (y - ys[a])
    : ahead >= whole ? (x - xs[b]) * (x - xs[b]) + (y - ys[b]) * (y - ys[b]) : (across * across) / whole;
  const share = Math.min(1, Math.max(0, ahead / Math.max(whole, 1e-9)));
  return { square, share };
}

/** The ways out of every point, for all who walk or without steps, in the order in which labels count them. */
export function waysOut({ start, end, cost, traits, points, pieces }, wheels) {
  const first = new Int32Array(points + 1);
  const taken = (i) => !(wheels && traits[i] & NOT_STEP_FREE);
  for (let i = 0; i < pieces; i += 1) {
    if (!taken(i)) continue;
    first[start[i] + 1] += 1;
    first[end[i] + 1] += 1;
  }
  for (let p = 0; p < points; p += 1) first[p + 1] += first[p];
  const to = new Int32Array(first[points]);
  const piece = new Int32Array(first[points]);
  const price = new Int32Array(first[points]);
  const next = first.slice();
  const lead = (from, there, i) => {
    to[next[from]] = there;
    piece[next[from]] = i;
    price[next[from]] = cost[i];
    next[from] += 1;
  };
  // Pieces rise by start and then by end: first all that come from below, then all that lead up, and each point is in order.
  for (let i = 0; i < pieces; i += 1) if (taken(i)) lead(end[i], start[i], i);
  for (let i = 0; i < pieces; i += 1) if (taken(i)) lead(start[i], end[i], i);
  return { first, to, piece, cost: price };
}
