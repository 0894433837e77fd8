/**
 * Dates in a text, by the patterns of chrono-node in the text's language. Owns: which findings are dates, how exact
 * they are, and whether 3/4 is in March or in April. The package loads at first use.
 */
import { guessByTrigrams } from "../../src/goal/detect-language.ts";
import { once } from "../../src/shared/once.ts";
import { findBlocks } from "./blocks.ts";
import { inTurns } from "./in-turns.ts";

export interface FoundDate {
  text: string;
  iso: string;
  end: string | null;
  offset: number;
}

type Chrono = typeof import("chrono-node");
type Parsed = ReturnType<Chrono["parse"]>[number];
type Parts = Parsed["start"];

const loadChrono = once(() => import("chrono-node"));
/** Patterns are tried at every place, so a long line is read in parts. */
const PART_CHARS = 2_000;
/** More dates than any document has. */
const MOST_DATES = 10_000;

export async function findDates(
  text: string,
  { now, signal }: { now: string; signal: AbortSignal },
): Promise<{ items: FoundDate[]; isAmbiguous: boolean }> {
  signal.throwIfAborted();
  const order = dayOrder(text);
  const { parse, isEnglish } = await parserFor(text, order === "day-first");
  const reference = { instant: new Date(now), timezone: "UTC" };
  const items: FoundDate[] = [];
  await inTurns(partsOf(text), { signal, size: (part) => part.text.length * 4 }, (part) => {
    if (items.length >= MOST_DATES || (isEnglish && !mayHoldDate(part.text))) return;
    const parsed = parse(
      part.text.replace(DOTTED, (whole) => " ".repeat(whole.length)),
      reference,
    );
    const dates = parsed.map((one) => asDate(one, part.offset)).filter((date) => date !== null);
    items.push(...[...dates, ...dottedDates(part)].sort((left, right) => left.offset - right.offset));
  });
  const isAmbiguous = order === "unknown" && items.some((item) => SLASHED.test(item.text));
  return { items: items.slice(0, MOST_DATES), isAmbiguous };
}

const SLASHED = /\b\d{1,2}\/\d{1,2}\/(?:\d{4}|\d{2})\b/;

/** What the dates with slashes of this text show: 25/12 is day first, 12/25 month first. */
function dayOrder(text: string): "day-first" | "month-first" | "unknown" {
  let [dayFirst, monthFirst] = [0, 0];
  for (const [, left = "0", right = "0"] of text.matchAll(/\b(\d{1,2})\/(\d{1,2})\/(?:\d{4}|\d{2})\b/g)) {
    if (Number(left) > 12) dayFirst++;
    else if (Number(right) > 12) monthFirst++;
  }
  if (dayFirst === monthFirst) return "unknown";
  return dayFirst > monthFirst ? "day-first" : "month-first";
}

type Parse = (text: string, reference: { instant: Date; timezone: string }) => Parsed[];

const OTHER_LANGUAGES = [
  "de",
  "es",
  "fi",
  "fr",
  "id",
  "it",
  "ja",
  "nl",
  "pt",
  "ru",
  "sv",
  "uk",
  "vi",
  "zh",
  "ar",
] as const;

async function parserFor(text: string, isDayFirst: boolean): Promise<{ parse: Parse; isEnglish: boolean }> {
  const chrono = await loadChrono();
  const code = (await guessByTrigrams(text))?.code;
  const other = OTHER_LANGUAGES.find((known) => known === code);
  const english = isDayFirst ? chrono.en.GB : chrono.en.casual;
  if (other === undefined) return { parse: (part, reference) => english.parse(part, reference), isEnglish: true };
  const own = chrono[other].casual;
  const parse: Parse = (part, reference) => {
    const found = own.parse(part, reference);
    // Short texts are often taken for another language.
    return found.length === 0 && ENGLISH.test(part) ? english.parse(part, reference) : found;
  };
  return { parse, isEnglish: false };
}

const DOTTED = /(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\d.])/g;

/** 5.11.2025: where dots part day and month, the day is first in any language. */
function dottedDates(part: { text: string; offset: number }): FoundDate[] {
  return [...part.text.matchAll(DOTTED)].flatMap(({ 0: text, 1: day = "", 2: month = "", 3: year = "", index }) => {
    const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    return isDay(iso) ? [{ text, iso, end: null, offset: part.offset + index }] : [];
  });
}

function isDay(iso: string): boolean {
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso);
}

/** Blocks; long ones in parts that end at white space. */
function* partsOf(text: string): Generator<{ text: string; offset: number }> {
  for (const { start, end } of findBlocks(text)) {
    let from = start;
    while (from < end) {
      const limit = Math.min(end, from + PART_CHARS);
      const space = limit === end ? -1 : text.lastIndexOf(" ", limit);
      const to = space > from + PART_CHARS / 2 ? space : limit;
      yield { text: text.slice(from, to), offset: from };
      from = to;
    }
  }
}

const ENGLISH = /\b(?:the|and|of|to|with|will|was)\b/i;
const WORDS_OF_TIME =
  /\b(?:today|tonight|tomorrow|yesterday|now|next|last|this|past|coming|ago|week|month|year|quarter|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;

/** A cheap look first: English dates have a digit or one of few words. */
function mayHoldDate(text: string): boolean {
  return /\d/.test(text) || WORDS_OF_TIME.test(text);
}

/** Null for times of day, and for words that are rarely dates. */
function asDate({ index, text, start, end }: Parsed, offset: number): FoundDate | null {
  const isDated = (["day", "weekday", "month", "year"] as const).some((part) => start.isCertain(part));
  const isOtherWord = /^(?:now$|may\b|mar\b|march\b|sat\b|sun\b|wed\b|second$)/.test(text) && !start.isCertain("day");
  if (!isDated || isOtherWord || text === "now") return null;
  return { text: text.trimEnd(), iso: isoOf(start), end: end == null ? null : isoOf(end), offset: offset + index };
}

function isoOf(parts: Parts): string {
  const two = (part: Parameters<Parts["get"]>[0]): string => String(parts.get(part) ?? 0).padStart(2, "0");
  const year = String(parts.get("year") ?? 0).padStart(4, "0");
  const hasDay = parts.isCertain("day") || parts.isCertain("weekday");
  if (!hasDay && !parts.isCertain("hour")) return parts.isCertain("month") ? `${year}-${two("month")}` : year;
  const date = `${year}-${two("month")}-${two("day")}`;
  return parts.isCertain("hour") ? `${date}T${two("hour")}:${two("minute")}${zoneOf(parts)}` : date;
}

function zoneOf(parts: Parts): string {
  const minutes = parts.isCertain("timezoneOffset") ? parts.get("timezoneOffset") : null;
  if (minutes === null) return "";
  if (minutes === 0) return "Z";
  const two = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}
