// Where one is: by the device, or by a street's name, found in the bundle itself; the third way is the street map.

import { h } from "../dom.js";
import { t } from "../texts.js";

const MOST = 8;

/** `place`: { take(spot), locate(), keep(isKept) }. */
export function makePlacePicker({ known, place }) {
  let query = "";
  let input = null;
  let list = null;

  function parts() {
    input = h("input", { type: "search", id: "street-input", "data-key": "street", autocomplete: "off", spellcheck: "false", placeholder: t("shelter.street"), "aria-label": t("shelter.street.label"), disabled: !known.area, oninput: look, onkeydown: down });
    input.value = query;
    list = h("ul", { class: "found", hidden: true, onkeydown: along });
    const said = h("p", { class: "unseen", role: "status", id: "street-said" });
    const { place: spot, isKept } = known.state;
    const built = [
      h("div", { class: "shelter-choose" },
        h("button", { type: "button", class: "strong", "data-key": "locate", onclick: place.locate }, t("shelter.locate")),
        h("div", { class: "search shelter-street" }, input)),
      list, said,
      h("p", { class: "note" }, t("shelter.or_map")),
      spot && h("label", { class: "shelter-keep" }, h("input", { type: "checkbox", "data-key": "keep", checked: isKept, onchange: ({ target }) => place.keep(target.checked) }), h("span", {}, t("shelter.keep"))),
    ];
    if (query) look();
    return built;
  }

  function look() {
    query = input.value;
    const hits = known.area && query.trim() ? matches(known.area.streets, fold(query.trim())) : [];
    list.hidden = !hits.length;
    list.replaceChildren(...hits.map(({ name, piece }) => h("li", {}, h("button", { type: "button", class: "row", "data-key": `street-${name}`, onclick: () => take(name, piece) }, h("span", { class: "row-name" }, name)))));
    const said = list.parentElement?.querySelector("#street-said");
    if (said) said.textContent = !query.trim() ? "" : hits.length ? t("shelter.street.found", { n: hits.length }) : t("shelter.street.none");
  }

  function take(name, piece) {
    const { streets } = known.area;
    const [a, b] = [streets.start[piece], streets.end[piece]];
    query = "";
    input.value = "";
    look();
    place.take({ lon: Math.round((streets.lon[a] + streets.lon[b]) / 2) / 1e6, lat: Math.round((streets.lat[a] + streets.lat[b]) / 2) / 1e6, name: t("shelter.place.street", { street: name }) });
    list.closest("#shelter").querySelector('[data-key="way-0"]')?.focus(); // the list is gone: on to the answer
  }

  function down(event) {
    if (event.key === "ArrowDown") list.querySelector("button")?.focus();
    else if (event.key === "Enter") list.querySelector("button")?.click();
    else if (event.key === "Escape" && input.value) {
      input.value = "";
      look();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  }

  function along(event) {
    const rows = [...list.querySelectorAll("button")];
    const at = rows.indexOf(event.target);
    if (event.key === "ArrowDown") rows[Math.min(at + 1, rows.length - 1)].focus();
    else if (event.key === "ArrowUp") (at > 0 ? rows[at - 1] : input).focus();
    else return;
    event.preventDefault();
  }

  return { parts };
}

/** Streets whose name holds the words, those that begin so first; each with its middle piece. */
function matches({ names, name, pieces }, query) {
  const hits = new Map();
  names.forEach((text, number) => {
    const at = text ? fold(text).indexOf(query) : -1;
    if (at >= 0) hits.set(number, at === 0 ? 0 : 1);
  });
  const best = [...hits].sort(([a, one], [b, other]) => one - other || names[a].length - names[b].length || names[a].localeCompare(names[b])).slice(0, MOST);
  const along = new Map(best.map(([number]) => [number, []]));
  for (let i = 0; i < pieces; i += 1) along.get(name[i])?.push(i);
  return best.filter(([number]) => along.get(number).length).map(([number]) => ({ name: names[number], piece: along.get(number)[along.get(number).length >> 1] }));
}

const fold = (text) => text.toLocaleLowerCase().replace(/['’ʼ`]/g, "");
