// How the street map looks: streets, shelters, the way, the place. From the same tokens as every page (css/tokens.css).

import { piecesWithin } from "./ground.js";
import { STEPS } from "./streets.js";

const TUNNEL = 4;
const FULL = Math.PI * 2;

export function colours() {
  const css = getComputedStyle(document.documentElement);
  const read = (name) => css.getPropertyValue(name).trim();
  return { ground: read("--map-ground"), street: read("--map-street"), label: read("--map-label"), halo: read("--map-halo"), way: read("--accent"), onWay: read("--on-accent"), closed: read("--stale"), ink: read("--ink"), raised: read("--raised"), font: read("--sans") };
}

/** The ground with its streets, and the names of streets on a sheet of their own: what stays while the map does. */
export function paintGround(under, over, ground, c, { streets }) {
  const [width, height] = ground.size;
  under.fillStyle = c.ground;
  under.fillRect(0, 0, width, height);
  over.clearRect(0, 0, width, height);
  const within = piecesWithin(streets, ground.seen());
  paintStreets(under, ground, c, streets, within);
  if (ground.scale > 0.22) paintNames(over, ground, c, streets, within);
}

/**
 * What lies between the two sheets (sheets.js) and upon them: ways, shelters, the place. `view`: { area, stands, place, ways, shown (which
 * of the ways is told), crosshair (metres or null) }.
 */
export function paint(pen, sheets, ground, c, view) {
  const { streets } = view.area;
  pen.fillStyle = c.ground;
  pen.fillRect(0, 0, ...ground.size);
  sheets.lay(pen, ground, 0);
  view.ways.forEach((way, number) => { if (number !== view.shown) paintWay(pen, ground, c, streets, way, false); });
  if (view.ways[view.shown]) paintWay(pen, ground, c, streets, view.ways[view.shown], true);
  sheets.lay(pen, ground, 1);
  paintShelters(pen, ground, c, view);
  if (view.place) paintPlace(pen, ground, c, streets, view.place);
  if (view.crosshair) paintCrosshair(pen, c, ground.toPx(...view.crosshair));
}

function paintStreets(pen, ground, c, streets, within) {
  const { scale } = ground;
  const [left, top] = ground.toPx(0, 0);
  const width = Math.min(7, Math.max(0.7, 4.5 * scale));
  pen.lineCap = width > 2 ? "square" : "butt"; // pieces meet without a notch; round ends are dear, and of thin lines nobody sees them
  pen.lineJoin = "round";
  for (const special of [false, true]) {
    pen.beginPath();
    for (const piece of within) {
      if (Boolean(streets.traits[piece] & (STEPS | TUNNEL)) !== special) continue;
      const [a, b] = [streets.start[piece], streets.end[piece]];
      pen.moveTo(left + streets.x[a] * scale, top - streets.y[a] * scale);
      pen.lineTo(left + streets.x[b] * scale, top - streets.y[b] * scale);
    }
    pen.strokeStyle = c.street;
    pen.lineWidth = width;
    pen.setLineDash(special && scale > 0.2 ? [2, width + 2] : []);
    pen.stroke();
  }
  pen.setLineDash([]);
}

function paintWay(pen, ground, c, streets, way, isShown) {
  const spots = way.line.map(([lon, lat]) => ground.toPx(...streets.plane.xy(lon * 1e6, lat * 1e6)));
  const stroke = (from, until, color, width, dash = []) => {
    pen.beginPath();
    spots.slice(from, until).forEach((spot, i) => pen[i ? "lineTo" : "moveTo"](...spot));
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.stroke();
  };
  const last = spots.length - 1;
  if (!isShown) {
    pen.globalAlpha = 0.5;
    stroke(0, last + 1, c.way, 2.5, [1, 5]);
    pen.globalAlpha = 1;
  } else {
    stroke(0, last + 1, c.halo, 9);
    stroke(1, last, c.way, 5);
    stroke(0, 2, c.way, 4, [1, 7]); // off the street: from the place, and to the door
    stroke(last - 1, last + 1, c.way, 4, [1, 7]);
  }
  pen.setLineDash([]);
}

/** Streets by name, each once, along its longest piece in view. */
function paintNames(pen, ground, c, streets, within) {
  const longest = new Map();
  for (const piece of within) {
    const name = streets.name[piece];
    if (name && streets.length[piece] > (longest.has(name) ? streets.length[longest.get(name)] : 0)) longest.set(name, piece);
  }
  const taken = [];
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.font = `500 11px ${c.font}`;
  for (const [name, piece] of [...longest].sort(([, a], [, b]) => streets.length[b] - streets.length[a])) {
    const [a, b] = [streets.start[piece], streets.end[piece]].map((point) => ground.toPx(streets.x[point], streets.y[point]));
    const text = streets.names[name];
    const wide = pen.measureText(text).width;
    if (Math.hypot(b[0] - a[0], b[1] - a[1]) * 1.9 < wide) continue;
    const at = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    if (taken.some(([x, y, half]) => Math.hypot(x - at[0], y - at[1]) < half + wide / 2 + 8)) continue;
    taken.push([...at, wide / 2]);
    let turn = Math.atan2(b[1] - a[1], b[0] - a[0]);
    if (Math.abs(turn) > Math.PI / 2) turn += Math.PI;
    pen.save();
    pen.translate(...at);
    pen.rotate(turn);
    pen.lineWidth = 3;
    pen.strokeStyle = c.halo;
    pen.strokeText(text, 0, 0);
    pen.fillStyle = c.label;
    pen.fillText(text, 0, 0);
    pen.restore();
  }
}

/** Those of the answer with their number, the others as dots; the closed ones hollow and crossed out. */
function paintShelters(pen, ground, c, { area, stands, ways, shown }) {
  const numbered = new Map(ways.map(({ shelter }, i) => [shelter, i]));
  const [width, height] = ground.size;
  area.shelters.forEach((shelter, number) => {
    if (numbered.has(number)) return;
    const [x, y] = ground.toPx(...area.streets.plane.xy(shelter.lon_e6, shelter.lat_e6));
    if (x < -9 || y < -9 || x > width + 9 || y > height + 9) return;
    const isOpen = stands.foot.open[number];
    const r = ground.scale > 0.12 ? 4.5 : 2.2;
    pen.beginPath();
    pen.arc(x, y, r, 0, FULL);
    pen.fillStyle = isOpen ? c.way : c.ground;
    pen.fill();
    pen.lineWidth = 1.5;
    pen.strokeStyle = isOpen ? c.halo : c.closed;
    pen.stroke();
    if (isOpen || r < 4) return;
    pen.beginPath();
    pen.moveTo(x - 3, y - 3);
    pen.lineTo(x + 3, y + 3);
    pen.stroke();
  });
  for (const [number, i] of [...numbered].reverse()) {
    const end = ways[i].line[ways[i].line.length - 1];
    const [x, y] = ground.toPx(...area.streets.plane.xy(end[0] * 1e6, end[1] * 1e6));
    paintPlate(pen, c, x, y, String(i + 1), i === shown, number);
  }
}

/** A roof with its number: a shelter of the answer. */
function paintPlate(pen, c, x, y, text, isShown) {
  const r = isShown ? 13 : 11;
  pen.beginPath();
  pen.moveTo(x, y - r - 4);
  pen.lineTo(x + r, y - r * 0.35);
  pen.lineTo(x + r, y + r * 0.85);
  pen.lineTo(x - r, y + r * 0.85);
  pen.lineTo(x - r, y - r * 0.35);
  pen.closePath();
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = isShown ? c.halo : c.way;
  pen.stroke();
  pen.fillStyle = isShown ? c.way : c.raised;
  pen.fill();
  pen.fillStyle = isShown ? c.onWay : c.ink;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.font = `700 ${isShown ? 14 : 12}px ${c.font}`;
  pen.fillText(text, x, y + 1);
}

function paintPlace(pen, ground, c, streets, { lon, lat }) {
  const [x, y] = ground.toPx(...streets.plane.xy(lon * 1e6, lat * 1e6));
  for (const [r, color] of [[10, c.halo], [7.5, c.ink], [3, c.halo]]) {
    pen.beginPath();
    pen.arc(x, y, r, 0, FULL);
    pen.fillStyle = color;
    pen.fill();
  }
}

function paintCrosshair(pen, c, [x, y]) {
  for (const [color, width] of [[c.halo, 5], [c.ink, 2]]) {
    pen.beginPath();
    pen.arc(x, y, 11, 0, FULL);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      pen.moveTo(x + dx * 5, y + dy * 5);
      pen.lineTo(x + dx * 19, y + dy * 19);
    }
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.stroke();
  }
}
