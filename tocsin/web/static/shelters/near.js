// From a place to the three nearest open shelters, with the way. What is asked here leaves this page by no road: it is
// counted from the bundle alone. The answer is the server's own (tocsin/shelters/guide.py), and tests compare them.

import { NEAREST } from "./area.js";
import { fromEnd, nearestOf, wayTo } from "./search.js";
import { beside, offCost, share } from "./streets.js";

const MOST_PIECES = 20_000;
const ADULT = "adult";
export const PROFILES = ["adult", "child", "older", "wheelchair"];

/**
 * The ways, nearest first: { shelter (its number), seconds, metres, line, pieces, piece_m, to_door_m }; null where no
 * street of the area is within 500 m. `now` is what stands (`area.standing`).
 */
export function nearest(area, now, lon, lat, profile = ADULT) {
  const { streets } = area;
  const kind = profile === "wheelchair" ? "wheels" : "foot";
  const ways = area[kind];
  const [x, y] = streets.plane.xy(lon * 1e6, lat * 1e6);
  const here = beside(streets, x, y, ways.wheels);
  if (here === null) return null;
  const length = streets.length[here.piece];
  const cost = streets.cost[here.piece];
  const away = offCost(here.off);
  const starts = [
    { point: streets.start[here.piece], time: away + share(cost, here.along, length), along: here.along },
    { point: streets.end[here.piece], time: away + share(cost, length - here.along, length), along: length - here.along },
  ];
  const found = new Map(); // shelter -> { time, by }: by 0 or 1 over that end, by 2 along the piece itself to `door`
  starts.forEach((start, by) => {
    for (const { time, shelter } of labelsAt(area, ways, now[kind], start.point)) {
      if (start.time + time < (found.get(shelter)?.time ?? Infinity)) found.set(shelter, { time: start.time + time, by });
    }
  });
  for (const door of ways.along.get(here.piece) ?? []) {
    const shelter = ways.doors.shelter[door];
    if (!now[kind].open[shelter]) continue;
    const time = away + share(cost, Math.abs(ways.doors.along_dm[door] - here.along), length) + offCost(ways.doors.off_dm[door]);
    if (time <= (found.get(shelter)?.time ?? Infinity)) found.set(shelter, { time, by: 2, door });
  }
  const speeds = area.header.speeds_m_s;
  return [...found].map(([shelter, way]) => ({ shelter, ...way }))
    .sort((a, b) => a.time - b.time || a.shelter - b.shelter).slice(0, NEAREST)
    .map((way) => ({ ...wayOf(area, ways, [lon, lat], here, way.by < 2 ? starts[way.by] : null, way), seconds: ((way.time / 10) * speeds[ADULT]) / speeds[profile] }));
}

/** What the labels of a point say, or where they cannot know, a search. */
function labelsAt(area, ways, { open, opened }, point) {
  const told = [];
  for (let k = 0; k < NEAREST && ways.labels[k][point] >= 0; k += 1) told.push({ time: ways.times[k][point], shelter: ways.labels[k][point] });
  return opened || told.some(({ shelter }) => !open[shelter]) ? nearestOf(area, ways, open, point) : told;
}

/** Along the ways out of the labels to the shelter; by a search where a point's labels do not know it. */
function follow(area, ways, point, shelter) {
  const graph = ways.graph();
  const points = [point];
  const pieces = [];
  for (let here = point; pieces.length < MOST_PIECES;) {
    const k = ways.labels.findIndex((label) => label[here] === shelter);
    if (k < 0) return wayTo(area, ways, shelter, point);
    const out = ways.outs[k][here];
    if (out === 0xff) break;
    const way = graph.first[here] + out;
    if (way >= graph.first[here + 1]) throw new Error("a label leads nowhere");
    here = graph.to[way];
    points.push(here);
    pieces.push(graph.piece[way]);
  }
  return { points, pieces };
}

function wayOf(area, ways, place, here, start, { shelter, door: beside }) {
  const { streets } = area;
  let [door, points, pieces, piece_m] = [beside, [], [here.piece], []];
  if (start === null) {
    piece_m = [Math.abs(ways.doors.along_dm[door] - here.along) / 10];
  } else {
    const way = follow(area, ways, start.point, shelter);
    points = way.points;
    const last = points[points.length - 1];
    door = doorAt(area, ways, last, shelter);
    pieces = [here.piece, ...way.pieces, ways.doors.piece[door]];
    piece_m = [start.along / 10, ...way.pieces.map((piece) => streets.length[piece] / 10), toDoor(streets, ways, last, door) / 10];
  }
  const to_door_m = ways.doors.off_dm[door] / 10;
  return {
    shelter, pieces, piece_m, to_door_m,
    metres: here.off / 10 + piece_m.reduce((sum, one) => sum + one, 0) + to_door_m,
    line: [place, spotAlong(streets, here.piece, here.along), ...points.map((point) => [streets.lon[point] / 1e6, streets.lat[point] / 1e6]),
      spotAlong(streets, ways.doors.piece[door], ways.doors.along_dm[door]), [ways.doors.lon_e6[door] / 1e6, ways.doors.lat_e6[door] / 1e6]],
  };
}

/** The shelter's door that is nearest from this end of its piece. */
function doorAt(area, ways, point, shelter) {
  const touching = ways.of.get(shelter).filter((door) => [area.streets.start, area.streets.end].some((end) => end[ways.doors.piece[door]] === point));
  const times = touching.map((door) => fromEnd(area, ways, door, point));
  if (!touching.length) throw new Error("a label ends at no door");
  return touching[times.indexOf(Math.min(...times))];
}

function toDoor(streets, ways, point, door) {
  const [piece, along] = [ways.doors.piece[door], ways.doors.along_dm[door]];
  return point === streets.start[piece] ? along : streets.length[piece] - along;
}

function spotAlong({ lon, lat, start, end, length }, piece, along) {
  const [a, b, share] = [start[piece], end[piece], along / length[piece]];
  return [(lon[a] + share * (lon[b] - lon[a])) / 1e6, (lat[a] + share * (lat[b] - lat[a])) / 1e6];
}
