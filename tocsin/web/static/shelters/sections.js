// Columns of whole numbers as a bundle packs them: byte planes, differences, texts (docs/shelters.md, "Byte by byte").
//
// Pure but for the browser's own DecompressionStream. What does not fit its own description is refused, never guessed at.

const WIDTH = { u8: 1, u16: 2, u32: 4, d8: 1, d16: 2, d32: 4, text: 1 };
const MOST_BYTES = 256 * 1024 * 1024; // as tocsin/limits.py: BUNDLE_UNPACKED_BYTES

/** `header` is the parsed one, `press` the gzip member after it. Gives { columns, texts }. */
export async function unpack(header, press) {
  if (!Array.isArray(header.sections) || !Number.isInteger(header.bytes) || header.bytes < 0) throw new Error("its header is not of its form");
  if (header.bytes > MOST_BYTES) throw new Error(`it would unpack to ${header.bytes} bytes`);
  const body = await unpressed(press, header.bytes);
  const columns = {};
  const texts = {};
  let at = 0;
  for (const { name, kind, count } of header.sections) {
    const width = WIDTH[kind];
    if (width === undefined || !Number.isInteger(count) || count < 0 || at + count * width > body.length) throw new Error(`section ${name} is of no known kind, or longer than the file`);
    const part = body.subarray(at, at + count * width);
    at += part.length;
    if (kind === "text") texts[name] = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(part));
    else columns[name] = numbers(part, kind, count);
  }
  return { columns, texts };
}

/** Not one byte more than it says is taken in: a small file must not unpack into all of the memory. */
async function unpressed(press, bytes) {
  const body = new Uint8Array(bytes);
  const reader = new Blob([press]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (at + value.length > bytes) {
      reader.cancel().catch(() => {});
      throw new Error("it is longer than it says");
    }
    body.set(value, at);
    at += value.length;
  }
  if (at !== bytes) throw new Error("it is cut short");
  return body;
}

/** First the lowest byte of all numbers, then the second of all; with "d" each is the difference to the one before. */
export function numbers(part, kind, count) {
  const bits = 8 * WIDTH[kind];
  const plain = bits === 32 ? new Uint32Array(count) : bits === 16 ? new Uint16Array(count) : new Uint8Array(count);
  for (let plane = 0; plane < WIDTH[kind]; plane += 1) {
    const from = plane * count;
    const shift = 8 * plane;
    for (let i = 0; i < count; i += 1) plain[i] |= part[from + i] << shift;
  }
  if (kind[0] === "u") return plain;
  const found = new Int32Array(count);
  const spare = 32 - bits;
  let before = 0;
  for (let i = 0; i < count; i += 1) {
    const folded = plain[i];
    before = ((before + ((folded >>> 1) ^ -(folded & 1))) << spare) >> spare;
    found[i] = before;
  }
  return found;
}
