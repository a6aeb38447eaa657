// What is in the air, for officers who signed in on the page of threats: areas and cones on the map of the first page.
//
// Nobody else asks for it. The server knows the officer by the session of that page; this script only knows that there
// was one, so that the page of everybody else asks nothing more.

import { h } from "./dom.js";
import { language, t } from "./texts.js";

const MARK = "tocsin-officer"; // set by the page of threats, for as long as the browser's window lives
const EVERY_MS = 5_000;
const OLD_MS = 25_000; // after so long without an answer nothing is drawn

export function followAir({ note, changed, rate }) {
  let threats = [];
  let heard = -Infinity;
  let waits = 0;

  async function ask() {
    clearTimeout(waits);
    if (!marked()) return forget();
    try {
      const answer = await fetch(`/threats/air?lang=${language()}`);
      if (answer.status === 200) {
        threats = (await answer.json()).threats;
        heard = Date.now();
        changed();
      } else if (answer.status === 204) {
        unmark();
        return forget();
      }
    } catch {
      // Nothing was heard; what is known grows old by itself.
    }
    if (Date.now() - heard > OLD_MS && threats.length) forget();
    waits = setTimeout(ask, Math.max(1_000, EVERY_MS / Math.max(1, rate())));
  }

  function forget() {
    if (!threats.length) return; // at the start there is nothing, and nobody to tell yet
    threats = [];
    changed();
  }

  document.addEventListener("visibilitychange", () => document.hidden || ask());
  ask();

  return {
    /** Those that can be drawn, those without news under the others. */
    now: () => threats.filter((one) => one.lon !== null).sort((one, other) => other.stale - one.stale),
    show() {
      note.hidden = !marked() || heard === -Infinity;
      if (note.hidden) return;
      const words = threats.length ? t("air.count", { n: threats.length }) : t("air.none");
      if (note.textContent !== words) note.replaceChildren(h("a", { href: `/threats?lang=${language()}` }, words));
    },
  };
}

function marked() {
  try {
    return sessionStorage.getItem(MARK) === "1";
  } catch {
    return false;
  }
}

function unmark() {
  try {
    sessionStorage.removeItem(MARK);
  } catch {
    // Where nothing can be kept nothing was.
  }
}

const AROUND = 48;

/** GeoJSON for the map: cones under areas under spots. */
export function drawn(threats) {
  const features = threats.flatMap((one) => [
    one.cone.length && feature(one, "cone", { type: "Polygon", coordinates: [one.cone] }),
    feature(one, "area", { type: "Polygon", coordinates: [circle(one)] }),
    feature(one, "spot", { type: "Point", coordinates: [one.lon, one.lat] }),
  ]);
  return { type: "FeatureCollection", features: features.filter(Boolean) };
}

const feature = ({ id, name, stale }, part, geometry) => ({ type: "Feature", properties: { id, name, stale, part }, geometry });

function circle({ lon, lat, radius_m: radius }) {
  const high = (radius ?? 0) / 111_200;
  const wide = high / Math.cos((lat * Math.PI) / 180);
  return Array.from({ length: AROUND + 1 }, (_, at) => {
    const angle = ((at % AROUND) * 2 * Math.PI) / AROUND;
    return [lon + wide * Math.sin(angle), lat + high * Math.cos(angle)];
  });
}
