// My zone: chosen once, remembered on this device only, and told in every state.

import { h, mark } from "./dom.js";
import { RANK } from "./state.js";
import { nameOf, t, time, moment } from "./texts.js";
import { causeOf, ticking, wordOf } from "./words.js";

const REMEMBERED = "tocsin.zone";

export const rememberedZone = () => localStorage.getItem(REMEMBERED);

export function rememberZone(id) {
  if (id === null) localStorage.removeItem(REMEMBERED);
  else localStorage.setItem(REMEMBERED, id);
}

export function makeMyZone({ banner, said, shouted, favicon }, { open, makeMine, search }) {
  let before = null; // {zone, word, rank}: what was told last
  let fault = null;

  /** The banner tells the present, also while the map looks back at the record. */
  function show(view) {
    const zone = view.mine === null ? null : view.atlas.zones.get(view.mine);
    const now = zone && view.known ? view.live.get(zone.id) : null;
    const state = stateOf(view, zone, now);
    banner.dataset.state = state;
    banner.setAttribute("aria-label", t("mine.title"));
    const kept = banner.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    banner.replaceChildren(...(zone ? chosen(view, zone, now, state) : unchosen()));
    if (kept) banner.querySelector(`[data-key="${kept}"]`)?.focus();
    headline(view, zone, now, state);
    tell(view, zone, now);
  }

  function unchosen() {
    return [
      h("p", { class: "mine-words mine-more" }, fault ? t(fault) : t("mine.none")),
      h("button", { type: "button", class: "plain", "data-key": "where", onclick: locate }, t("mine.where")),
    ];
  }

  function chosen(view, zone, now, state) {
    const near = state === "maybe" ? nameOf(view.atlas.zones.get(now.mayMean[0].zone))
      : state === "nearby" ? nameOf(view.atlas.zones.get(nearby(view, zone.id))) : null;
    const why = state !== "stale" && now?.over.length ? [...new Set(now.over.map(causeOf))].join(", ") : null;
    const since = now?.since && state !== "stale" && h("span", {}, t("since", { time: moment(Date.parse(now.since), view.serverNow) }), " · ",
      ticking(now.since, view.serverNow), why && ` · ${why}`);
    return [
      h("div", { class: "mine-words" },
        h("button", { type: "button", class: "mine-name", "data-key": "open", onclick: () => open(zone.id) }, `${t("mine.title")}: `, h("u", {}, nameOf(zone))),
        h("p", { class: "mine-state" }, mark(iconOf(state)), t(`mine.${state}`, { zone: near })),
        h("p", { class: "mine-more" }, state === "stale" && now ? t("mine.stale.more", { time: time(view.lastWord), status: t(`status.${wordOf(now)}`).toLocaleLowerCase() }) : since)),
      h("button", { type: "button", class: "plain", "data-key": "change", onclick: search }, t("mine.change")),
    ];
  }

  function headline(view, zone, now, state) {
    const alarm = now && wordOf(now) !== "clear" && state !== "stale";
    const name = zone ? nameOf(zone) : null;
    document.title = !zone ? `${t("tagline")} · ${t("title")}`
      : state === "stale" ? `${name}: ${t("connection.stale")} · ${t("title")}`
        : `${alarm ? "● " : ""}${name}: ${state === "unknown" ? t("status.unknown") : t(`status.${wordOf(now)}`)} · ${t("title")}`;
    const icon = `/static/icons/${view.fresh === false ? "stale" : alarm ? "alert" : "calm"}.svg`;
    if (favicon.getAttribute("href") !== icon) favicon.setAttribute("href", icon);
  }

  /** A worse status of my zone interrupts a screen reader; any other change of it waits its turn. */
  function tell(view, zone, now) {
    if (!zone || !now || !view.fresh) return;
    const word = wordOf(now);
    const rank = RANK[word] ?? RANK.partial;
    if (before?.zone === zone.id && before.word !== word) {
      const near = word === "maybe" ? nameOf(view.atlas.zones.get(now.mayMean[0].zone)) : null;
      (rank > before.rank ? shouted : said).textContent = t(`mine.said.${word}`, { zone: nameOf(zone), near });
    }
    before = { zone: zone.id, word, rank };
  }

  function locate() {
    said.textContent = t("mine.where.asking");
    fault = null;
    navigator.geolocation.getCurrentPosition(async ({ coords }) => {
      try {
        const answer = await fetch(`/api/v1/zones?lat=${coords.latitude}&lon=${coords.longitude}`);
        const { zones } = await answer.json();
        if (zones?.length && zones[0].level !== "country") makeMine(zones[0].id);
        else complain("mine.where.outside");
      } catch {
        complain("mine.where.no");
      }
    }, () => complain("mine.where.no"), { timeout: 10000, maximumAge: 60000 });
  }

  function complain(key) {
    fault = key;
    banner.replaceChildren(...unchosen());
    said.textContent = t(key);
  }

  return { show };
}

function stateOf(view, zone, now) {
  if (!zone) return "none";
  if (view.fresh === false) return "stale";
  if (!now || view.head === 0) return "unknown"; // a server that has never heard anything knows of no calm
  const word = wordOf(now);
  return word === "clear" && nearby(view, zone.id) ? "nearby" : word;
}

/** The nearest zone above mine, short of the country, that is under alert in part while mine is not. */
function nearby(view, id) {
  return view.atlas.ancestors(id).find((above) => view.atlas.zones.get(above).level !== "country" && view.live.get(above).status === "partial");
}

const iconOf = (state) => ({ nearby: "partial", stale: "unknown" })[state] ?? state;
