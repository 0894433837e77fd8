/**
 * Cuts a long text into parts for one call each. Owns: where: between paragraphs, else lines, sentences, words. Must
 * not: lose or repeat anything; the parts joined are the text.
 */

/** A boundary is looked for in this last share of a part. */
const LOOK_BACK = 0.3;

export function splitText(text: string, mostChars: number): string[] {
  const parts: string[] = [];
  let from = 0;
  while (text.length - from > mostChars) {
    const end = boundary(text, { from, end: from + mostChars });
    parts.push(text.slice(from, end));
    from = end;
  }
  return from < text.length ? [...parts, text.slice(from)] : parts;
}

function boundary(text: string, { from, end }: { from: number; end: number }): number {
  const start = end - Math.floor((end - from) * LOOK_BACK);
  const tail = text.slice(start, end);
  for (const mark of ["\n\n", "\n", ". ", " "]) {
    const place = tail.lastIndexOf(mark);
    if (place >= 0) return start + place + mark.length;
  }
  const unit = text.charCodeAt(end - 1);
  const isHalved = unit >= 0xd800 && unit <= 0xdbff && end - from > 1;
  return isHalved ? end - 1 : end;
}

/** At most `most` of the parts, evenly spread, the first and the last among them. */
export function spreadParts(parts: readonly string[], most: number): string[] {
  if (parts.length <= most) return [...parts];
  const step = (parts.length - 1) / Math.max(1, most - 1);
  return Array.from({ length: most }, (_, place) => parts[Math.round(place * step)] ?? "");
}
