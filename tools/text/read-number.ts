/**
 * Numbers as people write them: 1,234.56 and 1.234,56 and 1 234,56 and 12,34,567. Owns: what a mark in a number means,
 * and what a text shows about it.
 */

/** The mark before decimals. */
export type DecimalMark = "." | ",";

/** Digits with marks that may part thousands or decimals. At most 40 characters, so that it can't run long. */
export const NUMBER = String.raw`\d(?:[\d.,'’\u00a0\u202f]|\x20(?=\d{3}(?!\d))){0,38}(?<=\d)`;

/**
 * What the unambiguous numbers of a text say about its decimal mark, or null where none is: a mark that stands last
 * after another kind, or before one, two or more than three digits, is a decimal mark; one that comes twice isn't.
 */
export function shownDecimalMark(numbers: Iterable<string>): DecimalMark | null {
  let [points, commas] = [0, 0];
  for (const number of numbers) {
    const mark = sureMark(number);
    if (mark === ".") points++;
    if (mark === ",") commas++;
  }
  if (points === commas) return null;
  return points > commas ? "." : ",";
}

/** Only one mark, and before exactly three digits: it depends on who wrote it. */
export function isAmbiguousNumber(number: string): boolean {
  return /^[1-9]\d{0,2}[.,]\d{3}$/.test(number);
}

/** The value; null for what is no number (dates, versions, telephone numbers). */
export function readNumber(text: string, usual: DecimalMark): number | null {
  const bare = text.replace(/[\s'’\u00a0\u202f]/g, "");
  const decimal = isAmbiguousNumber(bare) ? usual : (sureMark(bare) ?? lastOf(bare));
  const [whole = "", fraction = "", ...more] = decimal === null ? [bare] : bare.split(decimal);
  if (more.length > 0 || /[.,]/.test(fraction) || !isGrouped(whole)) return null;
  const value = Number(`${whole.replace(/[.,]/g, "")}.${fraction || "0"}`);
  return Number.isFinite(value) ? value : null;
}

function sureMark(number: string): DecimalMark | null {
  const marks = number.replace(/[^.,]/g, "");
  const last = marks.at(-1) as DecimalMark | undefined;
  if (last === undefined || isAmbiguousNumber(number)) return null;
  const isRepeated = marks.length > 1 && marks[0] === last;
  // 1.234.567: no decimals, and the mark parts thousands.
  if (isRepeated) return last === "." ? "," : ".";
  const hasBoth = new Set(marks).size === 2;
  const behind = number.length - 1 - number.lastIndexOf(last);
  return hasBoth || behind !== 3 || number.startsWith("0") ? last : null;
}

function lastOf(number: string): DecimalMark | null {
  return (number.replace(/[^.,]/g, "").at(-1) as DecimalMark | undefined) ?? null;
}

/** Groups of three, or of two before the last three as in India. */
function isGrouped(whole: string): boolean {
  return /^\d+$/.test(whole) || /^\d{1,3}(?:[.,]\d{3})+$/.test(whole) || /^\d{1,2}(?:,\d{2})+,\d{3}$/.test(whole);
}
