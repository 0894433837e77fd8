/**
 * How many values a JSON text holds, found in its bytes before it is parsed: small values take a hundred times their
 * text as objects. Owns: the count. Must not: say what is wrong with a text that is no JSON.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `,` `[` `{`: what stands before each value but the first; before those that are not there in empty lists, too. */
const BEFORE_VALUES: ReadonlySet<number> = new Set([0x2c, 0x5b, 0x7b]);

/** Whether there are more than `most` values; an empty list or object counts twice. */
export function hasMoreValues(bytes: Uint8Array, most: number): boolean {
  let count = 1;
  for (let place = 0; place < bytes.length && count <= most; place++) {
    const byte = bytes[place]!;
    if (byte === QUOTE) place = endOfText(bytes, place + 1);
    else if (BEFORE_VALUES.has(byte)) count += 1;
  }
  return count > most;
}

/** Place of the closing quote, or the end. Bytes of other characters are never one of these in UTF-8. */
function endOfText(bytes: Uint8Array, from: number): number {
  let place = from;
  while (place < bytes.length && bytes[place] !== QUOTE) place += bytes[place] === BACKSLASH ? 2 : 1;
  return place;
}
