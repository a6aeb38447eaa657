// My zone: chosen once, remembered on this device only, and told in every state.

import { adviceInBrief } from "./advice.js";
import { h, mark, settle } from "./dom.js";
import { RANK } from "./state.js";
import { nameOf, t, time, moment } from "./texts.js";
import { shapesThere, zoneAt } from "./whereabouts.js";
import { reached, toldIn } from "./withdrawn.js";
import { causeOf, silences, ticking, wordOf } from "./words.js";

const REMEMBERED = "tocsin.zone";
const RANKS = { ...RANK, maybe: RANK.partial, silent: 0 };

export const rememberedZone = () => localStorage.getItem(REMEMBERED);

export function rememberZone(id) {
  if (id === null) localStorage.removeItem(REMEMBERED);
  else localStorage.setItem(REMEMBERED, id);
}

export function makeMyZone({ banner, said, shouted, favicon }, { atlas, levels }, { open, makeMine, search, understoodButton, shelter, instead }) {
  let before = null; // {zone, word, rank, silent, withdrawn}: what was told last
  let fault = null;
  let adviceOpen = false;

  /** The banner tells the present, also while the map looks back at the record. */
  function show(view) {
    const zone = view.mine === null ? null : view.atlas.zones.get(view.mine);
    const now = zone && view.known ? view.live.get(zone.id) : null;
    const state = stateOf(view, zone, now);
    banner.dataset.state = state;
    banner.dataset.freshness = now?.freshness ?? "fresh";
    banner.setAttribute("aria-label", t("mine.title"));
    const hadFocus = banner.contains(document.activeElement);
    settle(banner, (zone ? chosen(view, zone, now, state) : unchosen()).filter(Boolean));
    if (hadFocus && !banner.contains(document.activeElement)) banner.querySelector("button")?.focus();
    headline(view, zone, now, state);
    tell(view, zone, now);
  }

  function unchosen() {
    return [
      h("p", { class: "mine-words mine-more" }, fault ? t(fault) : t("mine.none")),
      h("button", { type: "button", class: "plain", "data-key": "where", onclick: locate }, t("mine.where")),
      shelter(),
    ];
  }

  function chosen(view, zone, now, state) {
    const takenBack = state === "stale" ? null : withdrawnHere(view, zone.id);
    const near = state === "maybe" ? nearOf(view, now)
      : state === "nearby" ? nameOf(view.atlas.zones.get(nearby(view, zone.id))) : null;
    const why = state !== "stale" && now?.over.length ? [...new Set(now.over.map(causeOf))].join(", ") : null;
    const since = now?.since && state !== "stale" && h("span", {}, t("since", { time: moment(Date.parse(now.since), view.serverNow) }), " · ",
      ticking(now.since, view.serverNow), why && ` · ${why}`);
    return [
      h("div", { class: "mine-words" },
        h("button", { type: "button", class: "mine-name", "data-key": "open", "data-zone": zone.id, onclick: () => open(zone.id) }, `${t("mine.title")}: `, h("u", {}, nameOf(zone))),
        h("p", { class: "mine-state" }, mark(iconOf(state)), t(`mine.${state}`, { zone: near, time: takenBack && moment(Date.parse(takenBack.at), view.serverNow) })),
        h("p", { class: "mine-more" }, state === "stale" && now ? t("mine.stale.more", { time: time(view.lastWord), status: t(`status.${wordOf(now)}`).toLocaleLowerCase() }) : state === "withdrawn" ? t("mine.clear") : since),
        state !== "stale" && arrivalHere(view, state)),
      h("button", { type: "button", class: "plain", "data-key": "change", onclick: search }, t("mine.change")),
      shelter(),
      ...(state !== "stale" && now ? notes(view, now, state, takenBack) : []),
    ];
  }

  /** What to do; where no shelter can be reached in time, nobody is sent to one. */
  const adviceOn = (view, now) => (instead() === null ? view.advice(now) : { wording: instead(), note: null });

  /** Below the state: what to do, who fell silent, what was taken back. */
  function notes(view, now, state, takenBack) {
    const told = adviceOn(view, now);
    const silent = silences(now, { ...view, now: view.serverNow });
    return [
      told && adviceInBrief(told, adviceOpen, (isOpen) => { adviceOpen = isOpen; }),
      ...silent.map((words) => h("p", { class: "mine-note" }, state !== "silent" && mark("silent"), h("span", {}, words))),
      takenBack && h("div", { class: "mine-note" }, state !== "withdrawn" && mark("withdrawn"),
        h("div", {}, state !== "withdrawn" && h("b", {}, t("withdrawn.at", { time: moment(Date.parse(takenBack.at), view.serverNow) })), toldIn(view.mine, takenBack, view)), understoodButton(takenBack)),
    ];
  }

  function headline(view, zone, now, state) {
    const alarm = now && !["clear", "silent"].includes(wordOf(now)) && state !== "stale";
    const name = zone ? nameOf(zone) : null;
    const drill = document.documentElement.dataset.realm === "drill";
    const title = (drill ? `${t("realm.drill")} · ` : "") + (!zone ? `${t("tagline")} · ${t("title")}`
      : state === "stale" ? `${name}: ${t("connection.stale")} · ${t("title")}`
        : `${alarm ? "● " : ""}${name}: ${state === "unknown" ? t("status.unknown") : t(`status.${wordOf(now)}`)} · ${t("title")}`);
    if (document.title !== title) document.title = title;
    const isStale = view.fresh === false || state === "silent";
    const icon = `/static/icons/${drill ? "drill-" : ""}${isStale ? "stale" : alarm ? "alert" : "calm"}.svg`;
    if (favicon.getAttribute("href") !== icon) favicon.setAttribute("href", icon);
  }

  /** A worse status of my zone interrupts a screen reader; any other change of it waits its turn. */
  function tell(view, zone, now) {
    if (!zone || !now || !view.fresh) return;
    const word = wordOf(now);
    const next = { zone: zone.id, word, rank: RANKS[word], silent: now.silent.length > 0, withdrawn: withdrawnHere(view, zone.id)?.at ?? null };
    const known = before?.zone === zone.id ? before : null;
    before = next;
    if (!known) return;
    const name = nameOf(zone);
    const falseAlarm = next.withdrawn !== null && next.withdrawn !== known.withdrawn;
    const polite = [falseAlarm && t("mine.said.withdrawn", { zone: name })];
    if (next.rank > known.rank) {
      const firstToDo = adviceOn(view, now)?.wording.do[0];
      shouted.textContent = [t(`mine.said.${word}`, { zone: name, near: nearOf(view, now) }), firstToDo].filter(Boolean).join(" ");
    } else if (next.rank < known.rank && word !== "silent" && !(falseAlarm && word === "clear")) {
      polite.push(t(`mine.said.${word}`, { zone: name, near: nearOf(view, now) }));
    }
    if (word === "silent" ? known.word !== "silent" : next.silent && !known.silent) polite.push(t(word === "silent" ? "mine.said.silent" : "mine.said.silent_held", { zone: name }));
    else if (known.silent && !next.silent) polite.push(t("mine.said.heard", { zone: name }));
    if (polite.some(Boolean)) said.textContent = polite.filter(Boolean).join(" ");
  }

  const nearOf = (view, now) => (now.mayMean.length ? nameOf(view.atlas.zones.get(now.mayMean[0].zone)) : null);

  function locate() {
    said.textContent = t("mine.where.asking");
    fault = null;
    navigator.geolocation.getCurrentPosition(async ({ coords }) => {
      try {
        const { zones } = atlas;
        const id = zoneAt(await shapesThere(), zones, levels, coords.longitude, coords.latitude);
        if (id !== null && zones.get(id).level !== "country") makeMine(id);
        else complain("mine.where.outside");
      } catch {
        complain("mine.where.no");
      }
    }, () => complain("mine.where.no"), { timeout: 10000, maximumAge: 60000 });
  }

  function complain(key) {
    fault = key;
    settle(banner, unchosen().filter(Boolean));
    said.textContent = t(key);
  }

  return { show };
}

function stateOf(view, zone, now) {
  if (!zone) return "none";
  if (view.fresh === false) return "stale";
  if (!now || !view.heard) return "unknown"; // a server that has never heard anything knows of no calm
  const word = wordOf(now);
  if (word !== "clear") return word;
  return nearby(view, zone.id) ? "nearby" : withdrawnHere(view, zone.id) ? "withdrawn" : "clear";
}

const CALMER = new Set(["clear", "nearby", "withdrawn", "early_warning"]); // an alert is not talked down

/** When a threat can be here first, where the server knows of one. Where it does not, nothing is said: that is no calm. */
function arrivalHere({ arrival, serverNow }, state) {
  if (!arrival) return null;
  const n = Math.floor((arrival.at - serverNow) / 60_000);
  const what = t(`threat.${arrival.threat}`).toLocaleLowerCase();
  return h("p", { class: "mine-more mine-arrival" }, h("a", { href: "/threats" }, t(`mine.arrival${arrival.unlikely && CALMER.has(state) ? ".unlikely" : ""}${n < 1 ? ".now" : ""}`, { n, what })));
}

/** The latest false alarm that people here got and that nobody here has said to have understood. */
const withdrawnHere = (view, id) => view.withdrawn.find((one) => reached(view.atlas, one, id)) ?? null;

/** The nearest zone above mine, short of the country, that is under alert in part while mine is not. */
function nearby(view, id) {
  return view.atlas.ancestors(id).find((above) => view.atlas.zones.get(above).level !== "country" && view.live.get(above).status === "partial");
}

const iconOf = (state) => ({ nearby: "partial", stale: "unknown" })[state] ?? state;
