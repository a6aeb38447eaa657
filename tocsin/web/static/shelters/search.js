// Dijkstra over the ways out, for what the labels of a bundle cannot know: shelters that closed or opened since.
//
// Times are whole tenths of a second, so that there is one right answer: of two shelters equally near the lower number
// comes first, and of two ways the way out with the lower number. It gives what labels made anew would say.

import { offCost, share } from "./streets.js";
import { NEAREST } from "./area.js";

const FARTHEST_DS = 0xfffe;
const POINTS = 2 ** 24; // above every point's number: a time and a point fit into one number of the heap

/** The nearest open shelters of a point: [{ time, shelter }], nearest first. */
export function nearestOf(area, ways, open, point) {
  const graph = ways.graph();
  const found = new Map();
  const third = () => (found.size < NEAREST ? FARTHEST_DS : [...found.values()].sort((a, b) => a - b)[NEAREST - 1]);
  let most = FARTHEST_DS;
  spread(graph, new Map([[point, 0]]), (here, time) => {
    if (time > most) return false;
    for (let way = graph.first[here]; way < graph.first[here + 1]; way += 1) {
      for (const door of ways.along.get(graph.piece[way]) ?? []) {
        const shelter = ways.doors.shelter[door];
        if (!open[shelter]) continue;
        const there = time + fromEnd(area, ways, door, here);
        if (there <= FARTHEST_DS && there < (found.get(shelter) ?? Infinity)) found.set(shelter, there);
      }
    }
    most = third();
    return true;
  });
  return [...found].map(([shelter, time]) => ({ time, shelter })).sort((a, b) => a.time - b.time || a.shelter - b.shelter).slice(0, NEAREST);
}

/** The points from `point` to where the shelter's own piece begins, and the pieces between them. */
export function wayTo(area, ways, shelter, point) {
  const graph = ways.graph();
  const seeds = new Map();
  for (const door of ways.of.get(shelter) ?? []) {
    const piece = ways.doors.piece[door];
    for (const end of [area.streets.start[piece], area.streets.end[piece]]) {
      const time = fromEnd(area, ways, door, end);
      if (time < (seeds.get(end) ?? Infinity)) seeds.set(end, time);
    }
  }
  const times = spread(graph, seeds, (here) => here !== point);
  const points = [point];
  const pieces = [];
  for (let here = point; ;) {
    const time = times.get(here);
    let way = graph.first[here];
    while (way < graph.first[here + 1] && times.get(graph.to[way]) + graph.cost[way] !== time) way += 1;
    if (way === graph.first[here + 1]) return { points, pieces };
    here = graph.to[way];
    points.push(here);
    pieces.push(graph.piece[way]);
  }
}

/** From one end of a door's piece along it and to the door. */
export function fromEnd({ streets }, ways, door, end) {
  const piece = ways.doors.piece[door];
  const along = ways.doors.along_dm[door];
  const length = streets.length[piece];
  return offCost(ways.doors.off_dm[door]) + share(streets.cost[piece], end === streets.start[piece] ? along : length - along, length);
}

/** Settle points by rising time from the seeds, until `settle(point, time)` says false. Gives the settled ones' times. */
function spread(graph, seeds, settle) {
  const times = new Map();
  const heap = makeHeap();
  for (const [point, time] of seeds) heap.push(time * POINTS + point);
  while (heap.size()) {
    const next = heap.pop();
    const point = next % POINTS;
    const time = (next - point) / POINTS;
    if (times.has(point)) continue;
    times.set(point, time);
    if (!settle(point, time)) break;
    for (let way = graph.first[point]; way < graph.first[point + 1]; way += 1) {
      if (!times.has(graph.to[way])) heap.push((time + graph.cost[way]) * POINTS + graph.to[way]);
    }
  }
  return times;
}

/** The least number first. */
function makeHeap() {
  const kept = [];
  return {
    size: () => kept.length,
    push(one) {
      let at = kept.length;
      while (at > 0) {
        const above = (at - 1) >> 1;
        if (kept[above] <= one) break;
        kept[at] = kept[above];
        at = above;
      }
      kept[at] = one;
    },
    pop() {
      const least = kept[0];
      const last = kept.pop();
      if (!kept.length) return least;
      let at = 0;
      for (;;) {
        let below = 2 * at + 1;
        if (below >= kept.length) break;
        if (below + 1 < kept.length && kept[below + 1] < kept[below]) below += 1;
        if (kept[below] >= last) break;
        kept[at] = kept[below];
        at = below;
      }
      kept[at] = last;
      return least;
    },
  };
}
