// The street map beside the answer, drawn from the bundle alone: no tile is asked for, so that none tells where one looks.
//
// A tap or Enter takes a place. By keyboard: arrows move a crosshair, + and - make the map larger and smaller; the name
// of the street under the crosshair is said aloud.

import { h, svg } from "../dom.js";
import { t } from "../texts.js";
import { makeGround } from "./ground.js";
import { colours, paint } from "./paint.js";
import { makeSheets } from "./sheets.js";
import { beside } from "./streets.js";

const STEP_PX = 24;
const TAP_PX = 7;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `taken(lon, lat, street)`: a place was chosen; `say`: into the live region; `free()`: what lies over the map's edges. */
export function makeStreetMap(root, { taken, say, free }) {
  const canvas = h("canvas", { tabindex: "0", role: "application" });
  const buttons = h("div", { class: "map-buttons" });
  const note = h("p", { class: "attribution" });
  root.append(canvas, buttons, note);
  const ground = makeGround();
  let view = { area: null, stands: null, place: null, ways: [], shown: 0 };
  let crosshair = null;
  let fitted = null; // what the map was last brought to
  const sheets = makeSheets(soon); // streets, and their names: painted only when the map moves
  let look = null;
  let room = free();
  let due = null;
  const pointers = new Map();
  let gesture = null;

  new ResizeObserver(() => {
    measure();
    fit();
  }).observe(root);
  document.addEventListener("tocsin:theme", soon);

  function measure() {
    const { width, height } = root.getBoundingClientRect();
    const ratio = devicePixelRatio || 1;
    Object.assign(canvas, { width: Math.max(1, width * ratio), height: Math.max(1, height * ratio) });
    room = free();
    sheets.forget();
    ground.resize(width, height, room);
  }

  function soon() {
    due ??= requestAnimationFrame(() => {
      due = null;
      if (!view.area) return;
      const { theme, realm } = document.documentElement.dataset;
      if (look?.of !== theme + realm) look = { of: theme + realm, ...colours() };
      const [pen, ratio] = [canvas.getContext("2d"), devicePixelRatio || 1];
      sheets.ask(view.area, ground, ratio, look, room);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      paint(pen, sheets, ground, look, { ...view, crosshair: document.activeElement === canvas ? crosshair : null });
    });
  }

  function show(next) {
    const key = [next.area?.header.area, next.place?.lon, next.place?.lat, next.ways.map((way) => way.shelter), next.shown].join();
    view = next;
    canvas.setAttribute("aria-label", t("shelter.map"));
    note.textContent = next.area?.header.attribution.join(" · ") ?? "";
    dress();
    if (key !== fitted && !isInView()) fit();
    fitted = key;
    soon();
  }

  /** Whether the way that is told can be followed on the map as it lies: then it stays, and who walks keeps their bearings. */
  function isInView() {
    const way = view.ways[view.shown];
    if (!way) return false;
    const { plane } = view.area.streets;
    return ground.holds(way.line.map(([lon, lat]) => plane.xy(lon * 1e6, lat * 1e6)));
  }

  /** Bring the way that is told into view; without one the place, or all of the area. */
  function fit() {
    if (!view.area) return;
    const { plane } = view.area.streets;
    const way = view.ways[view.shown];
    const spots = way ? way.line : view.place ? [[view.place.lon, view.place.lat]] : [];
    const [west, south, east, north] = view.area.header.bounds;
    const isInside = view.place && west <= view.place.lon && view.place.lon <= east && south <= view.place.lat && view.place.lat <= north;
    const all = spots.length && (way || isInside) ? spots : [[west, south], [east, north]];
    ground.fit(all.map(([lon, lat]) => plane.xy(lon * 1e6, lat * 1e6)), 0.9);
    soon();
  }

  function dress() {
    const act = { in: () => ground.zoomBy(1.6), out: () => ground.zoomBy(1 / 1.6), way: fit };
    const drawn = { in: "M10 4v12M4 10h12", out: "M4 10h12", way: "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5" };
    if (buttons.childElementCount && buttons.lang === t("lang")) return;
    buttons.lang = t("lang");
    buttons.replaceChildren(...["in", "out", "way"].map((key) => {
      const label = t(key === "way" ? "shelter.map.way" : `map.${key}`);
      return h("button", { type: "button", "aria-label": label, title: label, onclick: () => { act[key](); soon(); } },
        svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: drawn[key], fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round" })));
    }));
  }

  function take(px, py) {
    if (!view.area) return;
    const [lon, lat] = view.area.streets.plane.place(...ground.toMetres(px, py));
    taken(Number(lon.toFixed(6)), Number(lat.toFixed(6)), streetAt(ground.toMetres(px, py)));
  }

  function streetAt([x, y]) {
    const here = beside(view.area.streets, x, y, false);
    return here && view.area.streets.names[view.area.streets.name[here.piece]];
  }

  const at = ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    gesture = { moved: pointers.size > 1, from: at(event) };
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before || !gesture) return;
    const now = at(event);
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, spot]) => spot);
    gesture.moved ||= Math.hypot(now[0] - gesture.from[0], now[1] - gesture.from[1]) > TAP_PX;
    if (others.length) {
      const [other] = others;
      const apart = (spot) => Math.max(10, Math.hypot(spot[0] - other[0], spot[1] - other[1]));
      ground.zoomBy(apart(now) / apart(before), other);
    } else if (gesture.moved) ground.panBy(now[0] - before[0], now[1] - before[1]);
    pointers.set(event.pointerId, now);
    soon();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (gesture && !gesture.moved && pointers.size === 1) take(...at(event));
    pointers.delete(event.pointerId);
  });
  canvas.addEventListener("pointercancel", ({ pointerId }) => pointers.delete(pointerId));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    ground.zoomBy(2 ** (-event.deltaY / 300), at(event));
    soon();
  }, { passive: false });
  for (const kind of ["focus", "blur"]) canvas.addEventListener(kind, soon);
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !view.area) return;
    if (event.key in ARROWS) move(ARROWS[event.key]);
    else if (event.key === "+" || event.key === "=") ground.zoomBy(1.6);
    else if (event.key === "-") ground.zoomBy(1 / 1.6);
    else if (event.key === "Enter" || event.key === " ") take(...ground.toPx(...(crosshair ?? ground.middle)));
    else return;
    event.preventDefault();
    soon();
  });

  function move([dx, dy]) {
    const [x, y] = crosshair ?? ground.middle;
    crosshair = [x + (dx * STEP_PX) / ground.scale, y - (dy * STEP_PX) / ground.scale];
    const [px, py] = ground.toPx(...crosshair);
    const [width, height] = ground.size;
    if (px < 30 || py < 30 || px > width - 30 || py > height - 30) ground.panBy(-dx * STEP_PX * 4, -dy * STEP_PX * 4);
    say(t("shelter.map.at", { street: streetAt(crosshair) || t("shelter.map.nameless") }));
  }

  return { show };
}
