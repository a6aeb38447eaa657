// The map's look, from the same tokens as the page (css/tokens.css).

// What the base map covers. Beyond it lies mostly land, and is drawn as land, so that its edge does not look like a coast.
const COVERED = [[[12, 40], [52, 40], [52, 58], [12, 58], [12, 40]]];

export const LEVELS = ["oblast", "raion", "hromada"];
export const PATTERNED = ["partial", "yellow", "early_warning", "silent"]; // drawn in this sequence: the veil over all
const FONT = ["Helvetica Neue", "Liberation Sans", "Arial", "sans-serif"];

/** The tokens of the theme that is on: {sea, land, calm, red, ...}. */
export function tokens() {
  const css = getComputedStyle(document.documentElement);
  const read = (name) => css.getPropertyValue(name).trim();
  const map = Object.fromEntries(["sea", "land", "border", "calm", "oblast", "raion", "alert", "river", "label", "halo", "hatch", "select"].map((name) => [name, read(`--map-${name}`)]));
  return { ...map, red: read("--red"), onRed: read("--on-red"), yellow: read("--yellow"), onYellow: read("--on-yellow"), early: read("--early"), onEarly: read("--on-early"), stale: read("--stale"), veil: read("--map-veil"), focus: read("--focus"), accent: read("--accent"), raised: read("--raised"), theme: `${document.documentElement.dataset.theme}-${document.documentElement.dataset.realm}` };
}

/** `lists`: ids by status and level for what a pattern or an outline shows; `labels`: GeoJSON of the zones' label points; `air`: of threats. */
export function styleOf(c, lists, labels, lang, air = { type: "FeatureCollection", features: [] }) {
  const among = (ids) => ["in", ["get", "id"], ["literal", ids]];
  const status = ["coalesce", ["feature-state", "status"], "none"];
  const fill = (level, otherwise) => ({
    id: `${level}-fill`, type: "fill", source: "zones", "source-layer": level,
    paint: { "fill-color": ["match", status, "red", c.alert, "yellow", c.yellow, "early_warning", c.early, otherwise] },
  });
  const pattern = (level, name) => ({
    id: `${level}-${name}`, type: "fill", source: "zones", "source-layer": level, filter: among(lists[level][name]),
    paint: { "fill-pattern": `${name}-${c.theme}` },
  });
  const outline = (level, name, color, width, extra = {}) => ({
    id: `${level}-${name}`, type: "line", source: "zones", "source-layer": level, filter: among(lists[name]),
    layout: { "line-join": "round" }, paint: { "line-color": color, "line-width": width, ...extra },
  });
  const line = (level, color, width, minzoom) => ({
    id: `${level}-line`, type: "line", source: "zones", "source-layer": level, minzoom,
    layout: { "line-join": "round" }, paint: { "line-color": color, "line-width": width },
  });
  const label = (extra) => ({ "text-font": FONT, "text-max-width": 8, "text-letter-spacing": 0.01, ...extra });
  const halo = { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.4 };
  return {
    version: 8,
    sources: {
      base: { type: "vector", url: "pmtiles:///tiles/basemap.pmtiles" },
      zones: { type: "vector", url: "pmtiles:///tiles/zones.pmtiles", promoteId: "id" },
      labels: { type: "geojson", data: labels },
      air: { type: "geojson", data: air },
      covered: { type: "geojson", data: { type: "Polygon", coordinates: COVERED } },
    },
    layers: [
      { id: "beyond", type: "background", paint: { "background-color": c.land } },
      { id: "sea", type: "fill", source: "covered", paint: { "fill-color": c.sea, "fill-antialias": false } },
      { id: "land", type: "fill", source: "base", "source-layer": "land", paint: { "fill-color": c.land } },
      { id: "borders", type: "line", source: "base", "source-layer": "borders", paint: { "line-color": c.border, "line-width": 1, "line-dasharray": [3, 2] } },
      ...LEVELS.flatMap((level) => [fill(level, level === "oblast" ? c.calm : "rgba(0,0,0,0)"), ...PATTERNED.map((name) => pattern(level, name))]),
      { id: "rivers", type: "line", source: "base", "source-layer": "rivers", filter: ["<=", ["get", "scalerank"], 6], paint: { "line-color": c.river, "line-width": ["interpolate", ["linear"], ["zoom"], 4, 0.6, 8, 2.4], "line-opacity": 0.75 } },
      { id: "lakes", type: "fill", source: "base", "source-layer": "lakes", paint: { "fill-color": c.river } },
      line("hromada", c.raion, 0.6, 7.6),
      line("raion", c.raion, ["interpolate", ["linear"], ["zoom"], 6, 0.5, 9, 1.4], 6.2),
      line("oblast", c.oblast, ["interpolate", ["linear"], ["zoom"], 4, 0.8, 6, 1.2, 9, 2.4], 0),
      ...LEVELS.map((level) => outline(level, "fresh", c.select, 3, { "line-opacity": 0.9, "line-opacity-transition": { duration: 600, delay: 0 } })),
      ...LEVELS.map((level) => outline(level, "mine", c.select, 1.6, { "line-dasharray": [1.5, 1.2] })),
      ...LEVELS.map((level) => outline(level, "opened", c.select, 2)),
      ...inTheAir(c),
      { id: "abroad", type: "symbol", source: "base", "source-layer": "places", filter: ["<=", ["get", "scalerank"], 3], minzoom: 5.4,
        layout: label({ "text-field": ["get", "name"], "text-size": 11 }), paint: { "text-color": c.label, "text-opacity": 0.45 } },
      { id: "zone-marks", type: "symbol", source: "labels",
        filter: ["any", ["==", ["get", "level"], "oblast"], ["all", ["!=", ["get", "status"], "clear"], [">=", ["zoom"], 6.4]]],
        layout: label({
          "icon-image": ["case", ["==", ["get", "status"], "clear"], "", ["concat", "mark-", ["get", "status"], `-${c.theme}`]],
          "icon-size": ["interpolate", ["linear"], ["zoom"], 2.6, 0.4, 4, 0.62, 5.4, 0.9, 7, 1.1], "icon-allow-overlap": true, "icon-ignore-placement": true,
          "text-field": ["step", ["zoom"], "", 4.9, ["case", ["==", ["get", "level"], "oblast"], ["get", "name"], ""], 6.4, ["get", "name"]],
          "text-size": ["interpolate", ["linear"], ["zoom"], 5, 11, 7, 14],
          "text-variable-anchor-offset": ["top", [0, 0.85], "bottom", [0, -0.85], "left", [1, 0], "right", [-1, 0]], "text-optional": true,
          "symbol-sort-key": ["case", ["==", ["get", "status"], "clear"], 2, 1],
        }),
        paint: {
          "text-color": ["match", ["get", "plate"], "red", c.onRed, "yellow", c.onYellow, c.label],
          "text-halo-color": ["match", ["get", "plate"], "red", c.alert, "yellow", c.yellow, c.halo], "text-halo-width": 1.4,
        } },
      { id: "cities", type: "symbol", source: "base", "source-layer": "ua_places", minzoom: 6.2,
        filter: ["<=", ["get", "rank"], ["step", ["zoom"], 2, 7, 3, 8, 4, 9, 9]],
        layout: label({ "text-field": ["get", lang === "uk" ? "name_uk" : "name_en"], "text-size": 12, "text-variable-anchor-offset": ["top", [0, 0.3], "bottom", [0, -0.3]], "symbol-sort-key": ["get", "rank"] }),
        paint: { ...halo, "text-opacity": 0.85 } },
    ],
  };
}

/** Threats, as officers see them: where they can be soon, where they may be, and those of which there is no news. */
function inTheAir(c) {
  const part = (name) => ["==", ["get", "part"], name];
  const colour = ["case", ["get", "stale"], c.stale, c.accent];
  return [
    { id: "air-cone", type: "fill", source: "air", filter: part("cone"), paint: { "fill-color": colour, "fill-opacity": 0.16 } },
    { id: "air-cone-line", type: "line", source: "air", filter: part("cone"), paint: { "line-color": colour, "line-opacity": 0.6, "line-width": 1.2, "line-dasharray": [4, 3] } },
    { id: "air-area", type: "fill", source: "air", filter: part("area"), paint: { "fill-color": colour, "fill-opacity": 0.22 } },
    { id: "air-area-line", type: "line", source: "air", filter: part("area"), paint: { "line-color": colour, "line-width": 1.8 } },
    { id: "air-spot", type: "circle", source: "air", filter: part("spot"), paint: { "circle-color": colour, "circle-radius": 4, "circle-stroke-color": c.raised, "circle-stroke-width": 1.2 } },
  ];
}
