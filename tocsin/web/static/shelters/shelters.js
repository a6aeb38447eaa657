// My shelter beside my zone: joins what is known of shelters with the page. main.js gives it the stream and the view.

import { $, h, svg } from "../dom.js";
import { language, t } from "../texts.js";
import { wordOf } from "../words.js";
import { makeKnown } from "./known.js";
import { makePane } from "./pane.js";
import { makeStreetMap } from "./streetmap.js";
import { tellMinutes, timeLeft, whenTold } from "./timeleft.js";
import { inBrief, leftOf, minutesOf, nameOfShelter } from "./told.js";
import { steps } from "./wording.js";

const PANEL_PX = 432;
const ALARMS = new Set(["red", "yellow", "early_warning", "partial", "maybe"]);

/**
 * null on a server that knows no shelters. `page`: { changed, show, opened, closed, clock, said, shouted }; `changed` and
 * `show` have my shelter and my zone's banner shown, soon or now, and nothing else of the page.
 */
export function makeShelters(page) {
  if (!("shelters" in document.documentElement.dataset)) return null;
  const root = $("#shelter");
  const pane = $("#streets");
  let isOpen = false;
  let shown = 0;
  let told = null; // { id, seconds, open }: the answer as it was said last
  let alarmed = false;
  let source = null; // where the place came from, so that the device is asked again when an alert begins
  let closed = null; // the words on my shelter's closure, until the place is another
  let last = null;
  const known = makeKnown({ realm: document.documentElement.dataset.realm, now: () => page.clock.now(), changed: page.changed });
  const place = { take, locate, keep: (isKept) => known.setPlace(known.state.place, isKept) };
  const panel = makePane(root, { known, close, choose, place, tellMinutes: (minutes) => tellMinutes(minutes, page.clock.now()) });
  let streetMap = null;

  let isKept = false;
  let ticked = 0;

  whenTold(page.changed);
  known.begin();

  function take(spot) {
    source = spot.source ?? "chosen";
    shown = 0;
    closed = null;
    told = null;
    known.setPlace({ lon: spot.lon, lat: spot.lat, name: spot.name }, known.state.isKept);
    page.show(); // whoever runs is not kept waiting for what else may be heard
  }

  function locate() {
    if (!navigator.geolocation) return void (page.said.textContent = t("shelter.locate.no"));
    page.said.textContent = t("mine.where.asking");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => take({ lon: coords.longitude, lat: coords.latitude, name: t("shelter.place.device", { m: Math.max(5, Math.ceil(coords.accuracy / 5) * 5) }), source: "device" }),
      () => { page.said.textContent = t("shelter.locate.no"); }, { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 });
  }

  function choose(i) {
    shown = i;
    page.changed();
  }

  function open() {
    isOpen = true;
    page.opened();
    if (!known.area && known.areas.length) known.load(known.areas[0].area);
    root.hidden = false;
    root.scrollTop = 0;
    page.changed();
    root.focus({ preventScroll: true });
  }

  function close() {
    hide();
    page.closed();
  }

  function hide() {
    isOpen = false;
    root.hidden = true;
    pane.hidden = true;
  }

  function show(view) {
    const now = view.mine !== null && view.known ? view.live.get(view.mine) : null;
    const alarm = now && ALARMS.has(wordOf(now)) && view.fresh;
    last = { now: view.serverNow, fresh: view.fresh && view.known, left: leftIn(view, now), closed };
    notice(alarm);
    if (alarm && !alarmed && source === "device") locate();
    alarmed = alarm;
    if (known.area && !isKept) {
      isKept = true; // whoever has used it once finds it again without a network
      keepOffline();
    }
    root.hidden = !isOpen;
    pane.hidden = !isOpen || !known.area;
    if (!isOpen) return;
    panel.show(last, shown);
    if (!known.area) return;
    streetMap ??= makeStreetMap(pane, { taken: (lon, lat, street) => take({ lon, lat, name: street ? t("shelter.place.street", { street }) : null }), say: (words) => { page.said.textContent = words; }, free: room });
    streetMap.show({ area: known.area, stands: known.stands, place: known.state.place, ways: known.answer()?.ways ?? [], shown });
  }

  function leftIn(view, now) {
    const chain = view.mine === null ? [] : [view.mine, ...view.atlas.ancestors(view.mine)];
    const isRed = now && wordOf(now) === "red" && now.since;
    return timeLeft(chain, view.serverNow, isRed ? { since: Date.parse(now.since), shelter_s: view.atlas.zones.get(view.mine).shelter_s } : null);
  }

  /** Another answer is said aloud; that my shelter closed interrupts. */
  function notice(alarm) {
    const found = known.answer();
    const first = found?.ways?.[0];
    const next = first ? { id: known.area.shelters[first.shelter].id, seconds: first.seconds } : found ? { id: null, seconds: null } : null;
    if (next === null || (told && told.id === next.id && told.seconds === next.seconds)) return;
    const before = told;
    told = next;
    const words = first ? `${inBrief(known.area.shelters[first.shelter], first, known.state.profile)}. ${steps(known.area, first, language()).join("; ")}.` : t(found.ways === null ? "shelter.no_street" : "shelter.no_way");
    const number = before?.id ? known.area.number.get(before.id) : undefined;
    if (number !== undefined && before.id !== next.id && !known.stands.foot.open[number]) {
      shown = 0;
      closed = t("shelter.closed", { shelter: nameOfShelter(known.area.shelters[number]), cause: known.stands.said.get(number)?.cause ?? "" });
      last = { ...last, closed };
      page.shouted.textContent = `${closed} ${words}`;
    } else if (isOpen || alarm) page.said.textContent = words;
  }

  /** For my zone's banner: the nearest, how long it takes, and how long there is. */
  function banner() {
    const found = known.answer();
    const first = found?.ways?.[0];
    if (!known.area && !known.areas.length) return null;
    const words = !first ? [t("shelter.open")] : [
      h("b", {}, t("shelter.min", { n: minutesOf(first.seconds) })), ` ${nameOfShelter(known.area.shelters[first.shelter])}`,
      last?.left !== null && last !== null && h("span", { class: last.left < first.seconds ? "mine-left late" : "mine-left" }, " · ", last.left < first.seconds ? t("shelter.too_far.brief", { left: leftOf(last.left) }) : leftOf(last.left)),
      known.area.header.example && h("span", { class: "mine-left" }, " · ", t("shelter.example.brief")),
      last && !last.fresh && known.state.asOf !== null && h("span", { class: "mine-left" }, " · ", t("shelter.as_of.brief")),
    ];
    return h("button", { type: "button", class: "mine-shelter", "data-key": "shelter", "aria-expanded": String(isOpen), "aria-label": first ? undefined : t("shelter.open"), onclick: () => (isOpen ? close() : open()) }, roof(), h("span", {}, words));
  }

  /** The approved words on what to do instead, while an alarm is on and no shelter can be reached in time; else null. */
  function instead() {
    const first = known.answer()?.ways?.[0];
    const isTooFar = alarmed && first && last.left !== null && last.left < first.seconds;
    return isTooFar ? known.instead[language()] ?? known.instead.en ?? null : null;
  }

  /** Four times a second: the time that is left goes on, whatever else is heard. */
  function tick() {
    if (last === null || last.left === null) return;
    const second = Math.floor(page.clock.now() / 1000);
    if (second !== ticked) page.changed();
    ticked = second;
  }

  return { show, banner, instead, tick, open, hide, isOpen: () => isOpen, snapshot: known.snapshot, hear: known.hear, heartbeat: known.heartbeat };
}

const room = () => (matchMedia("(min-width: 1200px)").matches ? { top: 20, right: PANEL_PX, bottom: 40, left: 60 } : { top: 10, right: 10, bottom: 30, left: 50 });

const roof = () => svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" },
  svg("path", { d: "M10 2 18 8.500V18H2V8.500z M7 18v-5.500h6V18", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linejoin": "round" }));

/** The page itself is kept for when there is no network: see offline.js. Warnings are never kept. */
function keepOffline() {
  navigator.serviceWorker?.register("/offline.js").catch((reason) => console.info(`not kept for offline: ${reason.message}`));
}
