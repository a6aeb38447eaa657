// The map: MapLibre over two tile archives of our own. Where it cannot run, main.js takes the flat map.
//
// A hold fills the zone where it is placed; a zone held in part is hatched. Nothing is asked of a third party.

import { drawn } from "./air.js";
import { addImages } from "./mapimages.js";
import { LEVELS, PATTERNED, styleOf, tokens } from "./mapstyle.js";
import { RANK, says } from "./state.js";
import { language, nameOf, t } from "./texts.js";

const HOME = [[22.0, 44.2], [40.4, 52.5]];
const EDGE = [[8, 38], [64, 60]]; // a little more than the base map covers, so that there is room beside the panel
const FRESH_MS = 2500;
const PANEL_PX = 432;

/** Rejects where WebGL or the library is missing. `pane` is the element the map fills. */
export async function makeMap(pane, atlas, { open }) {
  const gl = globalThis.maplibregl;
  if (!gl || !globalThis.pmtiles) throw new Error("the map's library did not load");
  if (!document.createElement("canvas").getContext("webgl2")) throw new Error("no WebGL");
  gl.setWorkerUrl("/static/vendor/maplibre-gl/maplibre-gl-csp-worker.js");
  if (!makeMap.protocol) {
    makeMap.protocol = new pmtiles.Protocol();
    gl.addProtocol("pmtiles", makeMap.protocol.tile);
  }
  let lists = emptyLists();
  let filled = new Map(); // "level/id" -> status
  let labels = { type: "FeatureCollection", features: [] };
  let air = drawn([]);
  let view = null;
  let wasFresh = null;
  let moved = false; // whether a hand has moved the map; until then it shows the whole country
  const map = new gl.Map({
    container: pane, style: styleOf(tokens(), lists, labels, language(), air), attributionControl: false, dragRotate: false, pitchWithRotate: false,
    touchPitch: false, maxZoom: 11, minZoom: 2.6, maxBounds: EDGE, bounds: HOME, fitBoundsOptions: { padding: room() }, fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.on("idle", () => { document.documentElement.dataset.map = "idle"; });
  for (const kind of ["dragstart", "zoomstart"]) map.on(kind, ({ originalEvent }) => { moved ||= originalEvent !== undefined; });
  map.on("resize", () => { if (!moved) fit(0); });
  map.on("error", ({ error }) => console.warn("map:", error?.message));
  map.on("click", ({ point }) => {
    const threat = threatAt(point);
    if (threat) return location.assign(`/threats?lang=${language()}#threat-${threat}`);
    const id = zoneAt(point);
    if (id) open(id);
  });
  map.on("mousemove", ({ point }) => { map.getCanvas().style.cursor = threatAt(point) || zoneAt(point) ? "pointer" : ""; });
  map.getCanvas().setAttribute("aria-label", t("map.label"));
  map.on("styleimagemissing", () => addImages(map, tokens()));
  await new Promise((done) => { map.once("load", done); });

  /** The zone under a point: the finest level whose borders are drawn at this zoom. */
  function zoneAt(point) {
    const level = map.getZoom() >= 7.6 ? "hromada" : map.getZoom() >= 6.2 ? "raion" : "oblast";
    for (const tried of LEVELS.slice(0, LEVELS.indexOf(level) + 1).reverse()) {
      const [hit] = map.queryRenderedFeatures(point, { layers: [`${tried}-fill`] });
      if (hit) return hit.properties.id;
    }
    return null;
  }

  /** The threat whose middle is under a point: what lies in its area stays a zone to be opened. */
  function threatAt({ x, y }) {
    if (!air.features.length) return null;
    const [hit] = map.queryRenderedFeatures([[x - 8, y - 8], [x + 8, y + 8]], { layers: ["air-spot"] });
    return hit ? hit.properties.id : null;
  }

  function show(next) {
    const before = view;
    view = next;
    const states = fillsOf(view);
    const changed = [...states].filter(([key, status]) => filled.get(key) !== status).map(([key]) => key);
    for (const key of filled.keys()) if (!states.has(key)) map.removeFeatureState(target(key));
    for (const key of changed) map.setFeatureState(target(key), { status: states.get(key) });
    filled = states;
    lists = listsOf(view, before && !view.lookingBack && !before.lookingBack && view.known && before.known ? changed.map((key) => key.split("/")[1]) : []);
    for (const level of LEVELS) {
      for (const name of PATTERNED) map.setFilter(`${level}-${name}`, among(lists[level][name]));
      for (const name of ["fresh", "mine", "opened"]) map.setFilter(`${level}-${name}`, among(lists[name]));
    }
    if (lists.fresh.length) fadeFresh();
    labels = labelsOf(view);
    map.getSource("labels").setData(labels);
    if (view.air.length || air.features.length) {
      air = drawn(view.air);
      map.getSource("air").setData(air);
    }
    if ((before?.opened ?? null) === view.opened) return;
    if (!moved && (!view.opened || isDrawnAtHome(view.opened))) fit(400);
    else if (view.opened) goTo(view.opened);
  }

  function fadeFresh() {
    clearTimeout(wasFresh);
    wasFresh = setTimeout(() => {
      lists.fresh = [];
      for (const level of LEVELS) map.setFilter(`${level}-fresh`, among([]));
    }, FRESH_MS);
  }

  /** After a change of theme or language. */
  function restyle() {
    map.setStyle(styleOf(tokens(), lists, labels, language(), air), { diff: true });
    for (const [key, status] of filled) map.setFeatureState(target(key), { status });
    map.getCanvas().setAttribute("aria-label", t("map.label"));
  }

  /** Bring a zone into view where it is not, or is too small to see. */
  function goTo(id) {
    const { point, level } = view.atlas.zones.get(id);
    if (!point) return;
    const near = { oblast: 5.6, raion: 7.2, hromada: 8.2 }[level];
    if (!near || (map.getBounds().contains(point) && map.getZoom() >= near - 1.2)) return;
    moved = true;
    map.easeTo({ center: point, zoom: Math.max(map.getZoom(), near), offset: offset(view.opened), duration: calm() ? 0 : 500 });
  }

  function isDrawnAtHome(id) {
    return ["country", "oblast"].includes(view.atlas.zones.get(id).level);
  }

  function fit(duration) {
    map.fitBounds(HOME, { padding: room(view?.opened), duration: calm() ? 0 : duration });
  }

  return {
    show, restyle,
    zoomIn: () => map.zoomIn({ duration: calm() ? 0 : 250 }),
    zoomOut: () => map.zoomOut({ duration: calm() ? 0 : 250 }),
    home() {
      moved = false;
      fit(400);
    },
  };
}

const among = (ids) => ["in", ["get", "id"], ["literal", ids]];
const panelIsBeside = () => matchMedia("(min-width: 1200px)").matches;
const isWide = () => matchMedia("(min-width: 900px)").matches;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const emptyLists = () => ({ ...Object.fromEntries(LEVELS.map((level) => [level, Object.fromEntries(PATTERNED.map((name) => [name, []]))])), fresh: [], mine: [], opened: [] });

function target(key) {
  const [sourceLayer, id] = key.split("/");
  return { source: "zones", sourceLayer, id };
}

/** What stands over the map's edges, so that the country is centred in what is free. */
function room(opened) {
  return isWide() ? { top: 30, right: opened && panelIsBeside() ? PANEL_PX + 20 : 30, bottom: 176, left: 30 } : { top: 8, right: 8, bottom: 30, left: 8 };
}

const offset = (opened) => (panelIsBeside() && opened ? [-PANEL_PX / 2, -60] : [0, 0]);

/** Which zones are filled, as "level/id" -> status: where the holds lie. A country's hold fills its oblasts. */
function fillsOf(view) {
  const fills = new Map();
  for (const [id, said] of view.statuses) {
    const { level } = view.atlas.zones.get(id);
    if (!LEVELS.includes(level)) continue;
    const parent = view.atlas.zones.get(id).parent;
    const here = level === "oblast" ? said.over : said.over.filter((hold) => hold.zone === id);
    if (!here.length || (level !== "oblast" && RANK[said.status] <= RANK[view.statuses.get(parent).status] && view.statuses.get(parent).over.length)) continue;
    fills.set(`${level}/${id}`, here.map(says).reduce((worst, one) => (RANK[one] > RANK[worst] ? one : worst)));
  }
  return fills;
}

/** A silent source veils what it leaves without a word: the largest such zones, and whatever is drawn over them. */
function isVeiledHere(view, id) {
  const said = view.statuses.get(id);
  const { level, parent } = view.atlas.zones.get(id);
  return said.veiled && (level === LEVELS[0] || !view.statuses.get(parent)?.veiled || [...said.over, ...said.unnamed].some((hold) => hold.zone === id));
}

/** Which zones each pattern and outline shows. */
export function listsOf(view, fresh) {
  const lists = emptyLists();
  for (const [id, said] of view.statuses) {
    const { level } = view.atlas.zones.get(id);
    if (LEVELS.includes(level) && isVeiledHere(view, id)) lists[level].silent.push(id);
    if (LEVELS.includes(level) && (said.status === "partial") && (level === "oblast" || said.inside.some((hold) => hold.zone === id))) lists[level].partial.push(id);
  }
  for (const [key, status] of fillsOf(view)) {
    const [level, id] = key.split("/");
    lists[level][status]?.push(id);
  }
  lists.fresh = fresh;
  lists.mine = view.mine ? [view.mine] : [];
  lists.opened = view.opened ? [view.opened] : [];
  return lists;
}

function labelsOf(view) {
  const shown = [...view.atlas.zones.values()].filter((zone) => zone.point && (zone.level === "oblast" || view.statuses.get(zone.id)?.over.some((hold) => hold.zone === zone.id)
    || (LEVELS.includes(zone.level) && view.statuses.has(zone.id) && isVeiledHere(view, zone.id))));
  return {
    type: "FeatureCollection",
    features: shown.map((zone) => ({
      type: "Feature", geometry: { type: "Point", coordinates: zone.point },
      properties: { id: zone.id, level: zone.level, name: shortName(zone), status: markOf(view.statuses.get(zone.id)), plate: view.statuses.get(zone.id)?.veiled ? "none" : view.statuses.get(zone.id)?.status ?? "clear" },
    })),
  };
}

const markOf = (said) => (said?.status === "clear" && said.veiled ? "silent" : (said?.status ?? "clear"));

/** An oblast's name as a map writes it: without the word for oblast. */
function shortName(zone) {
  const name = nameOf(zone);
  if (zone.level !== "oblast") return name;
  return name.replace(/ область$| Oblast$/i, "").replace(/^м\. /, "").replace(/^Автономна Республіка /, "АР ").replace(/^Autonomous Republic of /, "");
}
