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

/** A server that has never heard anything knows of no calm; nor is calm what may be the part that an alert means. */
export const shownStatus = (said, view) => (view.head === 0 ? "unknown" : wordOf(said));

export const wordOf = (said) => (said.status === "clear" && said.mayMean.length ? "maybe" : said.status);

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
    type: "button", class: "row", "data-key": `row-${id}`, "data-zone": id, "data-status": said.status,
    "aria-current": view.opened === id ? "true" : null, onclick: () => open(id),
  },
  mark(shownStatus(said, view)),
  h("span", { class: "row-name" }, nameOf(zone), h("small", {}, [statusWord(said, view), ...chain].join(" · "))),
  said.since && h("span", { class: "row-time" }, ticking(said.since, view.now), h("small", {}, t("since", { time: moment(Date.parse(said.since), view.now) }))));
}
