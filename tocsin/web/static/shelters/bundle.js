// A bundle is believed only when its signature holds, by the key that is known, and it is of this realm and not older
// than one that was there before. Everything that is refused is refused by name: BundleRefused.why.
//
// Pure: it keeps nothing and asks nobody. What is known of keys and seqs is the caller's (trust.js).

import { unpack } from "./sections.js";

const MAGIC = "TOCSINB1";
const PREFIX = new TextEncoder().encode("tocsin shelter bundle 1\n");
const START = 72;

/** `why`: not_bundle, version, broken, signature, key, realm, older, form. */
export class BundleRefused extends Error {
  constructor(why, detail = {}) {
    super(`the bundle was refused: ${why} ${JSON.stringify(detail)}`);
    this.why = why;
    this.detail = detail;
  }
}

/**
 * The header of `bytes`, once it may be believed. `key`: the only one by which it may be signed; `realm`; `seq` and
 * `log`: of the newest that was known of that log. Gives { header, checked }: `checked` is false where this browser
 * cannot check signatures, which whoever shows the answer has to say.
 */
export async function believed(bytes, { key = null, realm = null, log = null, seq = 0 } = {}) {
  const magic = new TextDecoder("latin1").decode(bytes.subarray(0, 8));
  if (magic.slice(0, 7) !== MAGIC.slice(0, 7) || bytes.length < START + 4) throw new BundleRefused("not_bundle");
  if (magic !== MAGIC) throw new BundleRefused("version", { version: magic.slice(7) });
  const header = headerOf(bytes);
  const checked = await holds(bytes, header.key);
  if (key !== null && header.key !== key) throw new BundleRefused("key", { key: header.key });
  if (realm !== null && header.realm !== realm) throw new BundleRefused("realm", { realm: header.realm });
  if (header.format !== 1 || !Number.isInteger(header.seq)) throw new BundleRefused("form");
  if ((log === null || header.log === log) && header.seq < seq) throw new BundleRefused("older", { seq: header.seq, known: seq });
  return { header, checked };
}

/** { header, columns, texts } of bytes that are believed. */
export async function opened(bytes, header) {
  try {
    return { header, ...(await unpack(header, bytes.subarray(START + 4 + lengthOf(bytes)))) };
  } catch (error) {
    throw new BundleRefused("broken", { message: error.message });
  }
}

const lengthOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(START, true);

function headerOf(bytes) {
  const end = START + 4 + lengthOf(bytes);
  if (end > bytes.length) throw new BundleRefused("broken");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(START + 4, end)));
  } catch {
    throw new BundleRefused("broken");
  }
}

/** Whether the signature was checked. Throws where it was and does not hold. */
async function holds(bytes, key) {
  const subtle = globalThis.crypto?.subtle; // not there on pages that came without TLS
  if (!subtle) return false;
  if (typeof key !== "string" || !/^[0-9a-f]{64}$/.test(key)) throw new BundleRefused("signature");
  let known;
  try {
    known = await subtle.importKey("raw", Uint8Array.from(key.match(/../g), (pair) => parseInt(pair, 16)), { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError" || error.name === "SyntaxError") return false;
    throw new BundleRefused("signature");
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes.subarray(START)));
  const signed = new Uint8Array(PREFIX.length + digest.length);
  signed.set(PREFIX);
  signed.set(digest, PREFIX.length);
  if (!(await subtle.verify({ name: "Ed25519" }, known, bytes.subarray(8, START), signed))) throw new BundleRefused("signature");
  return true;
}
