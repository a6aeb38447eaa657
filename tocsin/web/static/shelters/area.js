// One area as its bundle tells it: streets, shelters, and who reaches what; and which shelters are open now.
//
// Pure. What was said of shelters after the bundle was made is given to `standing`, and never changes the area.

import { makeStreets, waysOut } from "./streets.js";

export const NEAREST = 3;

/** Of an opened bundle. Throws where its columns do not fit together. */
export function makeArea({ header, columns, texts }) {
  const streets = makeStreets(columns, texts.names);
  const { shelters, words } = texts;
  if (!Array.isArray(shelters) || !words) throw new Error("the bundle lacks a part");
  const kinds = ["foot", "wheels"].map((kind) => [kind, waysOf(kind, columns, streets, shelters.length)]);
  return { header, streets, shelters, words, number: new Map(shelters.map(({ id }, i) => [id, i])), ...Object.fromEntries(kinds) };
}

function waysOf(kind, columns, streets, shelters) {
  const column = (name) => {
    const found = columns[`${kind}_${name}`];
    if (!found) throw new Error(`the bundle lacks ${kind}_${name}`);
    return found;
  };
  const doors = Object.fromEntries(["shelter", "lon_e6", "lat_e6", "piece", "along_dm", "off_dm"].map((name) => [name, column(`door_${name}`)]));
  const times = [];
  const labels = [];
  const outs = [];
  for (let k = 0; k < NEAREST; k += 1) {
    times.push(new Uint16Array(column(`time_${k}`))); // its differences are of 16 bits, without a sign
    labels.push(column(`shelter_${k}`));
    outs.push(column(`out_${k}`));
  }
  const fits = times.every((one) => one.length === streets.points) && labels.every((one) => one.every((shelter) => shelter < shelters))
    && doors.piece.every((piece) => piece >= 0 && piece < streets.pieces) && doors.shelter.every((shelter) => shelter >= 0 && shelter < shelters);
  if (!fits) throw new Error("the bundle's columns do not fit together");
  const along = new Map(); // piece -> doors beside it
  const of = new Map(); // shelter -> its doors
  for (let door = 0; door < doors.shelter.length; door += 1) {
    push(along, doors.piece[door], door);
    push(of, doors.shelter[door], door);
  }
  let graph = null;
  return { wheels: kind === "wheels", doors, times, labels, outs, along, of, graph: () => (graph ??= waysOut(streets, kind === "wheels")) };
}

function push(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/**
 * Which shelters are open once `words` (a Map from id to { open, seq, ... }) are said. `opened`: whether one is open
 * that the labels do not know of, for each kind of walker; then labels alone cannot answer.
 */
export function standing(area, words) {
  const open = Uint8Array.from(area.shelters, (shelter) => (shelter.open ? 1 : 0));
  const said = new Map();
  for (const [id, word] of words) {
    const number = area.number.get(id);
    if (number === undefined || word.seq <= area.header.seq) continue;
    open[number] = word.open ? 1 : 0;
    said.set(number, word);
  }
  const rolls = area.shelters.map((shelter) => shelter.step_free !== false);
  const newly = [...said.keys()].filter((number) => open[number] && !area.shelters[number].open);
  return {
    said,
    foot: { open, opened: newly.length > 0 },
    wheels: { open: open.map((is, number) => (is && rolls[number] ? 1 : 0)), opened: newly.some((number) => rolls[number]) },
  };
}
