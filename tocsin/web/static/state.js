// What is open, and what is said of every zone: the client's print of the server's fold.
//
// Pure: no DOM, no fetch, no clock. A snapshot and entries may come in any cut, order and number of
// copies; the open holds that follow are the same. A hold that was released stays released, whichever
// of its two entries comes first.

export const RANK = { clear: 0, partial: 1, early_warning: 2, yellow: 3, red: 4 };

/** The zones as a tree: `list` as the server sends it, in any order; `top` is the level below the country. */
export function makeAtlas(list, levels) {
  const zones = new Map(list.map((zone) => [zone.id, zone]));
  const children = new Map(list.map((zone) => [zone.id, []]));
  const roots = [];
  for (const zone of list) {
    if (zone.parent && zones.has(zone.parent)) children.get(zone.parent).push(zone.id);
    else roots.push(zone.id);
  }
  const ancestors = (id) => {
    const chain = [];
    for (let above = zones.get(id)?.parent; above && zones.has(above); above = zones.get(above).parent) chain.push(above);
    return chain;
  };
  const topDown = [...roots];
  for (let i = 0; i < topDown.length; i += 1) topDown.push(...children.get(topDown[i]));
  return { zones, children, roots, ancestors, topDown, top: levels[1] ?? levels[0] };
}

/** The status that a hold alone gives to what it covers. */
export function says(hold) {
  return hold.stage === "early_warning" ? "early_warning" : hold.level;
}

export function nothingKnown() {
  return { log: null, base: -1, from: new Map(), tail: new Map() };
}

/** Take a snapshot. Entries that came before it and lie after it are kept; an older one changes nothing. */
export function withSnapshot(record, snapshot) {
  const log = snapshot.log ?? null;
  const sameLog = log === record.log;
  if (sameLog && snapshot.seq < record.base) return record;
  const fresh = { log, base: snapshot.seq, from: new Map(snapshot.holds.map((hold) => [hold.id, hold])), tail: new Map() };
  return sameLog ? [...record.tail.values()].reduce(withEntry, fresh) : fresh;
}

/** Take one entry of the log. One that is known already changes nothing; one that came too soon waits in the tail. */
export function withEntry(record, entry) {
  if (entry.seq <= record.base || record.tail.has(entry.seq)) return record;
  const tail = new Map(record.tail).set(entry.seq, entry);
  const from = new Map(record.from);
  let { base } = record;
  // What nothing is missing before is folded in, so that a page open for weeks keeps no more than what is open.
  for (let next = tail.get(base + 1); next && base >= 0; next = tail.get(base + 1)) {
    apply(from, next);
    base = next.seq;
    tail.delete(base);
  }
  return { ...record, base, from, tail };
}

/** Up to which seq nothing is missing. */
export const completeTo = (record) => record.base;

function apply(open, { seq, event }) {
  if (event.type === "hold_raised") open.set(seq, holdOf(seq, event));
  else open.delete(event.hold);
}

/** The open holds, by id. */
export function openHolds(record) {
  const open = new Map(record.from);
  for (const { seq, event } of record.tail.values()) if (event.type === "hold_raised") open.set(seq, holdOf(seq, event));
  for (const { event } of record.tail.values()) if (event.type === "hold_released") open.delete(event.hold);
  return open;
}

function holdOf(seq, event) {
  const { type, at, ...rest } = event;
  return { ...rest, id: seq, since: at };
}

/** Past and present holds, with when each ended, brought up to date by one entry. `intervals`: id -> hold. */
export function intervalsWith(intervals, { seq, event }) {
  if (event.type === "hold_raised") {
    const known = intervals.get(seq);
    intervals.set(seq, { ...holdOf(seq, event), ended: known?.ended ?? null });
  } else {
    const known = intervals.get(event.hold) ?? { id: event.hold, zone: event.zone, since: null };
    intervals.set(event.hold, { ...known, ended: event.at });
  }
  return intervals;
}

/** The holds that were open at `time_ms`. */
export function holdsAt(intervals, time_ms) {
  const open = [];
  for (const hold of intervals) {
    if (hold.since === null || Date.parse(hold.since) > time_ms) continue;
    if (hold.ended === null || Date.parse(hold.ended) > time_ms) open.push(hold);
  }
  return open;
}

/** The status of every zone at `time_ms`, from recorded intervals. */
export function statusAt(atlas, intervals, time_ms) {
  return statuses(atlas, holdsAt(intervals, time_ms));
}

/**
 * The status of every zone under `holds`: a Map id -> { status, within, around, since, over, inside, mayMean }.
 * `over` are the holds that reach the whole zone, `inside` those that reach some of it only, `mayMean` those on an
 * unnamed part of what the zone lies in: it may be this zone, and `around` is the worst of them.
 */
export function statuses(atlas, holds) {
  const own = new Map();
  const inside = new Map();
  for (const hold of holds) {
    if (!atlas.zones.has(hold.zone)) continue;
    push(hold.extent === "part" ? inside : own, hold.zone, hold);
    for (const above of atlas.ancestors(hold.zone)) push(inside, above, hold);
  }
  const said = new Map();
  const none = [];
  for (const id of atlas.topDown) {
    const parent = said.get(atlas.zones.get(id).parent);
    const inherited = parent ? parent.over : none;
    const mine = own.get(id);
    const over = mine ? [...inherited, ...mine] : inherited;
    const parts = inside.get(id) ?? none;
    const mayMean = parent ? [...parent.mayMean, ...parent.unnamed] : none;
    said.set(id, {
      status: over.length ? worst(over) : parts.length ? "partial" : "clear",
      within: worst(parts),
      around: worst(mayMean),
      since: earliest(over.length ? over : parts),
      over,
      inside: parts,
      mayMean,
      unnamed: parts.filter((hold) => hold.zone === id && hold.extent === "part"),
    });
  }
  return said;
}

function push(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function worst(holds) {
  let found = "clear";
  for (const hold of holds) if (RANK[says(hold)] > RANK[found]) found = says(hold);
  return found;
}

function earliest(holds) {
  let found = null;
  for (const hold of holds) if (found === null || Date.parse(hold.since) < Date.parse(found)) found = hold.since;
  return found;
}
