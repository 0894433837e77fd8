/** Shortens text that a message or a preview repeats. Must not: know what it is for. */

/**
 * The text in at most `mostChars` UTF-16 code units (at least 2); where something was cut off it ends in `…`. A
 * character is never halved.
 */
export function cutText(text: string, mostChars: number): string {
  if (text.length <= mostChars) return text;
  const end = mostChars - 1;
  const isHalved = isLeadSurrogate(text.charCodeAt(end - 1));
  return `${text.slice(0, isHalved ? end - 1 : end)}…`;
}

function isLeadSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
