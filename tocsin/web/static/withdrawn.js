// False alarms taken back, told for some hours or until someone has understood: another thing than an all-clear.

import { lists } from "./advice.js";
import { h, mark, settle } from "./dom.js";
import { intervalsWith, nothingRecorded, piecesOf, withRecord } from "./intervals.js";
import { language, moment, t } from "./texts.js";
import { causeOf, someNames } from "./words.js";

const TOLD_MS = 6 * 3600_000;
const MINUTE_MS = 60_000;
const NOTICES_MOST = 2;
const REMEMBERED = "tocsin.understood";
const REMEMBERED_MOST = 50;

/**
 * The withdrawals that are news at `now_ms`, newest first; what one order took back is one:
 * { key, at, began, zones, hold, cause, last }. Zones where another alarm has begun since are left out of `zones`:
 * there the news is the alarm. `statuses` are the present ones.
 */
export function withdrawals(pieces, statuses, now_ms) {
  const orders = new Map();
  for (const hold of pieces) {
    if (hold.ended_how !== "withdrawn" || now_ms - Date.parse(hold.ended) > TOLD_MS || !statuses.has(hold.zone)) continue;
    const key = [hold.ended, hold.hazard, hold.threat, hold.since, hold.ended_cause].join();
    const known = orders.get(key) ?? { at: hold.ended, began: hold.since, zones: [], hold, cause: hold.ended_cause ?? null, last: 0 };
    const said = statuses.get(hold.zone);
    const begunSince = [...said.over, ...said.inside].some((other) => Date.parse(other.since) > Date.parse(hold.ended));
    if (!begunSince && !known.zones.includes(hold.zone)) known.zones.push(hold.zone);
    orders.set(key, { ...known, last: Math.max(known.last, hold.id) });
  }
  return [...orders.values()].sort((one, other) => Date.parse(other.at) - Date.parse(one.at) || other.last - one.last);
}

/** Whether people in `zone` got the alarm: it lay on the zone, on what it lies in, or on some of it. */
export function reached(atlas, { zones }, zone) {
  const above = [zone, ...atlas.ancestors(zone)];
  return zones.some((held) => above.includes(held) || atlas.ancestors(held).includes(zone));
}

/** What is kept of the record of the last hours, and which of it is still to be told. */
export function makeWithdrawn(root, changed) {
  let log = null;
  let lately = nothingRecorded();
  let pieces = null; // of what is kept, made when it is looked at
  const corrections = new Map(); // hold -> the message that took it back

  /** Ask the record about the last hours; what the stream tells meanwhile is taken in as well. */
  async function ask(ofLog, now_ms) {
    if (log !== ofLog) {
      [log, lately, pieces] = [ofLog, nothingRecorded(), null];
      corrections.clear();
    }
    try {
      const minute = Math.floor(now_ms / MINUTE_MS) * MINUTE_MS; // the same question for all who ask in one minute
      const answer = await fetch(`/api/v1/holds?from=${new Date(minute - TOLD_MS).toISOString()}&until=${new Date(minute + MINUTE_MS).toISOString()}`);
      if (!answer.ok || log !== ofLog) return;
      lately = withRecord(lately, (await answer.json()).holds);
    } catch {
      return; // the page says itself that it is cut off, and asks again with the next snapshot
    }
    pieces = null;
    changed();
  }

  function hear(entry) {
    intervalsWith(lately, entry);
    pieces = null;
  }

  /** What was over long ago is let go, so that a page open for weeks keeps no more than some hours. */
  function lived(now_ms) {
    if (pieces !== null) return pieces;
    for (const [id, hold] of lately) {
      const last = hold.pieces.at(-1);
      if (last?.ended && now_ms - Date.parse(last.ended) > TOLD_MS) lately.delete(id);
    }
    pieces = piecesOf(lately);
    return pieces;
  }

  function hearMessage(message) {
    if (message.kind === "withdrawn") for (const hold of message.holds) corrections.set(hold, message);
  }

  const idOf = ({ last }) => `${log}/${last}`;

  /** Those that nobody here has said to have understood. */
  function news(statuses, now_ms) {
    const done = understood();
    return withdrawals(lived(now_ms), statuses, now_ms).filter((one) => one.zones.length && !done.includes(idOf(one)))
      .map((one) => ({ ...one, correction: corrections.get(one.hold.id) ?? null }));
  }

  function understand(withdrawal) {
    const done = [...understood(), idOf(withdrawal)].slice(-REMEMBERED_MOST);
    localStorage.setItem(REMEMBERED, JSON.stringify(done));
    changed();
  }

  /** Above the page: what is not told in my zone's own banner. */
  function show(view) {
    const others = view.withdrawn.filter((one) => view.mine === null || !reached(view.atlas, one, view.mine)).slice(0, NOTICES_MOST);
    const hadFocus = root.contains(document.activeElement);
    root.hidden = others.length === 0;
    settle(root, others.map((one) => h("section", { class: "notice notice-withdrawn", "aria-label": t("withdrawn.title") }, mark("withdrawn"),
      h("p", {}, h("b", {}, `${t("withdrawn.at", { time: moment(Date.parse(one.at), view.serverNow) })}: ${someNames(view.atlas, one.zones)}. `), h("span", {}, wordsOf(one, view))),
      understoodButton(one))));
    if (hadFocus && !root.contains(document.activeElement)) root.querySelector("button")?.focus();
  }

  const understoodButton = (one) => h("button", { type: "button", class: "plain", "data-key": `understood-${one.last}`, onclick: () => understand(one) }, t("withdrawn.understood"));

  return { ask, hear, hearMessage, news, show, understoodButton };
}

/** The same for one zone that got the alarm: the approved correction where it was heard and still holds, else our own words. */
export function toldIn(zone, withdrawal, view) {
  const { correction, cause } = withdrawal;
  const now = view.live.get(zone);
  const isAsLeft = correction && (correction.leaves === "clear" ? now.status === "clear" && !now.mayMean.length && !now.silent.length : correction.leaves === now.status);
  const wording = isAsLeft ? correction.wording[language()] : null;
  if (!wording) return [h("p", {}, wordsOf(withdrawal, view))];
  return [h("p", {}, [wording.body, why(cause)].filter(Boolean).join(" ")), h("div", { class: "advice" }, lists(wording))];
}

/** What was taken back, why, and whether another alarm goes on there. */
export function wordsOf({ hold, began, zones, cause }, view) {
  const still = zones.filter((zone) => view.live.get(zone).status !== "clear" || view.live.get(zone).mayMean.length);
  return [
    t("withdrawn.was", { what: causeOf(hold), time: moment(Date.parse(began), view.serverNow) }),
    why(cause),
    still.length && t("withdrawn.still", { zones: someNames(view.atlas, still) }),
  ].filter(Boolean).join(" ");
}

const why = (cause) => cause && t("withdrawn.why", { cause: /[.!?…]$/.test(cause) ? cause : `${cause}.` });

function understood() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED) ?? "[]");
  } catch {
    return [];
  }
}
