// How many seconds are left until the impact in a zone, where anybody knows. One function for all who ask: `timeLeft`.
//
// It is fed from where arrivals are known: `tellArrival(zone, at)`, with the moment by the server's clock, or null where
// it is not known any more. `tellMinutes` is the person's own word. Where nobody says anything, an authority's own figure
// for a zone (`shelter_s`, counted from the alert) is taken.

const PAST_MS = 10 * 60_000; // so long after an arrival nothing is known any more
const arrivals = new Map();
let own = null;
let told = () => {};

/** `changed()` is called whenever anything new is told. */
export function whenTold(changed) {
  told = changed;
}

export function tellArrival(zone, at) {
  if (at === null) arrivals.delete(zone);
  else arrivals.set(zone, at);
  told();
}

/** `minutes` from now on, or null for "not known". */
export function tellMinutes(minutes, now) {
  own = minutes === null ? null : now + minutes * 60_000;
  told();
}

/**
 * Seconds, at least 0, or null where nobody knows. `chain`: the zone's id and those it lies in, for an arrival may be told
 * of any of them; `alert`: { since, shelter_s } of an alert that is on, or null. Of several the earliest counts.
 */
export function timeLeft(chain, now, alert = null) {
  const told = chain.map((id) => arrivals.get(id)).filter((at) => at !== undefined);
  if (!told.length && alert?.shelter_s) told.push(alert.since + alert.shelter_s * 1000);
  const known = (own === null ? told : [own, ...told]).filter((at) => now - at < PAST_MS);
  return known.length ? Math.max(0, (Math.min(...known) - now) / 1000) : null;
}
