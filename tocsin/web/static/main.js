// The page: hears the server, keeps what is known, and shows it in every view at once.

import { makeAdvice } from "./advice.js";
import { followAir } from "./air.js";
import { followArrivals } from "./arrivals.js";
import { ServerClock } from "./clock.js";
import { $, h, svg } from "./dom.js";
import { makeFlatMap } from "./flat.js";
import { showLegend } from "./legend.js";
import { makeList } from "./list.js";
import { makeMap } from "./map.js";
import { makeMyZone, rememberedZone, rememberZone } from "./myzone.js";
import { makePanel } from "./panel.js";
import { makeReplay } from "./replay.js";
import { makeSearch } from "./search.js";
import { holdsAt } from "./intervals.js";
import { makeShelters } from "./shelters/shelters.js";
import { tellArrival } from "./shelters/timeleft.js";
import { completeTo, makeAtlas, misses, nothingKnown, silentSources, standing, statuses, withEntry, withHeartbeat, withSnapshot } from "./state.js";
import { listen } from "./stream.js";
import { elapsed, language, otherLanguage, preferredLanguage, remember, speak, speakOfDrill, t, time } from "./texts.js";
import { makeWithdrawn } from "./withdrawn.js";

const OSM = "https://www.openstreetmap.org/copyright";
const hasRoom = matchMedia("(min-width: 1200px)").matches;
const root = document.documentElement;

const clock = new ServerClock();
let atlas;
let record = nothingKnown();
let live = null; // what is said of every zone now, and who is silent; made when it is looked at
let silences = [];
let fresh = null; // null until the first word, then whether the server still speaks, and knows of the present
let lastWord = Date.now(); // when what is shown was last known to be so
let cutOffSince = null; // since when the server itself, an edge, is cut off from where it gets everything
let opened = new URLSearchParams(location.search).get("zone");
let mine = rememberedZone();
let shownHolds = "";
let map = null;
let sheltersDue = null; // until what only shelters have changed is shown
let wire;

speakOfDrill(root.dataset.realm === "drill");
await speak(preferredLanguage());
const told = await zonesAtLast();
atlas = makeAtlas(told.zones, told.levels);
if (opened && !atlas.zones.has(opened)) opened = null;
if (mine && !atlas.zones.has(mine)) mine = null;

const replay = makeReplay($("#replay"), clock, { changed: moved, closed: machineClosed });
const search = makeSearch($("#search"), { open, makeMine });
const list = makeList({ summary: $("#summary"), zones: $("#zones") }, open);
const advice = makeAdvice(soon);
const panel = makePanel($("#panel"), { open, close, makeMine });
const arrival = followArrivals({ changed: soon, tell: tellArrival, rate: () => clock.rate });
const air = followAir({ note: $("#air"), changed: soon, rate: () => clock.rate });
const withdrawn = makeWithdrawn($("#withdrawn"), soon);
const shelters = makeShelters({ clock, changed: sheltersSoon, show: showShelters, said: $("#said"), shouted: $("#shouted"), opened: shelterOpened, closed: shelterClosed });
const banner = makeMyZone({ banner: $("#mine"), said: $("#said"), shouted: $("#shouted"), favicon: $("#favicon") }, { atlas, levels: told.levels },
  { open, makeMine, search: () => search.focus(), understoodButton: withdrawn.understoodButton, shelter: () => shelters?.banner() ?? null, instead: () => shelters?.instead() ?? null });

dress();
show();
wire = listen("/api/v1/stream", {
  snapshot(body) {
    if (record.log !== (body.log ?? null)) {
      replay.forget();
      advice.forget();
    }
    clock.hear(body.clock);
    record = withSnapshot(record, body);
    enter(record.realm);
    learn();
    withdrawn.ask(record.log, clock.now());
    shelters?.snapshot(record.log);
    if (replay.isOpen()) replay.record();
  },
  entry(entry) {
    record = withEntry(record, entry);
    replay.hear(entry);
    withdrawn.hear(entry);
    shelters?.hear(entry);
    learn();
  },
  message(body) {
    advice.hear(body);
    withdrawn.hearMessage(body);
  },
  heartbeat(body) {
    clock.hear(body.clock);
    heardNow();
    const anotherLog = record.log !== null && body.log !== undefined && body.log !== record.log;
    record = anotherLog ? nothingKnown() : withHeartbeat(record, body);
    if (anotherLog || misses(record, body)) wire.restart();
    else shelters?.heartbeat();
    soon();
  },
  clock(body) {
    clock.hear(body);
    soon();
  },
  cutOff(since) {
    cutOffSince = since === null ? null : Date.parse(since);
    heardNow();
    soon();
  },
  freshness(isFresh) {
    fresh = isFresh;
    soon();
  },
});
setInterval(tick, 250);
drawMap();

/** A page that stays open while another realm takes the address follows it. */
function enter(realm) {
  if (realm === null || realm === root.dataset.realm) return;
  root.dataset.realm = realm;
  speakOfDrill(realm === "drill");
  dress();
  map?.restyle();
}

function learn() {
  live = null;
  heardNow();
  soon();
}

/** What an edge says while it is cut off is of the moment when that began. */
function heardNow() {
  lastWord = cutOffSince ?? clock.now();
}

/** One showing for all that was heard in one go. Not an animation frame: a hidden tab must tell its title, too. */
let due = null;
function soon() {
  due ??= setTimeout(() => {
    due = null;
    show();
  }, 30);
}

/** A place, a closure, a second less: only my shelter and the banner say another thing. */
function sheltersSoon() {
  sheltersDue ??= setTimeout(showShelters, 30);
}

function showShelters() {
  clearTimeout(sheltersDue);
  sheltersDue = null;
  const now = view();
  for (const part of [shelters, banner]) part?.show(now);
}

function view() {
  const at = replay.at();
  const serverNow = clock.now();
  const holds = at === null ? null : holdsAt(replay.pieces(), at);
  if (live === null) lookAtPresent();
  return {
    atlas, live, opened, mine, lastWord, serverNow, head: record.base < 0 ? null : completeTo(record), heard: record.heard,
    known: record.base >= 0, fresh: fresh !== false, lookingBack: at !== null, now: at ?? serverNow,
    statuses: holds === null ? live : statuses(atlas, holds), holds, silences: holds === null ? silences : [],
    withdrawn: withdrawn.news(live, serverNow), advice: advice.on,
    arrival: mine ? arrival([mine, ...atlas.ancestors(mine)]) : null, air: at === null ? air.now() : [],
  };
}

/** What is said of every zone, and which silent source leaves which zones without a word. */
function lookAtPresent() {
  const { holds, sources } = standing(record);
  live = statuses(atlas, holds.values(), sources.values());
  silences = silentSources(sources.values()).map((source) => {
    const zones = [...new Set([...source.zones, ...[...holds.values()].filter((hold) => hold.source === source.id).map((hold) => hold.zone)])];
    return { source, zones: zones.filter((id) => atlas.zones.has(id) && !atlas.ancestors(id).some((above) => zones.includes(above))) };
  }).filter(({ zones }) => zones.length > 0);
}

function show() {
  clearTimeout(sheltersDue);
  sheltersDue = null;
  const now = view();
  root.dataset.fresh = fresh === null ? "opening" : fresh ? "fresh" : "stale";
  root.classList.toggle("looking-back", now.lookingBack);
  root.classList.toggle("any-silent", now.silences.length > 0);
  shownHolds = now.holds ? now.holds.map((hold) => hold.id).join() : "";
  showNotices(now);
  for (const part of [list, search, panel, shelters, banner, withdrawn]) part?.show(now);
  replay.show();
  air.show();
  if (now.known) map?.show(now);
}

/** The moment looked at moved: everything is drawn again only where other holds are open then. */
function moved() {
  const at = replay.at();
  const holds = at === null ? "" : holdsAt(replay.pieces(), at).map((hold) => hold.id).join();
  if (holds !== shownHolds || root.classList.contains("looking-back") !== (at !== null)) soon();
}

function machineClosed() {
  show();
  $("#machine").focus();
}

function tick() {
  replay.tick();
  shelters?.tick();
  const now = replay.at() ?? clock.now();
  for (const part of document.querySelectorAll("[data-since]")) {
    const text = elapsed((part.closest("#mine") ? clock.now() : now) - Number(part.dataset.since));
    if (part.textContent !== text) part.textContent = text;
  }
}

function showNotices(now) {
  const { replay: running } = clock;
  const label = $("#replay-notice");
  label.hidden = running === null;
  if (running) label.textContent = t("replay.of", { title: running.title?.[language()] ?? running.title?.en ?? "" });
  const stale = $("#stale-notice");
  stale.hidden = now.fresh;
  const text = now.fresh ? "" : now.known ? t("stale.banner", { time: time(lastWord) }) : t("stale.never");
  if (stale.textContent !== text) stale.textContent = text;
  const word = t(fresh === null ? "connection.opening" : fresh ? "connection.live" : "connection.stale");
  if ($("#connection").textContent !== word) $("#connection").replaceChildren(h("span", {}, word));
  $("#machine").hidden = !now.known || running !== null || replay.isOpen();
}

async function drawMap() {
  const pane = $("#map");
  if (!told.drawn) {
    $("#map-buttons").hidden = true;
    pane.replaceChildren(h("p", { class: "flat-note" }, t("map.none")));
    return;
  }
  try {
    map = await makeMap(pane, atlas, { open });
  } catch (reason) {
    console.info(`flat map: ${reason.message}`);
    try {
      map = await makeFlatMap(pane, atlas, { open });
    } catch {
      setTimeout(drawMap, 3000); // the list tells everything until then
      return;
    }
  }
  if (record.base >= 0) map.show(view());
}

function open(id) {
  shelters?.hide();
  opened = id;
  address();
  show();
}

function close() {
  const was = opened;
  opened = null;
  address();
  show();
  ($(`#zones [data-zone="${CSS.escape(was)}"]`) ?? $("#search-input")).focus();
}

/** My shelter stands where a zone's panel does: one of them at a time. */
function shelterOpened() {
  opened = null;
  address();
  soon();
}

function shelterClosed() {
  show();
  $('#mine [data-key="shelter"]')?.focus();
}

function makeMine(id) {
  mine = id;
  rememberZone(id);
  show();
}

function address() {
  const url = new URL(location.href);
  if (opened) url.searchParams.set("zone", opened);
  else url.searchParams.delete("zone");
  history.replaceState(null, "", url);
}

/** The zones, asked for until they come: a page that knows none shows nothing, and says so. */
async function zonesAtLast() {
  for (;;) {
    try {
      return await ask("/api/v1/zones");
    } catch {
      $("#stale-notice").textContent = t("panel.failed");
      $("#stale-notice").hidden = false;
      await new Promise((again) => setTimeout(again, 3000));
    }
  }
}

async function ask(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

/** The words that do not change with the state, in the language that is on. */
function dress() {
  $("#drill-band").hidden = root.dataset.realm !== "drill";
  $("#drill-words").textContent = t("realm.drill.words");
  $("#skip").textContent = t("skip");
  $("#tagline").textContent = t("tagline");
  $("#threats").textContent = t("threats.link");
  $("#threats").href = `/threats?lang=${language()}`;
  $("#attacks").textContent = t("attacks.link");
  $("#attacks").href = `/attacks?lang=${language()}`;
  $("#lang").textContent = t("lang.other");
  $("#lang").setAttribute("aria-label", t("lang.switch"));
  $("#lang").lang = otherLanguage();
  $("#machine").textContent = t("replay.machine");
  $("#settings").setAttribute("aria-label", t("nav.label"));
  $("#map-pane").setAttribute("aria-label", t("map.label"));
  $("#list").setAttribute("aria-label", t("list.title"));
  const link = h("a", { href: OSM, rel: "noreferrer" }, "© OpenStreetMap contributors");
  const [before, after] = t("attribution").split("{osm}");
  const isUkraine = atlas.roots[0] === "UA"; // the texts name its sources; another country's atlas names its own
  $("#sources").replaceChildren(...(isUkraine ? [before, link, after] : [told.attribution]));
  $("#attribution").replaceChildren(...(isUkraine ? [link.cloneNode(true), h("span", {}, ` · ${t("attribution.short")}`)] : [h("span", {}, told.attribution)]));
  $("#attribution").setAttribute("aria-label", t("attribution.label"));
  showLegend($("#legend"), hasRoom);
  dressTheme();
  dressGrip();
  $("#map-buttons").replaceChildren(...[["in", "M10 4v12M4 10h12", () => map?.zoomIn()], ["out", "M4 10h12", () => map?.zoomOut()],
    ["home", "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5", () => map?.home()]].map(([key, d, act]) =>
    h("button", { type: "button", "aria-label": t(`map.${key}`), title: t(`map.${key}`), onclick: act },
      svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d, fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round" })))));
}

function dressTheme() {
  $("#theme").setAttribute("aria-label", t(root.dataset.theme === "dark" ? "theme.light" : "theme.dark"));
}

function dressGrip() {
  const reading = $("#stage").classList.contains("reading");
  $("#grip").setAttribute("aria-expanded", String(reading));
  $("#grip").setAttribute("aria-label", t(reading ? "sheet.less" : "sheet.more"));
}

$("#lang").addEventListener("click", async () => {
  await speak(otherLanguage());
  remember(language());
  dress();
  show();
  map?.restyle();
});
$("#theme").addEventListener("click", () => document.dispatchEvent(new CustomEvent("tocsin:toggle-theme")));
document.addEventListener("tocsin:theme", () => {
  dressTheme();
  map?.restyle();
});
$("#machine").addEventListener("click", () => {
  replay.openMachine();
  show();
  $("#replay-play").focus();
});
$("#grip").addEventListener("click", () => {
  $("#stage").classList.toggle("reading");
  dressGrip();
});
