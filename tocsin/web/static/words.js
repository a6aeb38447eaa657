// How the page says what a hold or a zone is, the same in the list, the panel and the banner.

import { h, mark } from "./dom.js";
import { elapsed, moment, nameOf, t, tOr } from "./texts.js";

/** "Air raid: ballistic missiles" */
export function causeOf(hold) {
  const hazard = tOr(`hazard.${hold.hazard}`, hold.hazard);
  const threat = hold.threat && hold.threat !== "unknown" ? `: ${tOr(`threat.${hold.threat}`, hold.threat)}` : "";
  return hazard + threat;
}

/** The status in words; of a page that is cut off, as what it was. */
export function statusWord(said, view) {
  const word = t(`status.${shownStatus(said, view)}`);
  return view.fresh ? word : t("stale.was", { status: word.toLocaleLowerCase() });
}

/** A server that has never heard anything knows of no calm. */
export const shownStatus = (said, view) => (view.heard ? wordOf(said) : "unknown");

/** Not calm either: what may be the part that an alert means, and what nobody speaks for any more. */
export const wordOf = (said) => (said.status !== "clear" ? said.status : said.mayMean.length ? "maybe" : said.silent.length ? "silent" : "clear");

/** Who fell silent, since when, and what that means for this zone: a sentence for each source. */
export function silences(said, view) {
  const key = wordOf(said) === "silent" ? "silent.clear" : "silent.held";
  return said.silent.map((source) => t(key, { source: source.id, time: moment(Date.parse(source.silent_since), view.now) }));
}

/** “army” silent since 14:05 */
export const silentSince = ([source], view) => t("silent.since", { source: source.id, time: moment(Date.parse(source.silent_since), view.now) });

/** A few names, and how many more there are. */
export function someNames(atlas, ids, most = 3) {
  const names = ids.slice(0, most).map((id) => nameOf(atlas.zones.get(id))).join(", ");
  return ids.length > most ? t("silent.and_more", { names, n: ids.length - most }) : names;
}

/** Kyiv and Sevastopol stand beside the oblasts, but are cities; their official names say so. */
export function levelWord(zone) {
  const isCity = zone.level === "oblast" && zone.names.uk?.startsWith("м. ");
  return tOr(`level.${isCity ? "city" : zone.level}`, zone.level);
}

/** "Bucha raion, Kyiv oblast": the zones above, without the country. */
export function chainOf(atlas, id) {
  return atlas.ancestors(id).filter((above) => atlas.zones.get(above).level !== "country").map((above) => nameOf(atlas.zones.get(above)));
}

/** A length of time that the page keeps ticking; see main.js. */
export function ticking(since, now) {
  const from = Date.parse(since);
  return h("span", { class: "elapsed", "data-since": from }, elapsed(now - from));
}

/** A row of a list of zones: mark, name, status word, since, elapsed. */
export function zoneRow(view, id, open, { nested = false } = {}) {
  const zone = view.atlas.zones.get(id);
  const said = view.statuses.get(id);
  const chain = nested ? [] : chainOf(view.atlas, id).slice(-1);
  return h("button", {
    type: "button", class: "row", "data-key": `row-${id}`, "data-zone": id, "data-status": said.status, "data-freshness": said.freshness,
    "aria-current": view.opened === id ? "true" : null, onclick: () => open(id),
  },
  mark(shownStatus(said, view)),
  h("span", { class: "row-name" }, nameOf(zone), h("small", {}, [statusWord(said, view), said.silent.length && silentSince(said.silent, view), ...chain].filter(Boolean).join(" · "))),
  said.since && h("span", { class: "row-time" }, ticking(said.since, view.now), h("small", {}, t("since", { time: moment(Date.parse(said.since), view.now) }))));
}
