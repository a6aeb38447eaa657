// What was held when: the record's holds, each with its beginning and end, kept up with the log.
//
// Pure, like state.js, and the client's print of the server's ledger. A hold that was escalated is a piece for each
// thing that it said; what goes on after a narrowing goes on from where it began. What the record answered and what the
// stream told since may overlap, and entries may come in any order and number of copies.

import { escalated, inOrder, opened, statuses } from "./state.js";

export const nothingRecorded = () => new Map();

/** What the record answered, taken in beside what was heard so far: `rows` are its holds, in its order. */
export function withRecord(intervals, rows) {
  const answered = new Map();
  for (const row of rows) {
    const before = answered.get(row.id)?.at(-1);
    const began = before ? before.ended : row.since; // one piece ends where the next begins
    const since = before && before.stage === row.stage ? before.since : began;
    const piece = { ...row, began, since };
    if (before) answered.get(row.id).push(piece);
    else answered.set(row.id, [piece]);
  }
  const all = new Map([...intervals].map(([id, known]) => [id, livedOf(answered.get(id) ?? known.answered, known.heard)]));
  for (const [id, pieces] of answered) if (!all.has(id)) all.set(id, livedOf(pieces, new Map()));
  return all;
}

/** Bring up to date by one entry, in place. */
export function intervalsWith(intervals, entry) {
  const id = entry.event.type === "hold_raised" ? entry.seq : entry.event.hold;
  if (id === undefined) return intervals;
  const known = intervals.get(id) ?? { answered: [], heard: new Map() };
  intervals.set(id, livedOf(known.answered, new Map(known.heard).set(entry.seq, entry)));
  return intervals;
}

/** All pieces, each with `began` and `ended` (null while it stands). */
export function piecesOf(intervals) {
  for (const [, lived] of [...intervals].sort(([one], [other]) => one - other)) {
    const from = goesOnFrom(intervals, lived);
    if (from !== null) lived.pieces[0].began = from.began;
  }
  return [...intervals.values()].flatMap(({ pieces }) => pieces);
}

/** The holds that were open at `time_ms`. */
export function holdsAt(pieces, time_ms) {
  return pieces.filter(({ began, ended }) => Date.parse(began) <= time_ms && (ended === null || Date.parse(ended) > time_ms));
}

/** The status of every zone at `time_ms`. */
export function statusAt(atlas, pieces, time_ms) {
  return statuses(atlas, holdsAt(pieces, time_ms));
}

/** One hold's life: the record's pieces of it, brought up to date by what was heard of it. */
function livedOf(answered, heard) {
  const pieces = answered.map((piece) => ({ ...piece }));
  for (const { seq, event } of inOrder(heard.values())) {
    const last = pieces.at(-1);
    switch (event.type) {
      case "hold_raised":
        if (!last) pieces.push({ ...opened(seq, event), began: event.at, ended: null, ended_how: null });
        break;
      case "hold_escalated":
        if (last?.ended === null && !pieces.some((piece) => isBegunBy(piece, event))) escalate(pieces, event);
        break;
      case "hold_annotated":
        if (last) last.note = event.note;
        break;
      default:
        if (last?.ended === null) end(pieces, event.at, event.type === "hold_withdrawn" ? "withdrawn" : (event.ending ?? "released"), event.cause ?? null);
    }
  }
  return { answered, heard, pieces };
}

function escalate(pieces, event) {
  const last = pieces.at(-1);
  const at = Date.parse(event.at) < Date.parse(last.began) ? last.began : event.at;
  end(pieces, at, "escalated", null);
  pieces.push({ ...escalated(last, { ...event, at }), began: at, ended: null, ended_how: null });
}

/** End the last piece. Where that is told late, what the hold came to say only after its end is taken back. */
function end(pieces, at, how, cause) {
  while (pieces.length > 1 && Date.parse(at) <= Date.parse(pieces.at(-1).began)) pieces.pop();
  Object.assign(pieces.at(-1), { ended: at, ended_how: how, ended_cause: cause });
}

const isBegunBy = (piece, { at, threat, stage, level }) => Date.parse(piece.began) === Date.parse(at) && piece.threat === threat && piece.stage === stage && piece.level === level;

/** The last piece of the hold that this one goes on from, where one order narrowed it to this. */
function goesOnFrom(intervals, { answered, heard, pieces }) {
  const raised = answered.length || !pieces.length ? null : heard.get(pieces[0].id);
  const before = raised?.event.follows ? intervals.get(raised.event.follows) : null;
  const last = before?.pieces.at(-1);
  if (last?.ended_how !== "narrowed") return null;
  return [...before.heard.values()].some(({ order, event }) => order === raised.order && event.ending === "narrowed") ? last : null;
}
