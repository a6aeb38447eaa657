// The strip above the slider: how many zones were under alert over time, and how much is not lived yet.

import { svg } from "./dom.js";

const SAMPLES = 180;
const HEIGHT = 34;

export function makeDensity() {
  const lived = svg("path", { class: "lived" });
  const aheadLine = svg("line", { class: "ahead-line", y1: HEIGHT - 8, y2: HEIGHT - 8, x2: SAMPLES });
  const element = svg("svg", { class: "density", viewBox: `0 0 ${SAMPLES} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("line", { class: "ground", x1: 0, x2: SAMPLES, y1: HEIGHT, y2: HEIGHT }), lived, aheadLine);
  let drawn = "";

  /** Times in ms; `intervals` as the pieces of intervals.js. Draws only where something changed. */
  function show(intervals, from, until, head) {
    const lived_samples = Math.max(0, Math.min(SAMPLES, Math.round(((head - from) / (until - from)) * SAMPLES)));
    const key = `${from}/${until}/${lived_samples}/${intervals.length}/${intervals.filter((hold) => hold.ended).length}`;
    if (key === drawn) return;
    drawn = key;
    const counts = countsOf(intervals, from, until, lived_samples);
    const most = Math.max(8, ...counts);
    const steps = counts.map((n, i) => `L${i} ${y(n, most)}L${i + 1} ${y(n, most)}`).join("");
    lived.setAttribute("d", counts.length ? `M0 ${HEIGHT}${steps}L${counts.length} ${HEIGHT}Z` : "");
    aheadLine.setAttribute("x1", lived_samples);
  }

  return { element, show };
}

const y = (n, most) => (HEIGHT * (1 - n / most)).toFixed(1);

/** How many different zones were held in each slice that has been lived. */
function countsOf(intervals, from, until, samples) {
  const slice = (until - from) / SAMPLES;
  const held = Array.from({ length: samples }, () => new Set());
  for (const { zone, began, ended } of intervals) {
    const first = Math.max(0, Math.floor((Date.parse(began) - from) / slice));
    const last = ended === null ? samples - 1 : Math.min(samples - 1, Math.floor((Date.parse(ended) - from) / slice));
    for (let i = first; i <= last; i += 1) held[i].add(zone);
  }
  return held.map((zones) => zones.size);
}
