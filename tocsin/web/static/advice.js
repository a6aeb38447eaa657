// What people are told to do and not to do: the approved text of the worst warning over a zone, in the page's language.
//
// A message brings it with the alarm; a page that came later asks the server, once for each kind of warning.

import { h } from "./dom.js";
import { RANK, says } from "./state.js";
import { language, t } from "./texts.js";

const ALARMS = new Set(["alarm", "escalated", "continued", "replaced"]);
const KIND = ["hazard", "threat", "stage", "level", "extent"];

export function makeAdvice(changed) {
  const heard = new Map(); // hold -> the last alarm told of it
  const asked = new Map(); // kind of warning -> the answer; null while it is awaited

  function hear(message) {
    if (ALARMS.has(message.kind)) for (const hold of message.holds) heard.set(hold, message);
  }

  function forget() {
    heard.clear();
    asked.clear();
  }

  /** { wording, note } for what is said of a zone, or null: where nothing is held, and until the server has answered. */
  function on(said) {
    const hold = worst(said);
    if (hold === null) return null;
    const message = heard.get(hold.id);
    const told = asked.get(kindOf(hold));
    if (told === undefined) ask(hold);
    const isOfNow = message && KIND.slice(0, 4).every((name) => message[name] === hold[name]);
    const source = isOfNow ? message : told;
    const wording = source?.wording[language()] ?? source?.wording.en;
    return wording ? { wording, note: told?.approval[language()]?.note ?? null } : null;
  }

  async function ask(hold) {
    const kind = kindOf(hold);
    asked.set(kind, null);
    try {
      const answer = await fetch(`/api/v1/texts?${kind}`);
      if (!answer.ok) throw new Error(String(answer.status));
      asked.set(kind, await answer.json());
      changed();
    } catch {
      asked.delete(kind); // asked again with the next showing
    }
  }

  return { hear, on, forget };
}

const kindOf = (hold) => new URLSearchParams(KIND.map((name) => [name, hold[name]])).toString();

/** The worst warning that reaches the zone or may mean it, the latest of several. A zone within is told its own. */
function worst(said) {
  const holds = said.over.length ? said.over : [...said.unnamed, ...said.mayMean];
  return holds.reduce((found, hold) => (found === null || RANK[says(hold)] > RANK[says(found)] || (says(hold) === says(found) && hold.id > found.id) ? hold : found), null);
}

/** In full, for the panel. */
export const adviceInFull = ({ wording, note }) => h("section", { class: "advice" },
  h("p", {}, wording.body), lists(wording), note && h("p", { class: "advice-note" }, note));

/** For my zone's banner: the first thing to do, and the rest where it is asked for. */
export function adviceInBrief({ wording, note }, isOpen, toggled) {
  const details = h("details", { class: "advice", open: isOpen, ontoggle: () => toggled(details.open) },
    h("summary", { "data-key": "advice" }, h("b", {}, t("advice.do")), h("span", {}, `: ${wording.do[0] ?? wording.body}`)),
    h("p", {}, wording.body), lists(wording).slice(0, 1).map(([, list]) => list), lists(wording).slice(1), note && h("p", { class: "advice-note" }, note));
  return details;
}

/** What to do and what not, each with its heading. */
export const lists = (wording) => ["do", "dont"].filter((what) => wording[what].length).map((what) => [
  h("h3", {}, t(`advice.${what}`)), h("ul", { class: `advice-${what}` }, wording[what].map((text) => h("li", {}, text)))]);
