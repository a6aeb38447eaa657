// My shelter in full: where one is, who walks, the three nearest with the way in words, and what to do where none is near
// enough. Everything that the street map shows stands here too, to be read and to be used by keyboard.

import { lists } from "../advice.js";
import { h, mark, svg } from "../dom.js";
import { language, moment, t } from "../texts.js";
import { makeParts } from "./parts.js";
import { makePlacePicker } from "./picker.js";
import { PROFILES } from "./near.js";
import { facts, minutesOf, nameOfShelter } from "./told.js";
import { steps } from "./wording.js";

export function makePane(root, { known, close, choose, tellMinutes, place }) {
  const picker = makePlacePicker({ known, place });
  const parts = makeParts(root);
  let minutes = "";

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });

  /** `view`: { now, fresh, lastWord, left } and `shown`, which of the ways is told in full. */
  function show(view, shown) {
    const found = known.answer();
    const { place: spot, profile, isKept, isLoading } = known.state;
    const { header = null } = known.area ?? {};
    const told = notices(view);
    const ways = found?.ways?.map((way) => [way.shelter, way.seconds, way.metres, isLate(view, way), wordOn(way.shelter)]);
    const lang = language();
    const areas = known.areas.map(({ area }) => area);
    root.setAttribute("aria-label", t("shelter.title"));
    const answered = ["answer", [lang, header?.seq, spot !== null, profile, isLoading, view.closed, shown, ways, found === null, known.instead], () => answer(view, found, shown)];
    const asked = [
      ["where", [lang], () => h("h3", { class: "shelter-where" }, t("shelter.where"))],
      ["place", [lang, spot?.name, spot !== null], () => spot && h("p", { class: "shelter-place" }, h("b", {}, spot.name || t("shelter.place.chosen")))],
      ["area", [lang, areas, header?.area], () => areas.length > 1 && areaChoice()],
      ["picker", [lang, header?.area, header?.seq, spot !== null, isKept], () => h("section", { class: "shelter-where" }, picker.parts())],
    ];
    parts([
      ["head", [lang], head],
      ["example", [lang, header?.example], () => header?.example && example(header.example)],
      ["notices", [lang, told.map(([words]) => words)], () => told.map(noticed)],
      ...(found?.ways ? [answered, ...asked] : [...asked, answered]), // first where one is; once that is known, the answer
      ["who", [lang, profile], whoWalks],
      ["time", [lang], time],
      ["sources", [lang, header?.at, header?.attribution], sources],
    ]);
  }

  const wordOn = (shelter) => known.stands.said.get(shelter) ?? known.area.shelters[shelter].said ?? null;

  function head() {
    return h("div", { class: "panel-head" }, h("div", {}, h("h2", { class: "name" }, t("shelter.title")), h("p", { class: "panel-level" }, t("shelter.private"))),
      h("button", { type: "button", class: "quiet icon close", "data-key": "close", "aria-label": t("shelter.close"), onclick: close },
        svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: "M4 4l12 12M16 4 4 16", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round" }))));
  }

  /** What may be wrong with the answer stands above it. */
  function notices({ fresh, now }) {
    const { trouble, checked, asOf, inStep, isLoading } = known.state;
    const said = [];
    if (trouble) said.push([t(`shelter.trouble.${trouble.why}`, trouble.detail), trouble.why === "key_changed" ? ["trust", () => known.trust(nameOfArea())] : ["again", () => known.load(nameOfArea())]]);
    if (trouble && trouble.why !== "unreachable" && known.area) said.push([t("shelter.trouble.before", { time: moment(Date.parse(known.area.header.at), now) })]);
    if (known.area && !checked) said.push([t("shelter.unchecked")]);
    if (known.area && asOf !== null && (!fresh || !inStep) && !(isLoading && fresh)) said.push([t("shelter.as_of", { time: moment(asOf, now) })]);
    return said;
  }

  const noticed = ([words, act]) => h("div", { class: "shelter-notice", role: "note" }, h("p", {}, words),
    act && h("button", { type: "button", class: "plain", "data-key": act[0], onclick: act[1] }, t(`shelter.${act[0]}`)));

  const isLate = ({ left }, way) => left !== null && way.seconds > left;

  const nameOfArea = () => known.area?.header.area ?? known.areas[0]?.area;

  /** Nobody is to take an example for their own city. */
  const example = ({ words, lon, lat }) => h("div", { class: "shelter-notice", role: "note" }, h("p", {}, words[language()] ?? words.en),
    h("button", { type: "button", class: "plain", "data-key": "try", onclick: () => place.take({ lon, lat, name: t("shelter.place.example") }) }, t("shelter.try")));

  function areaChoice() {
    return h("label", { class: "shelter-field" }, t("shelter.area"), h("select", { "data-key": "area", onchange: ({ target }) => known.load(target.value) },
      known.areas.map(({ area }) => h("option", { value: area, selected: area === known.area?.header.area }, area))));
  }

  function answer(view, found, shown) {
    const { place: spot, isLoading, profile } = known.state;
    if (!known.area) return [h("p", { class: "note" }, t(isLoading ? "shelter.loading" : "shelter.none_yet"))];
    if (!spot) return [h("p", { class: "note" }, t("shelter.ask"))];
    if (found.ways === null) return [h("div", { class: "shelter-notice" }, h("p", {}, t("shelter.no_street")))];
    const reached = found.ways.some((way) => !isLate(view, way));
    return [
      !reached && tooFar(found),
      view.closed && h("div", { class: "shelter-notice" }, h("p", {}, view.closed)),
      found.ways.length > 0 && h("section", {}, h("h3", {}, t("shelter.nearest")),
        h("ol", { class: "shelters" }, found.ways.map((way, i) => one(view, way, i, i === shown, profile)))),
    ];
  }

  /** The approved words, as everywhere; and the page's own heading only where these never came. */
  function tooFar({ ways }) {
    const words = known.instead[language()] ?? known.instead.en;
    const title = words && ways.length ? words.title : t(ways.length ? "shelter.too_far" : "shelter.no_way");
    return h("section", { class: "too-far" }, mark("red"), h("div", { class: "advice" }, h("h3", {}, title), words && [h("p", {}, words.body), lists(words)]));
  }

  function one(view, way, i, isShown, profile) {
    const shelter = known.area.shelters[way.shelter];
    const late = isLate(view, way);
    const word = wordOn(way.shelter);
    return h("li", { class: isShown ? "shelter shown" : "shelter", "data-shelter": shelter.id },
      h("button", { type: "button", class: "shelter-row", "data-key": `way-${i}`, "aria-expanded": String(isShown), onclick: () => choose(i) },
        h("span", { class: "shelter-number", "aria-hidden": "true" }, String(i + 1)),
        h("span", { class: "shelter-name" }, nameOfShelter(shelter), h("small", {}, facts(shelter, profile === "wheelchair").join(" · "))),
        h("span", { class: late ? "shelter-time late" : "shelter-time" }, h("b", {}, t("shelter.min", { n: minutesOf(way.seconds) })), h("small", {}, late ? t("shelter.late") : t("shelter.metres", { n: Math.round(way.metres / 10) * 10 })))),
      isShown && h("ol", { class: "way", "aria-label": t("shelter.way") }, steps(known.area, way, language()).map((step) => h("li", {}, `${step.charAt(0).toLocaleUpperCase()}${step.slice(1)}`))),
      isShown && word && h("p", { class: "note" }, t("shelter.said", { by: word.by ?? word.source, cause: word.cause, time: moment(Date.parse(word.at), view.now) })),
      isShown && shelter.as_of && h("p", { class: "note" }, t("shelter.as_of.dataset", { time: moment(Date.parse(shelter.as_of), view.now) })),
      isShown && /^https?:/.test(shelter.photo ?? "") && h("p", { class: "note" }, h("a", { href: shelter.photo, target: "_blank", rel: "noreferrer noopener" }, t("shelter.photo"))));
  }

  function whoWalks() {
    return h("fieldset", { class: "shelter-who" }, h("legend", {}, t("shelter.who")),
      PROFILES.map((name) => h("label", {}, h("input", { type: "radio", name: "profile", value: name, "data-key": `who-${name}`, checked: known.state.profile === name, onchange: () => known.setProfile(name) }), h("span", {}, t(`shelter.who.${name}`)))));
  }

  function time() {
    return h("label", { class: "shelter-field" }, t("shelter.time"),
      h("input", { type: "number", min: "0", max: "120", step: "1", inputmode: "numeric", "data-key": "minutes", value: minutes,
        oninput: ({ target }) => {
          minutes = target.value;
          tellMinutes(target.value === "" || Number.isNaN(target.valueAsNumber) ? null : Math.max(0, target.valueAsNumber));
        } }), h("small", {}, t("shelter.time.more")));
  }

  function sources() {
    const { attribution = [], at } = known.area?.header ?? {};
    return at && h("p", { class: "sources" }, [t("shelter.made", { time: moment(Date.parse(at), Date.now()) }), ...attribution].join(" · "));
  }

  return { show };
}
