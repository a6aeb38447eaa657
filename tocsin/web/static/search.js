// Find a zone by its name in either language; open it, or make it mine.

import { h, mark, svg } from "./dom.js";
import { nameOf, t } from "./texts.js";
import { chainOf, levelWord, shownStatus } from "./words.js";

const MOST = 8;
const LEVELS = ["oblast", "city", "raion", "hromada", "city_district"];

export function makeSearch(root, { open, makeMine }) {
  const input = h("input", { type: "search", id: "search-input", autocomplete: "off", spellcheck: "false" });
  const found = h("ul", { class: "found", hidden: true });
  const said = h("p", { class: "unseen", role: "status" });
  const none = h("p", { class: "found-none", hidden: true });
  root.append(lens(), input, said, none, found);
  let view = null;
  let index = null;

  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") found.querySelector("button")?.focus();
    else if (event.key === "Enter") found.querySelector("button")?.click();
    else if (event.key === "Escape") clear();
    else return;
    event.preventDefault();
  });
  found.addEventListener("keydown", (event) => {
    const rows = [...found.querySelectorAll(".row")];
    const at = rows.indexOf(event.target.closest("li")?.querySelector(".row"));
    if (event.key === "ArrowDown") rows[Math.min(at + 1, rows.length - 1)].focus();
    else if (event.key === "ArrowUp") (at > 0 ? rows[at - 1] : input).focus();
    else if (event.key === "Escape") clear();
    else return;
    event.preventDefault();
  });

  function clear() {
    input.value = "";
    look();
    input.focus();
  }

  function look() {
    const query = fold(input.value.trim());
    const hits = query && view ? matches(query) : [];
    none.hidden = !query || hits.length > 0;
    none.textContent = t("search.none");
    found.hidden = hits.length === 0;
    found.replaceChildren(...hits.slice(0, MOST).map(hit));
    said.textContent = !query ? "" : hits.length ? t("search.found", { n: hits.length }) : t("search.none");
  }

  function matches(query) {
    index ??= view.atlas.topDown.map((id) => view.atlas.zones.get(id)).filter((zone) => zone.level !== "country")
      .map((zone) => ({ zone, names: Object.values(zone.names).map(fold) }));
    return index
      .map(({ zone, names }) => ({ zone, score: Math.min(...names.map((name) => scoreOf(name, query))) }))
      .filter(({ score }) => score < 9)
      .sort((one, other) => one.score - other.score || LEVELS.indexOf(one.zone.level) - LEVELS.indexOf(other.zone.level)
        || (other.zone.population ?? 0) - (one.zone.population ?? 0))
      .map(({ zone }) => zone);
  }

  function hit(zone) {
    const chain = [levelWord(zone), ...chainOf(view.atlas, zone.id)].join(" · ");
    const name = nameOf(zone);
    return h("li", {},
      h("button", { type: "button", class: "row", "data-zone": zone.id, onclick: () => { clear(); open(zone.id); } },
        mark(view.known ? shownStatus(view.statuses.get(zone.id), view) : "unknown"),
        h("span", { class: "row-name" }, name, h("small", {}, chain))),
      h("button", { type: "button", class: "pin", title: t("mine.make"), "aria-label": t("search.mine", { zone: name }),
        "aria-pressed": String(view.mine === zone.id), onclick: () => { makeMine(zone.id); clear(); } }, pin()));
  }

  return {
    show(next) {
      view = next;
      input.placeholder = t("search.placeholder");
      input.setAttribute("aria-label", t("search.label"));
    },
    focus: () => input.focus(),
  };
}

/** 0 for a name that starts so, 1 for a word in it that does, 2 for anywhere; 9 for none. */
function scoreOf(name, query) {
  const at = name.indexOf(query);
  if (at < 0) return 9;
  return at === 0 ? 0 : /[\s\-.]/.test(name[at - 1]) ? 1 : 2;
}

/** Without case, apostrophes and the town's "м. ", so that what people type is found. */
function fold(text) {
  return text.toLocaleLowerCase("uk").replace(/['’ʼ`]/g, "").replace(/^м\.\s*/, "");
}

const lens = () => svg("svg", { class: "lens", viewBox: "0 0 20 20", "aria-hidden": "true" },
  svg("path", { d: "M12.8 12.8 17 17M14.5 8.750a5.75 5.75 0 1 1-11.5 0 5.75 5.75 0 0 1 11.5 0z", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round" }));
const pin = () => svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" },
  svg("path", { d: "M3.5 9.2 10 3.500l6.5 5.700V16.500h-4.300v-4.500H7.800v4.500H3.500z", fill: "none", stroke: "currentColor", "stroke-width": "1.8", "stroke-linejoin": "round" }));
