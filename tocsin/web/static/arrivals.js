// When a threat can reach a zone first, as the server lets everybody know; asked for anew every 20 seconds.
//
// It tells no calm: a zone of which nothing is known here is not safe. What is old is not told on.

const EVERY_MS = 20_000;
const OLD_MS = 90_000; // after so long without an answer nothing is told
const ELSEWHERE_MS = 600_000; // where nothing is told of any kind

/** `rate`: how fast the server's clock goes; a night that is lived again is asked for more often. */
export function followArrivals({ changed, tell, rate }) {
  let etag = null;
  let zones = new Map();
  let heard = -Infinity;

  async function ask() {
    let next = EVERY_MS;
    try {
      const answer = await fetch("/api/v1/threats", { headers: etag ? { "If-None-Match": etag } : {} });
      if (answer.ok) {
        etag = answer.headers.get("ETag");
        const told = await answer.json();
        if (!told.shown.length) next = ELSEWHERE_MS;
        const had = zones;
        zones = new Map();
        for (const one of likelierFirst(told.zones)) if (!zones.has(one.zone)) zones.set(one.zone, { at: Date.parse(one.earliest), threat: one.threat, unlikely: one.band === "unlikely" });
        for (const zone of had.keys()) if (!zones.has(zone)) tell(zone, null);
        for (const [zone, { at }] of zones) tell(zone, at);
        heard = Date.now();
        changed();
      } else if (answer.status === 304) {
        heard = Date.now();
      }
    } catch {
      // Nothing was heard; what is known grows old by itself.
    }
    setTimeout(ask, Math.max(2_000, next / Math.max(1, rate())) + Math.random() * 2_000);
  }

  ask();

  /** The earliest arrival in any of these zones, { at, threat, unlikely }, of those that are not merely unlikely if there
   *  are any; null where none is known. */
  return function arrival(chain) {
    if (Date.now() - heard > OLD_MS) return null;
    const found = chain.map((zone) => zones.get(zone)).filter(Boolean);
    return found.length ? found.reduce((one, other) => (before(other, one) ? other : one)) : null;
  };
}

const before = (one, other) => (one.unlikely === other.unlikely ? one.at < other.at : other.unlikely);

/** The soonest first, as they come; behind them all those that are merely unlikely. */
const likelierFirst = (told) => [...told].sort((one, other) => (one.band === "unlikely") - (other.band === "unlikely"));
