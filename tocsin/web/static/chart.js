// A zone's history: totals, a chart of hours or alerts by month, and the same as a table.

import { h, svg } from "./dom.js";
import { dayYear, elapsed, month, number, t } from "./texts.js";

const WIDTH = 352;
const HEIGHT = 132;
const LEFT = 34;
const BOTTOM = 18;

/** `history` as the server gives it. The element keeps its own choice of hours or number. */
export function makeHistory(history) {
  const element = h("section", { class: "history", "data-whole": "" });
  let what = "hours";
  const draw = () => {
    element.replaceChildren(...(history.count === 0 ? [h("h3", {}, t("panel.history")), h("p", { class: "note" }, t("panel.history.none"))] : [
      h("h3", {}, t("panel.history"), ` · ${t("history.span", { from: dayYear(Date.parse(history.from ?? `${history.months[0].month}-01T00:00:00Z`)), until: dayYear(Date.parse(history.until)) })}`),
      figures(history),
      history.months.length > 1 && chartOf(everyMonth(history.months), what, (chosen) => {
        what = chosen;
        draw();
        element.querySelector(`[data-key="chart-${chosen}"]`).focus();
      }),
      history.months.length > 0 && table(history.months),
    ].filter(Boolean)));
  };
  draw();
  return { element };
}

function figures({ count, total_s, median_s, longest }) {
  const figure = (value, name) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  return h("dl", { class: "figures" },
    figure(number(count), t("history.count", { n: count })),
    figure(elapsed(total_s * 1000), t("history.total")),
    median_s !== null && figure(elapsed(median_s * 1000), t("history.median")),
    longest && figure(elapsed(longest.duration_s * 1000), `${t("history.longest")}, ${dayYear(Date.parse(longest.since))}`));
}

/** The months with those between that had nothing. */
function everyMonth(months) {
  const known = new Map(months.map((one) => [one.month, one]));
  const all = [];
  const [last] = months.slice(-1);
  for (let [year, m] = months[0].month.split("-").map(Number); ; [year, m] = m === 12 ? [year + 1, 1] : [year, m + 1]) {
    const key = `${year}-${String(m).padStart(2, "0")}`;
    all.push(known.get(key) ?? { month: key, count: 0, total_s: 0 });
    if (key >= last.month) return all;
  }
}

function chartOf(months, what, choose) {
  const valueOf = (one) => (what === "hours" ? one.total_s / 3600 : one.count);
  const said = (one) => (what === "hours" ? elapsed(one.total_s * 1000) : `${number(one.count)} ${t("history.count", { n: one.count })}`);
  const most = months.reduce((best, one) => (valueOf(one) > valueOf(best) ? one : best));
  const top = niceTop(valueOf(most));
  const y = (value) => (HEIGHT - BOTTOM) * (1 - value / top) + 6 * (value / top);
  const slot = (WIDTH - LEFT) / months.length;
  const note = h("p", { class: "chart-note", "aria-hidden": "true" }, `${month(most.month)}: ${said(most)}`);
  const button = (key) => h("button", { type: "button", "data-key": `chart-${key}`, "aria-pressed": String(what === key), onclick: () => choose(key) }, t(`history.${key}`));
  return h("div", {},
    h("div", { class: "chart-head" }, h("h3", {}, t("history.by_month")), h("div", { class: "choice", role: "group", "aria-label": t("history.by_month") }, button("hours"), button("number"))),
    svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": t("history.chart", { what: t(`history.${what}`).toLocaleLowerCase(), from: month(months[0].month), until: month(months.at(-1).month), month: month(most.month), most: said(most) }) },
      [0, top / 2, top].map((value) => [
        svg("line", { class: "grid", x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
        svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, number(value))]),
      months.map((one, i) => svg("rect", { class: "bar", x: LEFT + i * slot + slot * 0.12, width: Math.min(slot * 0.76, 22), y: y(valueOf(one)), height: y(0) - y(valueOf(one)), rx: Math.min(1.5, slot * 0.2),
        onpointerenter: () => { note.textContent = `${month(one.month)}: ${said(one)}`; } })),
      years(months, slot)),
    note);
}

/** The year under each January, and under the first month where January is far. */
function years(months, slot) {
  const shown = months.map((one, i) => ({ year: one.month.slice(0, 4), i, january: one.month.endsWith("-01") }))
    .filter(({ january, i }, _, all) => january || (i === 0 && !all.slice(1, 5).some((next) => next.january)));
  return shown.map(({ year, i }) => svg("text", { x: LEFT + i * slot, y: HEIGHT - 3 }, year));
}

function niceTop(value) {
  const size = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 4, 6, 8, 10].map((n) => n * size).find((top) => top >= value);
}

function table(months) {
  return h("details", { class: "figures-table" }, h("summary", { "data-key": "chart-table" }, t("history.table")),
    h("table", {},
      h("thead", {}, h("tr", {}, ["history.month", "history.hours", "history.number"].map((key) => h("th", { scope: "col" }, t(key))))),
      h("tbody", {}, months.toReversed().map((one) => h("tr", {}, h("th", { scope: "row" }, month(one.month)), h("td", {}, number(one.total_s / 3600)), h("td", {}, number(one.count)))))));
}
