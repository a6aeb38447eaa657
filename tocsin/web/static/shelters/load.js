// Gets the bundle of an area and what was said since, and keeps both for when there is no network.
//
// Everything that is fetched is fetched by the area's name alone. Whatever comes is measured before it is used; what is
// kept is measured again each time, for a device's cache can be altered too.

import { makeArea } from "./area.js";
import { believed, BundleRefused, opened } from "./bundle.js";
import * as kept from "./kept.js";

const addressOf = (name) => `/api/v1/shelters/${encodeURIComponent(name)}/bundle`;

/** The areas of this server, [{ area, bounds, attribution }], and what to do `instead` where none is reached, by language. */
export async function areasThere(realm) {
  const { areas, instead } = await ask("/api/v1/shelters?limit=1");
  kept.keepInstead(realm, instead);
  return { areas, instead };
}

/**
 * The area from what this device kept: { area, checked } or null. Throws BundleRefused where it is there and not to be
 * believed; then it is thrown away.
 */
export async function fromDevice(realm, name) {
  const bytes = await kept.bundle(addressOf(name));
  if (bytes === null) return null;
  const { key = null } = kept.trusted(realm);
  try {
    return await measured(bytes, { realm, key, name });
  } catch (error) {
    await kept.forgetBundle(addressOf(name));
    throw error;
  }
}

/**
 * The area as the server has it now. It must be signed by the key of the server's heads and by the one that this device
 * knows; `anew`: the person has said that a changed key is right. `imported`: the seq of the register's last import,
 * from before which no bundle is taken. Throws BundleRefused, or what the network throws.
 */
export async function fromServer(realm, name, { imported = 0, anew = false } = {}) {
  const [{ key }, bytes] = await Promise.all([ask("/api/v1/head"), bytesOf(addressOf(name))]);
  const { key: first = null, log, seen = {} } = kept.trusted(realm);
  if (first !== null && first !== key && !anew) throw new BundleRefused("key_changed", { key, known: first });
  const found = await measured(bytes, { realm, key, name, log: log ?? null, seq: log ? (seen[name] ?? 0) : 0 });
  const { header } = found.area;
  if (header.seq < imported) throw new BundleRefused("older", { seq: header.seq, known: imported });
  kept.keepTrust(realm, { key: header.key, log: header.log, area: name, seq: header.seq });
  await kept.keepBundle(addressOf(name), bytes);
  return found;
}

async function measured(bytes, { realm, key, name, log = null, seq = 0 }) {
  const { header, checked } = await believed(bytes, { realm, key, log, seq });
  if (header.area !== name) throw new BundleRefused("form", { area: header.area });
  try {
    return { area: makeArea(await opened(bytes, header)), checked };
  } catch (error) {
    throw error instanceof BundleRefused ? error : new BundleRefused("form", { message: error.message });
  }
}

/** What was said of shelters after `seq`: { words, imported, seq }. */
export const wordsAfter = (seq) => ask(`/api/v1/shelters/words?after=${seq}`);

async function bytesOf(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

async function ask(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}
