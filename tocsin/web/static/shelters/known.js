// What is known of shelters on this page: the area, what was said since, the place, who walks; and the answer from these.
//
// The place lives here and on the screen, and in no request: load.js is only ever given an area's name and a seq.

import { standing } from "./area.js";
import { BundleRefused } from "./bundle.js";
import * as kept from "./kept.js";
import { areasThere, fromDevice, fromServer, wordsAfter } from "./load.js";
import { nearest, PROFILES } from "./near.js";

const AGAIN_MS = 15_000;
const SPREAD_MS = 10_000; // after an import everybody fetches anew; not all at once
const TOLD = { shelter_closed: false, shelter_opened: true };

/** `changed()` is called whenever the answer may be another; `now()` is the server's clock. */
export function makeKnown({ realm, now, changed }) {
  let areas = [];
  let instead = kept.instead(realm);
  let area = null;
  let checked = true; // whether its signature could be checked
  let words = new Map(); // id -> { open, cause, source, at, seq }: the last word of each
  let asOf = null; // until when all words are known; null before the first
  let inStep = false; // whether nothing was missed since
  let trouble = null; // { why, detail }: why there is no bundle, or none that is newer
  let log = null; // of the server as it speaks now
  let place = kept.place(); // { lon, lat, name }
  let profile = PROFILES.includes(kept.profile()) ? kept.profile() : PROFILES[0];
  let stands = null;
  let found = null; // the answer, until something changes
  let asking = null;
  let next = null;

  function adopt(loaded) {
    ({ area, checked } = loaded);
    const said = kept.said(realm, area.header.area);
    words = new Map(said?.log === area.header.log ? said.words : []);
    asOf = said?.log === area.header.log ? said.at : Date.parse(area.header.at);
    inStep = false;
    trouble = null;
    anew();
  }

  function anew() {
    stands = null;
    found = null;
    changed();
  }

  /** Have this area: from the device at once, and from the server as soon as it answers. */
  async function load(name) {
    if (area?.header.area !== name) {
      area = null;
      try {
        const loaded = await fromDevice(realm, name);
        if (loaded) adopt(loaded);
      } catch (error) {
        trouble = { why: error.why ?? "broken", detail: {} };
      }
    }
    await sync(name);
  }

  /** Take in what the server says: words only where the bundle still stands, else the bundle anew. */
  function sync(name = area?.header.area, options = {}) {
    if (!name) return null;
    asking ??= take(name, options).catch(failed).finally(() => {
      asking = null;
      changed();
    });
    return asking;
  }

  async function take(name, options) {
    const isOf = () => area?.header.area === name && (log === null || area.header.log === log);
    let told = isOf() && !options.anew ? await wordsAfter(area.header.seq) : null;
    if (told === null || told.imported > area.header.seq || told.seq < area.header.seq) {
      const loaded = await fromServer(realm, name, { ...options, imported: told?.imported });
      adopt(loaded);
      told = await wordsAfter(area.header.seq);
      if (told.imported > area.header.seq) throw new BundleRefused("older", { seq: area.header.seq, known: told.imported });
    }
    for (const word of told.words) takeWord(word.shelter, word);
    trouble = null;
    inStep = true;
    remember();
    anew();
  }

  function takeWord(id, { open, cause, source, at, seq }) {
    if (seq > (words.get(id)?.seq ?? 0)) words.set(id, { open, cause, source, at, seq });
  }

  function failed(error) {
    trouble = error instanceof BundleRefused ? { why: error.why, detail: error.detail } : { why: "unreachable", detail: {} };
    if (trouble.why === "unreachable") later(AGAIN_MS / 2 + Math.random() * AGAIN_MS);
  }

  function later(ms) {
    next ??= setTimeout(() => {
      next = null;
      sync();
    }, ms);
  }

  function remember() {
    asOf = now();
    if (area) kept.keepSaid(realm, area.header.area, { log: area.header.log, at: asOf, words: [...words] });
  }

  function answer() {
    if (area === null || place === null) return null;
    if (found !== null) return found;
    stands ??= standing(area, words);
    const begun = performance.now();
    const ways = nearest(area, stands, place.lon, place.lat, profile);
    found = { ways, took_ms: performance.now() - begun };
    return found;
  }

  return {
    /** Ask which areas there are; have again at once what was used before. */
    async begin() {
      const before = kept.trusted(realm).area;
      if (before) load(before);
      try {
        ({ areas, instead } = await areasThere(realm));
      } catch {
        areas = before ? [{ area: before, bounds: null, attribution: "" }] : [];
      }
      changed();
    },
    load,
    /** The person says that a changed key is right. */
    trust: (name) => sync(name, { anew: true }),
    snapshot(of) {
      log = of;
      inStep = false;
      if (area) sync();
    },
    /** An entry of the stream. */
    hear({ seq, event }) {
      if (!area) return;
      if (event.type === "shelters_changed") {
        inStep = false;
        later(Math.random() * SPREAD_MS);
      }
      if (!(event.type in TOLD)) return;
      takeWord(event.shelter, { ...event, open: TOLD[event.type], seq });
      if (inStep) remember();
      anew();
    },
    heartbeat() {
      if (inStep) remember();
      else if (area && trouble === null) sync();
    },
    setPlace(spot, isKept) {
      place = spot;
      kept.keepPlace(isKept ? spot : null);
      const around = areaAround(areas, spot);
      if (spot && around && around !== area?.header.area) load(around);
      anew();
    },
    setProfile(name) {
      profile = name;
      kept.keepProfile(name);
      anew();
    },
    answer,
    get areas() { return areas; },
    get instead() { return instead; },
    get area() { return area; },
    get stands() { return area && (stands ??= standing(area, words)); },
    get state() { return { checked, trouble, asOf, inStep, place, profile, isKept: kept.place() !== null, isLoading: asking !== null }; },
  };
}

/** The smallest area in whose bounds a place lies; the only one where there is just one; or null. */
export function areaAround(areas, spot) {
  const size = ([west, south, east, north]) => (east - west) * (north - south);
  const around = areas.filter(({ bounds }) => spot && bounds && bounds[0] - 0.01 <= spot.lon && spot.lon <= bounds[2] + 0.01 && bounds[1] - 0.01 <= spot.lat && spot.lat <= bounds[3] + 0.01);
  const [least] = around.sort((a, b) => size(a.bounds) - size(b.bounds));
  return least?.area ?? (areas.length === 1 ? areas[0].area : null);
}
