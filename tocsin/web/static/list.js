// The list beside the map: its accessible equal. Worst first, then what changed last.

import { h, mark, settle } from "./dom.js";
import { RANK } from "./state.js";
import { moment, nameOf, t, time } from "./texts.js";
import { someNames, wordOf, zoneRow } from "./words.js";

const NESTED_MOST = 12;
const SILENCES_MOST = 3;

export function makeList({ summary, zones }, open) {
  let clearOpen = null; // whether those without an alert are unfolded: the hand's choice, else where there is nothing else

  function show(view) {
    if (!view.known) {
      summary.replaceChildren(h("p", { class: "summary-note" }, t("summary.loading")));
      zones.replaceChildren();
      return;
    }
    const oblasts = view.atlas.topDown.filter((id) => view.atlas.zones.get(id).level === view.atlas.top);
    const whole = oblasts.filter((id) => RANK[view.statuses.get(id).status] > RANK.early_warning);
    const early = oblasts.filter((id) => view.statuses.get(id).status === "early_warning");
    const parts = oblasts.filter((id) => view.statuses.get(id).status === "partial");
    const silent = oblasts.filter((id) => wordOf(view.statuses.get(id)) === "silent");
    const clear = oblasts.filter((id) => view.statuses.get(id).status === "clear" && !silent.includes(id));
    showSummary(view, { whole: whole.length, early: early.length, parts: parts.length, total: oblasts.length });
    const byName = new Intl.Collator(document.documentElement.lang);
    const names = (one, other) => byName.compare(nameOf(view.atlas.zones.get(one)), nameOf(view.atlas.zones.get(other)));
    settle(zones, [
      group(t("list.whole"), whole.sort(worstFirst(view)).map((id) => h("li", {}, zoneRow(view, id, open)))),
      group(t("status.early_warning"), early.sort(worstFirst(view)).map((id) => h("li", {}, zoneRow(view, id, open)))),
      group(t("list.parts"), parts.sort(worstFirst(view)).map((id) => h("li", {}, zoneRow(view, id, open), nested(view, id)))),
      group(t("list.silent"), silent.sort(names).map((id) => h("li", {}, zoneRow(view, id, open)))),
      folded(t(!view.heard ? "status.unknown" : "list.clear"), clear.length === oblasts.length, clear.sort(names).map((id) => h("li", {}, zoneRow(view, id, open)))),
    ].filter(Boolean));
  }

  function showSummary(view, { whole, early, parts, total }) {
    const note = view.lookingBack ? t("replay.back", { time: moment(view.now, view.serverNow) }) : view.fresh ? t("summary.word", { time: time(view.lastWord) }) : t("summary.stale", { time: time(view.lastWord) });
    if (!view.heard) {
      summary.replaceChildren(h("h1", { class: "unseen" }, t("list.title")), h("p", { class: "summary-calm" }, t("summary.empty")), h("p", { class: "summary-note" }, t("summary.empty.more")));
      return;
    }
    summary.classList.toggle("any", whole + early + parts > 0);
    const calm = t(view.silences.length ? "summary.none.silent" : "summary.none");
    summary.replaceChildren(...[
      h("h1", { class: "unseen" }, t("list.title")),
      whole ? h("p", { class: "summary-row" },
        h("span", { class: "summary-count" }, String(whole)),
        h("span", { class: "summary-words" }, h("b", {}, t("summary.of", { n: whole, total })), ...besides({ early, parts }).map((words) => h("span", {}, words))))
        : early || parts ? lesser({ early, parts }).map((words) => h("p", { class: "summary-calm" }, words))
          : h("p", { class: "summary-calm" }, view.fresh || view.lookingBack ? calm : t("stale.was", { status: calm })),
      view.silences.length ? silenceNote(view) : [],
      h("p", { class: "summary-note" }, !whole && !early && !parts && !view.silences.length && view.fresh && !view.lookingBack ? `${t("summary.none.more")} ${note}.` : note),
    ].flat());
  }

  /** Whom nobody hears, since when, and where that leaves people without a word. */
  function silenceNote(view) {
    const lines = view.silences.slice(0, SILENCES_MOST).map(({ source, zones }) => t("silent.where", { source: source.id, time: moment(Date.parse(source.silent_since), view.now), zones: someNames(view.atlas, zones) }));
    const more = view.silences.length - lines.length;
    return h("div", { class: "silence" }, mark("silent"), h("div", {}, h("b", {}, t("silent.title", { n: view.silences.length })),
      h("ul", {}, [...lines, more > 0 && t("list.more", { n: more })].filter(Boolean).map((line) => h("li", {}, line)))));
  }

  const besides = ({ early, parts }) => [early && t("summary.early", { n: early }), parts && t("summary.part", { n: parts })].filter(Boolean);
  const lesser = ({ early, parts }) => [early && t("summary.only_early", { n: early }), parts && t("summary.only_part", { n: parts })].filter(Boolean);

  function group(title, rows) {
    return rows.length > 0 && h("section", { class: "group" }, h("h2", {}, title, h("span", { class: "tally" }, String(rows.length))), h("ul", {}, rows));
  }

  function folded(title, isAll, rows) {
    if (!rows.length) return null;
    const details = h("details", { class: "group", open: clearOpen ?? isAll },
      h("summary", { "data-key": "fold-clear", onclick: () => { clearOpen = !details.open; } }, title, h("span", { class: "tally" }, String(rows.length))), h("ul", {}, rows));
    return details;
  }

  function nested(view, id) {
    const held = [...new Set(view.statuses.get(id).inside.map((hold) => hold.zone))].filter((zone) => zone !== id);
    if (!held.length) return null;
    const few = held.sort(worstFirst(view)).slice(0, NESTED_MOST);
    return h("ul", { class: "nested" },
      few.map((zone) => h("li", {}, zoneRow(view, zone, open, { nested: true }))),
      held.length > few.length && h("li", { class: "note" }, t("list.more", { n: held.length - few.length })));
  }

  return { show };
}

function worstFirst(view) {
  const rank = (id) => RANK[view.statuses.get(id).status] * 10 + RANK[view.statuses.get(id).within];
  const since = (id) => Date.parse(view.statuses.get(id).since ?? 0);
  return (one, other) => rank(other) - rank(one) || since(other) - since(one);
}
