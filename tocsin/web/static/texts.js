// The page's words, and how it writes times, lengths and numbers in the chosen language.

const REMEMBERED = "tocsin.lang";
const LANGUAGES = ["uk", "en"];
const KYIV = (() => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: "Europe/Kyiv" });
    return "Europe/Kyiv";
  } catch {
    return "Europe/Kiev"; // the zone's name before 2022, in older browsers
  }
})();

let table = {};
let drill = false;
let plurals;
let formats;

/** Ukrainian where the browser prefers it to English, else English, unless a choice is remembered. */
export function preferredLanguage() {
  const chosen = localStorage.getItem(REMEMBERED);
  if (LANGUAGES.includes(chosen)) return chosen;
  const known = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => LANGUAGES.includes(tag));
  return known ?? "en";
}

export async function speak(lang) {
  const answer = await fetch(`/static/texts/${lang}.json`);
  if (!answer.ok) throw new Error(`no texts for ${lang}`);
  table = await answer.json();
  plurals = new Intl.PluralRules(lang);
  const locale = lang === "uk" ? "uk-UA" : "en-GB";
  const kyiv = (options) => new Intl.DateTimeFormat(locale, { timeZone: KYIV, ...options });
  const hm = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  formats = {
    time: kyiv(hm),
    seconds: kyiv({ ...hm, second: "2-digit" }),
    utc: new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...hm }),
    day: kyiv({ day: "numeric", month: "short" }),
    dayYear: kyiv({ day: "numeric", month: "short", year: "numeric" }),
    dayKey: kyiv({ year: "numeric", month: "2-digit", day: "2-digit" }),
    month: new Intl.DateTimeFormat(locale, { timeZone: "UTC", month: "short", year: "numeric" }),
    number: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
  };
  document.documentElement.lang = lang;
}

/** In a drill whatever speaks of an alert has words of its own (`drill.KEY`). */
export function speakOfDrill(isDrill) {
  drill = isDrill;
}

export function remember(lang) {
  localStorage.setItem(REMEMBERED, lang);
}

export const language = () => table.lang;
export const otherLanguage = () => (table.lang === "uk" ? "en" : "uk");

/** The text of `key`, with {name} filled from `values`; where it depends on a number, `values.n` chooses the form. */
export function t(key, values = {}) {
  let text = drill ? (table[`drill.${key}`] ?? table[key]) : table[key];
  if (text === undefined) throw new Error(`no text for ${key}`);
  if (typeof text === "object") text = text[plurals.select(values.n)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The text of `key`, or `otherwise` where the table has none, for words that come from outside. */
export const tOr = (key, otherwise) => (table[key] === undefined ? otherwise : t(key));

export const nameOf = (zone) => zone.names[table.lang] ?? zone.names.en ?? Object.values(zone.names)[0];

export const number = (n) => formats.number.format(n);
export const time = (ms) => formats.time.format(ms);
export const seconds = (ms) => formats.seconds.format(ms);
export const utc = (ms) => formats.utc.format(ms);
export const day = (ms) => formats.day.format(ms);
export const dayYear = (ms) => formats.dayYear.format(ms);
export const month = (text) => formats.month.format(Date.parse(`${text}-15T00:00:00Z`));

/** The clock time, with the day where it is not `now`'s, and the year where that differs too. */
export function moment(ms, now) {
  if (formats.dayKey.format(ms) === formats.dayKey.format(now)) return time(ms);
  const sameYear = new Date(ms).getUTCFullYear() === new Date(now).getUTCFullYear();
  return `${(sameYear ? formats.day : formats.dayYear).format(ms)}, ${time(ms)}`;
}

/** A length of time in its two largest units: "2 h 05 min", "186 d 3 h". */
export function elapsed(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const unit = (n, name) => `${n} ${table[`time.${name}`]}`;
  if (s < 60) return unit(s, "second");
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return unit(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${unit(hours, "hour")} ${unit(String(minutes % 60).padStart(2, "0"), "minute")}`;
  return `${unit(number(Math.floor(hours / 24)), "day")} ${unit(hours % 24, "hour")}`;
}
