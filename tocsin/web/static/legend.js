// What the map's colours, patterns and marks mean.

import { h, mark, svg } from "./dom.js";
import { t } from "./texts.js";

const STATUSES = ["red", "yellow", "early_warning", "partial", "clear"];

export function showLegend(root, isWide) {
  const wasOpen = root.childElementCount ? root.open : isWide;
  root.replaceChildren(
    h("summary", {}, t("legend")),
    h("ul", {}, STATUSES.map((status) => h("li", {}, swatch(status), mark(status), t(`status.${status}`))),
      h("li", { class: "when-silent" }, swatch("silent"), mark("silent"), t("legend.silent")),
      h("li", { class: "when-stale" }, swatch("stale"), t("legend.stale"))));
  root.open = wasOpen;
}

const PATTERNS = {
  silent: () => svg("path", { class: "p-silent", d: "M-2-2 12 12M-2 8 2 12M8-2 12 2" }),
  partial: () => svg("path", { class: "p-line", d: "M-2 8 8-2M2 12 12 2" }),
  yellow: () => svg("path", { class: "p-yellow-line", d: "M5 0V10" }),
  early_warning: () => [svg("circle", { class: "p-dot", cx: 2.5, cy: 2.5, r: 1.5 }), svg("circle", { class: "p-dot", cx: 7.5, cy: 7.5, r: 1.5 })],
};

function swatch(status) {
  const id = `legend-${status}`;
  const pattern = PATTERNS[status];
  return svg("svg", { class: `swatch swatch-${status}`, viewBox: "0 0 28 18", "aria-hidden": "true" },
    pattern && svg("pattern", { id, width: 10, height: 10, patternUnits: "userSpaceOnUse" }, pattern()),
    svg("rect", { class: "ground", width: 28, height: 18 }),
    pattern && svg("rect", { width: 28, height: 18, fill: `url(#${id})` }));
}
