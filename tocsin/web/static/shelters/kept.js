// What this device keeps of shelters: the last bundle that was believed, the key and seq by which the next one is
// measured, what was said since, and who walks. A place only where somebody asks for it. Nothing of it is ever sent.

const CACHE = "tocsin-shelters";
const PROFILE = "tocsin.shelters.profile";
const PLACE = "tocsin.shelters.place";
const known = (realm) => `tocsin.shelters.${realm}`;

const read = (name) => {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null; // what cannot be read is as good as not there
  }
};

function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch { /* no room, or not allowed: it holds for this visit only */ }
}

export const profile = () => read(PROFILE) ?? "adult";
export const keepProfile = (name) => write(PROFILE, name);

/** { lon, lat, name } or null. It stays on this device. */
export const place = () => read(PLACE);
export const keepPlace = (spot) => write(PLACE, spot);

/** Of a realm: { key, log, seen: { area: seq }, area } or {}. `area` is the one used last. */
export const trusted = (realm) => read(known(realm)) ?? {};

/** The key stays as it was first seen; of another log all seqs begin anew. */
export function keepTrust(realm, { key, log, area, seq }) {
  const before = trusted(realm);
  const seen = before.log === log ? { ...before.seen } : {};
  seen[area] = Math.max(seq, seen[area] ?? 0);
  write(known(realm), { ...before, key, log, seen, area });
}

/** What was said of shelters after the bundle, and until when that is all: { words: [[id, word]], upto, at } */
export const said = (realm, area) => read(`${known(realm)}.words.${area}`);
export const keepSaid = (realm, area, what) => write(`${known(realm)}.words.${area}`, what);

/** What to do where no shelter is reached in time: the approved words, by language. */
export const instead = (realm) => read(`${known(realm)}.instead`) ?? {};
export const keepInstead = (realm, words) => write(`${known(realm)}.instead`, words);

/** The bytes of the bundle that was there last, or null. There is no cache on pages that came without TLS. */
export async function bundle(url) {
  try {
    const answer = await (await caches.open(CACHE)).match(url);
    return answer ? new Uint8Array(await answer.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

export async function keepBundle(url, bytes) {
  try {
    await (await caches.open(CACHE)).put(url, new Response(bytes));
  } catch { /* no room, or no cache: it is fetched again the next time */ }
}

export async function forgetBundle(url) {
  try {
    await (await caches.open(CACHE)).delete(url);
  } catch { /* nothing was kept */ }
}
