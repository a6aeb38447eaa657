// The page of a plan: minutes by a slider, the figures of the city, its parts, shelters that run over, new places.

const DEPTHS = [1, 25, 75, 200]; // people in a square, from which its colour is one deeper
const ROWS = 12;

const { plan, streets, words } = JSON.parse(document.getElementById("data").textContent);
const main = plan.horizons.findIndex((horizon) => horizon.minutes === plan.minutes);
let language = words[navigator.language.slice(0, 2)] ? navigator.language.slice(0, 2) : "en";
let minute = plan.minutes;
let counts = "reach"; // what squares are coloured by: "reach" or "left"
let whole = new Set(); // which tables are shown to their end
let chosen = null;

const $ = (selector) => document.querySelector(selector);
const number = (n) => n.toLocaleString(language);
const share = (part, of = plan.residents) => (of ? (part / of).toLocaleString(language, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }) : "");
const t = (key, values = {}) => words[language][key].replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);
const walk = (seconds) => (seconds === null ? "" : t("minutes", { n: (seconds / 60).toLocaleString(language, { maximumFractionDigits: 1 }) }));

function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

/** Which of the horizons the slider's minutes come to: the last that is no longer, else the first. */
const horizon = () => Math.max(0, plan.horizons.findLastIndex((one) => one.minutes <= minute));
const outOf = (square) => square.residents - square.within[minute - 1];

const map = makeMap($("#map"), plan, streets, (what) => {
  chosen = what;
  showChosen();
});

const look = () => ({
  depth(square) {
    if (square.residents === null) return null;
    const people = counts === "reach" ? outOf(square) : square.left[horizon()];
    return DEPTHS.filter((from) => people >= from).length;
  },
  over: (shelter) => (shelter.over[horizon()] ?? 0) > 0,
});

function show() {
  document.documentElement.lang = language;
  document.title = t("title", { area: plan.area });
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t, { area: plan.area, few: 10 });
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t(element.dataset.label));
  $("#about").textContent = t("about", { residents: number(plan.residents), buildings: number(plan.buildings), shelters: number(plan.shelters.length), places: number(plan.places), who: t(`profile.${plan.profile}`), speed: plan.speed_m_s.toLocaleString(language) })
    + (plan.private ? ` ${t("private")}` : "")
    + (plan.unknown_places ? ` ${t(plan.assumed_places === null ? "unknown" : "assumed", { n: number(plan.unknown_places), each: number(plan.assumed_places ?? 0) })}` : "")
    + (plan.left_out_rows ? ` ${t("left_out", { n: number(plan.left_out_rows) })}` : "");
  $("#made").textContent = `${new Date(plan.made_at).toLocaleString(language, { dateStyle: "long", timeStyle: "short" })}. ${plan.attribution.join("; ")}`;
  $("#language").textContent = language === "en" ? "Українською" : "English";
  $("#language").lang = language === "en" ? "uk" : "en";
  showMinute();
}

/** What is built anew has the keyboard where it was. */
function showMinute() {
  const focused = document.activeElement?.dataset.key;
  showAll();
  if (focused && document.activeElement?.dataset.key !== focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function showAll() {
  const out = plan.residents - plan.within[minute - 1];
  $("#minutes").value = minute;
  $("#minutes").setAttribute("aria-valuetext", t("minutes", { n: minute }));
  $("#minute").textContent = t("minutes", { n: minute });
  $("#out").replaceChildren(h("b", { class: "numbers" }, number(out)), ` ${t("out", { share: share(out) })}`);
  for (const input of document.querySelectorAll("[name=counts]")) input.checked = input.value === counts;
  $("#left-at").textContent = t("left.at", { n: plan.horizons[horizon()].minutes });
  showFigures();
  showZones();
  showOver();
  showNew();
  showChosen();
  map.show(look());
}

function showFigures() {
  const rows = [
    ["figure.out", (it) => it.out_of_reach], ["figure.nearest", (it) => it.nearest_sheltered], ["figure.full", (it) => it.nearest_turned_away],
    ["figure.nobody", (it) => it.nearest_unknown], ["figure.best", (it) => it.best_sheltered],
  ].filter(([key, get]) => key !== "figure.nobody" || plan.horizons.some(get));
  const bar = (it, key, get) => h("td", { class: it.minutes === plan.horizons[horizon()].minutes ? "now" : null },
    h("span", { class: "numbers" }, share(get(it))), h("i", { class: `bar ${key.split(".")[1]}` }, meter(get(it) / plan.residents)), h("small", { class: "numbers" }, number(get(it))));
  $("#figures").setAttribute("aria-label", t("figures"));
  $("#figures").replaceChildren(
    h("thead", {}, h("tr", {}, h("td"), plan.horizons.map((it) => h("th", { scope: "col", class: it.minutes === plan.horizons[horizon()].minutes ? "now" : null }, h("button", { type: "button", "data-key": `at-${it.minutes}`, "aria-pressed": String(it.minutes === minute), onclick: () => toMinute(it.minutes) }, t("minutes", { n: it.minutes })))))),
    h("tbody", {}, rows.map(([key, get]) => h("tr", {}, h("th", { scope: "row" }, t(key)), plan.horizons.map((it) => bar(it, key, get)))),
      [["figure.walk.nearest", "nearest_walk_s"], ["figure.walk.best", "best_walk_s"]].map(([key, name]) => h("tr", { class: "quiet" }, h("th", { scope: "row" }, t(key)), plan.horizons.map((it) => h("td", { class: `numbers${it.minutes === plan.horizons[horizon()].minutes ? " now" : ""}` }, walk(it[name])))))),
  );
}

/** A share as a picture: an element of its own kind, so that no style has to be written into the page. */
function meter(part) {
  const canvas = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  canvas.setAttribute("viewBox", "0 0 100 4");
  canvas.setAttribute("preserveAspectRatio", "none");
  canvas.setAttribute("aria-hidden", "true");
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  rect.setAttribute("width", String(Math.max(0, Math.min(1, part)) * 100));
  rect.setAttribute("height", "4");
  canvas.append(rect);
  return canvas;
}

function table(where, heads, rows, key) {
  const shown = whole.has(key) ? rows : rows.slice(0, ROWS);
  $(where).replaceChildren(
    h("table", { "aria-label": t(`${key}.title`) }, h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, shown)),
    rows.length > ROWS ? h("button", { type: "button", class: "more", "data-key": `more-${key}`, onclick: () => {
      if (!whole.delete(key)) whole.add(key);
      showMinute();
    } }, whole.has(key) ? t("less") : t("more", { n: number(rows.length - ROWS) })) : "",
  );
}

function showZones() {
  const at = horizon();
  const zones = [...plan.zones].sort((a, b) => b.residents - b.within[minute - 1] - (a.residents - a.within[minute - 1]));
  $("#zones-section").hidden = zones.length < 2;
  table("#zones", [t("zone"), t("residents"), t("out.short", { n: minute }), t("left.short", { n: plan.horizons[at].minutes })], zones.map((zone) => {
    const out = zone.residents - zone.within[minute - 1], left = zone.residents - zone.best_sheltered[at];
    const name = zone.names[language] ?? zone.names.uk ?? zone.names.en ?? zone.names[""] ?? t("nowhere");
    return h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "numbers" }, number(zone.residents)), h("td", { class: "numbers" }, number(out), h("small", {}, share(out, zone.residents))), h("td", { class: "numbers" }, number(left), h("small", {}, share(left, zone.residents))));
  }), "zones");
}

const whereIs = (place) => place.street || `${place.lat.toFixed(5)}, ${place.lon.toFixed(5)}`;
const nameOf = (shelter) => shelter.name || shelter.address || shelter.id;

function showOver() {
  const at = horizon();
  const over = plan.shelters.filter((shelter) => shelter.over[at]).sort((a, b) => b.over[at] - a.over[at]);
  $("#over-note").textContent = t("over.note", { n: number(over.length), minutes: plan.horizons[at].minutes });
  table("#over", [t("shelter"), t("places"), t("come"), t("too_many")], over.map((shelter) => h("tr", {}, h("th", { scope: "row" }, toMap(nameOf(shelter), shelter)), h("td", { class: "numbers" }, number(shelter.places)), h("td", { class: "numbers" }, number(shelter.come[at])), h("td", { class: "numbers" }, number(shelter.over[at])))), "over");
}

function showNew() {
  $("#new-section").hidden = plan.new.length === 0;
  $("#new-note").textContent = t("new.note", { minutes: plan.minutes, before: share(plan.horizons[main].best_sheltered), after: share(plan.new.at(-1)?.sheltered ?? 0) });
  table("#new", [t("new.where"), t("new.helps"), t("new.unreached")], plan.new.map((place, i) => h("tr", {}, h("th", { scope: "row" }, toMap(whereIs(place), place, h("i", { class: "rank" }, String(i + 1)))), h("td", { class: "numbers" }, number(place.helped)), h("td", { class: "numbers" }, number(place.unreached)))), "new");
}

const toMap = (name, what, before = null) => h("button", { type: "button", class: "to-map", "data-key": `to-${what.id ?? `${what.lon},${what.lat}`}`, onclick: () => {
  chosen = what;
  map.choose(what);
  map.goTo(what.lon, what.lat);
  showChosen();
} }, before, name);

function showChosen() {
  const at = horizon(), lines = [];
  if (chosen?.bounds) {
    if (chosen.residents === null) lines.push(t("square.few", { few: 10 }));
    else lines.push(t("square", { residents: number(chosen.residents) }), t("square.out", { n: number(outOf(chosen)), minutes: minute }), t("square.left", { n: number(chosen.left[at]), minutes: plan.horizons[at].minutes }));
  } else if (chosen?.come) {
    lines.push(nameOf(chosen), chosen.places === null ? t("places.unknown") : t(chosen.assumed ? "places.assumed" : "places.n", { n: number(chosen.places) }));
    lines.push(t("shelter.come", { n: number(chosen.come[at]), minutes: plan.horizons[at].minutes }), t("shelter.given", { n: number(chosen.given[at]) }));
  } else if (chosen) {
    lines.push(`${plan.new.indexOf(chosen) + 1}. ${whereIs(chosen)}`, t("new.chosen", { helped: number(chosen.helped), unreached: number(chosen.unreached) }));
  }
  $("#chosen").replaceChildren(...lines.map((line, i) => h(i ? "p" : "b", {}, line)));
  $("#chosen").hidden = lines.length === 0;
}

function toMinute(next) {
  minute = next;
  showMinute();
}

$("#minutes").max = plan.within.length;
$("#minutes").addEventListener("input", (event) => toMinute(Number(event.target.value)));
for (const input of document.querySelectorAll("[name=counts]")) input.addEventListener("change", () => {
  counts = input.value;
  showMinute();
});
$("#language").addEventListener("click", () => {
  language = language === "en" ? "uk" : "en";
  show();
});
$("#nearer").addEventListener("click", () => map.zoom(1.6));
$("#farther").addEventListener("click", () => map.zoom(1 / 1.6));
$("#home").addEventListener("click", () => map.goHome());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => map.redraw());
show();
map.goHome();
