// What is open, and what is said of every zone: the client's print of the server's fold.
//
// Pure: no DOM, no fetch, no clock. A snapshot and entries may come in any cut, order and number of
// copies; what stands follows the same. What came too early waits, and is taken in the log's order:
// an escalation may be heard before its alert, or after its end. A stream narrowed to some zones tells only what concerns
// them, and with each entry the one before it (`prev`). What was held when: intervals.js.

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

/** `heard`: whether the log tells of any warning or source at all. Where not, that nothing is held is no calm. */
export function nothingKnown() {
  return { log: null, realm: null, base: -1, heard: false, filter: null, holds: new Map(), sources: new Map(), tail: new Map() };
}

/** Take a snapshot. Entries that came before it and lie after it are kept; an older one changes nothing. */
export function withSnapshot(record, snapshot) {
  const log = snapshot.log ?? null;
  const filter = snapshot.filter ?? null;
  const same = log === record.log && String(filter) === String(record.filter);
  if (same && snapshot.seq < record.base) return record;
  const byId = (list) => new Map((list ?? []).map((one) => [one.id, one]));
  const fresh = { log, realm: snapshot.realm ?? null, base: snapshot.seq, heard: snapshot.heard, filter, holds: byId(snapshot.holds), sources: byId(snapshot.sources), tail: new Map() };
  return same || record.base < 0 ? [...record.tail.values()].reduce(withEntry, fresh) : fresh;
}

/** Take one entry of the log. One that is known already changes nothing; one that came too soon waits in the tail. */
export function withEntry(record, entry) {
  if (entry.seq <= record.base || record.tail.has(entry.seq)) return record;
  const tail = new Map(record.tail).set(entry.seq, entry);
  const heard = record.heard || /^(hold|source)_/.test(entry.event.type);
  if (record.base < 0) return { ...record, heard, tail };
  const standing = { holds: new Map(record.holds), sources: new Map(record.sources) };
  let { base } = record;
  // What nothing is missing before is folded in, so that a page open for weeks keeps no more than what is open.
  for (const next of inOrder(tail.values())) {
    if ((next.prev ?? next.seq - 1) > base) break;
    apply(standing, next);
    base = next.seq;
    tail.delete(base);
  }
  return { ...record, ...standing, base, heard, tail };
}

/**
 * Take a heartbeat of the connection that told everything since `base`, in its order: nothing was left out up to its seq.
 * Of a whole stream every seq is told, so that this moves only a narrowed one on.
 */
export function withHeartbeat(record, heartbeat) {
  const narrowed = record.filter !== null && record.base >= 0 && !record.tail.size && heartbeat.log === record.log;
  return narrowed && heartbeat.seq > record.base ? { ...record, base: heartbeat.seq } : record;
}

/** Whether something that the heartbeat's connection should have told never came. */
export function misses(record, heartbeat) {
  return record.base >= 0 && (record.tail.size > 0 || (record.filter === null && heartbeat.seq > record.base));
}

/** Up to which seq nothing is missing. */
export const completeTo = (record) => record.base;

/** The open holds and the sources that are watched or silent, each by id, as far as is known. */
export function standing(record) {
  if (!record.tail.size) return { holds: record.holds, sources: record.sources };
  const all = { holds: new Map(record.holds), sources: new Map(record.sources) };
  for (const entry of inOrder(record.tail.values())) apply(all, entry);
  return all;
}

export const inOrder = (entries) => [...entries].sort((one, other) => one.seq - other.seq);

/** The hold that the entry at `seq` places. */
export function opened(seq, event) {
  const { type, at, ...rest } = event;
  return { note: null, ...rest, id: seq, since: at };
}

/** The hold as it stands after an escalation. An early warning that becomes an alert begins as one now. */
export function escalated(hold, { threat, stage, level, at }) {
  return { ...hold, threat, stage, level, since: hold.stage === stage ? hold.since : at };
}

function apply({ holds, sources }, { seq, event }) {
  const hold = holds.get(event.hold);
  const source = sources.get(event.source);
  switch (event.type) {
    case "hold_raised":
      holds.set(seq, opened(seq, event));
      break;
    case "hold_escalated":
      if (hold) holds.set(hold.id, escalated(hold, event));
      break;
    case "hold_annotated":
      if (hold) holds.set(hold.id, { ...hold, note: event.note });
      break;
    case "hold_released":
    case "hold_withdrawn":
      holds.delete(event.hold);
      break;
    case "source_watched":
      sources.set(event.source, { id: event.source, silent_after_s: event.silent_after_s, zones: event.zones, silent_since: source?.silent_since ?? null });
      break;
    case "source_fell_silent":
      sources.set(event.source, { silent_after_s: null, zones: [], ...source, id: event.source, silent_since: event.at });
      break;
    case "source_came_back":
      if (!source || source.silent_after_s === null) sources.delete(event.source);
      else sources.set(event.source, { ...source, silent_since: null });
      break;
    default: // the record of attacks, and what is not public: told as `internal`, so that no seq is missing
  }
}

/** The sources that cannot be heard, longest silent first. */
export const silentSources = (sources) => [...sources].filter((source) => source.silent_since !== null)
  .sort((one, other) => Date.parse(one.silent_since) - Date.parse(other.silent_since));

/**
 * The status of every zone under `holds`: a Map id -> { status, within, around, since, freshness, over, inside, mayMean, silent, veiled }.
 * `over` are the holds that reach the whole zone, `inside` those that reach some of it only, `mayMean` those on an
 * unnamed part of what the zone lies in: it may be this zone, and `around` is the worst of them. `silent` are the silent
 * sources that what is said rests on, or that speak for the zone; `veiled`, whether that is so of all of it and not only
 * because of a zone within.
 */
export function statuses(atlas, holds, sources = []) {
  const own = new Map();
  const inside = new Map();
  for (const hold of holds) {
    if (!atlas.zones.has(hold.zone)) continue;
    push(hold.extent === "part" ? inside : own, hold.zone, hold);
    for (const above of atlas.ancestors(hold.zone)) push(inside, above, hold);
  }
  const unheard = silentSources(sources);
  const spoken = new Map();
  for (const source of unheard) for (const zone of source.zones) push(spoken, zone, source.id);
  const said = new Map();
  const none = [];
  for (const id of atlas.topDown) {
    const parent = said.get(atlas.zones.get(id).parent);
    const inherited = parent ? parent.over : none;
    const mine = own.get(id);
    const over = mine ? [...inherited, ...mine] : inherited;
    const parts = inside.get(id) ?? none;
    const mayMean = parent && (parent.mayMean.length || parent.unnamed.length) ? [...parent.mayMean, ...parent.unnamed] : none;
    const unnamed = parts.length ? parts.filter((hold) => hold.zone === id && hold.extent === "part") : none;
    const restsOn = over.length ? over : parts;
    const spokenFor = unheard.length ? [...(parent?.spokenFor ?? none), ...(spoken.get(id) ?? none)] : none;
    const among = (reasons) => unheard.filter((source) => spokenFor.includes(source.id) || reasons.some((hold) => hold.source === source.id));
    const silent = unheard.length ? among([...restsOn, ...unnamed, ...mayMean]) : none;
    said.set(id, {
      status: over.length ? worst(over) : parts.length ? "partial" : "clear",
      within: worst(parts),
      around: worst(mayMean),
      since: earliest(restsOn),
      freshness: silent.length ? "stale" : "fresh",
      over,
      inside: parts,
      mayMean,
      unnamed,
      spokenFor,
      silent,
      veiled: silent.length > 0 && among([...over, ...unnamed, ...mayMean]).length > 0,
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
