// One zone in full: what it is under and why, since when, what changed, and its history.

import { adviceInFull } from "./advice.js";
import { makeHistory } from "./chart.js";
import { h, mark, settle, svg } from "./dom.js";
import { moment, nameOf, number, t, time } from "./texts.js";
import { causeOf, levelWord, shownStatus, silences, statusWord, ticking, wordOf, zoneRow } from "./words.js";
import { reached, toldIn } from "./withdrawn.js";

const CHANGES_MOST = 6;
const PARTS_MOST = 10;

export function makePanel(root, { open, close, makeMine }) {
  let shown = null; // the zone whose details were asked for
  let details = null;
  let failed = false;
  let view = null;

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });

  async function ask(id) {
    failed = false;
    try {
      const [zone, history] = await Promise.all([get(`/api/v1/zones/${encodeURIComponent(id)}`), get(`/api/v1/history?zone=${encodeURIComponent(id)}`)]);
      if (shown === id) details = { id, zone, history: makeHistory(history) };
    } catch {
      if (shown === id) failed = true;
    }
    if (shown === id) draw();
  }

  function show(next) {
    const before = view;
    view = next;
    root.hidden = view.opened === null;
    if (view.opened === null) {
      shown = null;
      return;
    }
    const isNew = shown !== view.opened;
    const moved = before && before.head !== view.head && !view.lookingBack;
    if (isNew) {
      shown = view.opened;
      details = null;
      root.scrollTop = 0;
    }
    if (isNew || moved) ask(shown);
    draw();
    if (isNew) root.focus({ preventScroll: true });
  }

  function draw() {
    const zone = view.atlas.zones.get(shown);
    if (!zone) return;
    const said = view.known ? view.statuses.get(shown) : null;
    const parts = said ? partsUnderAlert(said) : [];
    root.setAttribute("aria-label", `${t("panel.label")}: ${nameOf(zone)}`);
    settle(root, [
      head(zone),
      said && stateOf(said),
      ...(said && shownStatus(said, view) !== "silent" ? silences(said, view) : []).map((words) => h("p", { class: "silence" }, mark("silent"), h("span", {}, words))),
      ...(view.lookingBack ? [] : view.withdrawn.filter((one) => reached(view.atlas, one, shown)).map(takenBack)),
      ...toDo(said),
      h("button", { type: "button", class: "plain choose", "data-key": "choose", "aria-pressed": String(view.mine === shown), onclick: () => makeMine(view.mine === shown ? null : shown) },
        t(view.mine === shown ? "mine.is" : "mine.make")),
      said && why(said),
      parts.length > 0 && h("section", {}, h("h3", {}, t("panel.inside")), h("ul", {}, parts.slice(0, PARTS_MOST).map((id) => h("li", {}, zoneRow(view, id, open, { nested: true })))),
        parts.length > PARTS_MOST && h("p", { class: "note" }, t("list.more", { n: parts.length - PARTS_MOST }))),
      ...fromServer(),
    ].filter(Boolean));
  }

  const partsUnderAlert = (said) => [...new Set(said.inside.map((hold) => hold.zone))].filter((id) => id !== shown);

  function head(zone) {
    const chain = view.atlas.ancestors(shown).flatMap((id, i) => [i ? " · " : ", ",
      h("button", { type: "button", "data-key": `up-${id}`, onclick: () => open(id) }, nameOf(view.atlas.zones.get(id)))]);
    return h("div", { class: "panel-head" },
      h("div", {}, h("h2", { class: "name" }, nameOf(zone)), h("p", { class: "panel-level" }, levelWord(zone), chain,
        zone.population ? ` · ${t("panel.population", { n: number(zone.population) })}` : null)),
      h("button", { type: "button", class: "quiet icon close", "data-key": "close", "aria-label": t("panel.close"), onclick: close },
        svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: "M4 4l12 12M16 4 4 16", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round" }))));
  }

  function stateOf(said) {
    const since = said.since && h("span", {}, t("since", { time: moment(Date.parse(said.since), view.now) }), " · ", ticking(said.since, view.now));
    return h("div", { class: view.fresh ? "state" : "state old", "data-status": shownStatus(said, view), "data-freshness": said.freshness }, mark(shownStatus(said, view)),
      h("div", {}, h("b", {}, statusWord(said, view)), since,
        wordOf(said) === "maybe" && h("span", {}, t("maybe.more", { zone: nameOf(view.atlas.zones.get(said.mayMean[0].zone)) })),
        shownStatus(said, view) === "silent" && silences(said, view).map((words) => h("span", {}, words)),
        !view.fresh && h("span", {}, t("summary.stale", { time: time(view.lastWord) }))));
  }

  function toDo(said) {
    const advice = said && !view.lookingBack ? view.advice(said) : null;
    return advice ? [adviceInFull(advice)] : [];
  }

  function takenBack(withdrawal) {
    return h("section", { class: "taken-back" }, mark("withdrawn"), h("div", {},
      h("h3", {}, t("withdrawn.at", { time: moment(Date.parse(withdrawal.at), view.now) })), toldIn(shown, withdrawal, view)));
  }

  function why(said) {
    const own = said.over.length ? said.over : said.inside.filter((hold) => hold.zone === shown);
    const holds = [...own, ...(said.over.length ? [] : said.mayMean)];
    if (!holds.length && said.inside.length) return null;
    return h("section", {}, h("h3", {}, t("panel.why")),
      holds.length ? h("ul", { class: "facts" }, holds.map(hold)) : h("p", { class: "note" }, t(said.silent.length ? "panel.why.silent" : "panel.why.none")));
  }

  function hold(one) {
    const from = one.zone === shown ? t("panel.own") : t("inherited", { zone: nameOf(view.atlas.zones.get(one.zone)) });
    const threat = one.threat === "unknown" ? t("threat.unknown") : null;
    return h("li", {}, causeOf(one), one.cause ? ` — ${one.cause}` : null,
      h("small", {}, [one.extent === "part" && one.zone === shown ? t("list.within.part") : one.extent === "part" ? t("maybe.hold", { zone: nameOf(view.atlas.zones.get(one.zone)) }) : from, threat, t("panel.source", { source: one.source }), t("since", { time: moment(Date.parse(one.since), view.now) })].filter(Boolean).join(" · ")),
      one.note && h("p", { class: "hold-note" }, t("panel.note", { note: one.note })));
  }

  function fromServer() {
    if (failed && !details) return [h("p", { class: "note" }, t("panel.failed"), " ", h("button", { type: "button", class: "plain", "data-key": "retry", onclick: () => ask(shown) }, t("panel.retry")))];
    if (!details) return [h("p", { class: "note" }, t("panel.loading"))];
    const changes = details.zone.transitions.filter((change) => Date.parse(change.at) <= view.now + 1000).slice(0, CHANGES_MOST);
    return [
      h("h3", {}, t("panel.transitions")),
      changes.length ? h("ol", { class: "changes" }, changes.map(changeOf)) : h("p", { class: "note" }, t("panel.transitions.none")),
      details.history.element,
    ];
  }

  /** What it turned to and from what; after a false alarm this is no all-clear. */
  function changeOf({ at, before, after, how }) {
    const [from, to] = [before, after].map((status) => t(`status.${status}`));
    return h("li", {}, mark(how === "withdrawn" ? "withdrawn" : after),
      h("span", {}, how === "withdrawn" ? h("b", {}, t("withdrawn.title")) : null, how === "withdrawn" ? " · " : null, to, h("small", {}, t("stale.was", { status: from.toLocaleLowerCase() }))),
      h("time", { datetime: at }, moment(Date.parse(at), view.now)));
  }

  return { show };
}

async function get(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}
