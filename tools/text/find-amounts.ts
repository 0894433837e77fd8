/**
 * Amounts in a text: numbers with a currency, a percent sign or a unit. Owns: the units that are known.
 * Plain numbers are none: nothing tells what they count.
 */
import { guessByTrigrams } from "../../src/goal/detect-language.ts";
import { inTurns } from "./in-turns.ts";
import { type DecimalMark, isAmbiguousNumber, NUMBER, readNumber, shownDecimalMark } from "./read-number.ts";

export interface FoundAmount {
  text: string;
  value: number;
  unit: string;
  offset: number;
}

/** A plain dollar sign is the dollar of the United States, and ¥ the yen, as most texts have it. */
const SYMBOLS: Record<string, string> = {
  ...{
    $: "USD",
    US$: "USD",
    A$: "AUD",
    C$: "CAD",
    HK$: "HKD",
    NZ$: "NZD",
    S$: "SGD",
    R$: "BRL",
    "€": "EUR",
    "£": "GBP",
  },
  ...{ "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₪": "ILS", zł: "PLN", "฿": "THB" },
};
const CODES =
  "EUR USD GBP CHF JPY CNY AUD CAD NZD SEK NOK DKK PLN CZK HUF RON BGN TRY RUB UAH INR BRL MXN ZAR KRW SGD HKD ILS THB AED SAR".split(
    " ",
  );
const WORDS: Record<string, string> = {
  ...{
    euro: "EUR",
    euros: "EUR",
    dollar: "USD",
    dollars: "USD",
    pounds: "GBP",
    yen: "JPY",
    yuan: "CNY",
    rupees: "INR",
  },
  ...{ francs: "CHF", franken: "CHF", percent: "percent", "per cent": "percent", prozent: "percent", "%": "percent" },
  ...{ kg: "kg", kilograms: "kg", kilogram: "kg", kilos: "kg", g: "g", grams: "g", mg: "mg", t: "t", tonnes: "t" },
  ...{ tonne: "t", tons: "t", lb: "lb", lbs: "lb", oz: "oz", km: "km", kilometres: "km", kilometers: "km", m: "m" },
  ...{
    metres: "m",
    meters: "m",
    metre: "m",
    meter: "m",
    cm: "cm",
    mm: "mm",
    miles: "mi",
    mile: "mi",
    feet: "ft",
    ft: "ft",
  },
  ...{ inches: "in", "km/h": "km/h", mph: "mph", "m²": "m²", m2: "m²", "km²": "km²", km2: "km²", "m³": "m³", m3: "m³" },
  ...{ hectares: "ha", ha: "ha", acres: "acre", litres: "L", liters: "L", litre: "L", liter: "L", l: "L", ml: "mL" },
  ...{
    kwh: "kWh",
    mwh: "MWh",
    gwh: "GWh",
    kw: "kW",
    mw: "MW",
    gw: "GW",
    w: "W",
    v: "V",
    hz: "Hz",
    ghz: "GHz",
    mhz: "MHz",
  },
  ...{
    kb: "kB",
    mb: "MB",
    gb: "GB",
    tb: "TB",
    ms: "ms",
    s: "s",
    seconds: "s",
    second: "s",
    minutes: "min",
    minute: "min",
  },
  ...{
    min: "min",
    hours: "h",
    hour: "h",
    h: "h",
    days: "day",
    day: "day",
    weeks: "week",
    week: "week",
    months: "month",
  },
  ...{ month: "month", years: "year", year: "year", "°c": "°C", "°f": "°F", degrees: "degree" },
};
const SCALES: Record<string, number> = {
  ...{ thousand: 1e3, k: 1e3, million: 1e6, millions: 1e6, m: 1e6, mn: 1e6, mio: 1e6, millionen: 1e6, billion: 1e9 },
  ...{ billions: 1e9, bn: 1e9, b: 1e9, milliarden: 1e9, mrd: 1e9, trillion: 1e12, lakh: 1e5, crore: 1e7 },
};

const alternatives = (names: readonly string[]): string =>
  [...names]
    .sort((left, right) => right.length - left.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"))
    .join("|");

const MONEY = alternatives([...Object.keys(SYMBOLS), ...CODES]);
const SCALE = alternatives(Object.keys(SCALES));
const UNIT = alternatives([...Object.keys(WORDS), ...Object.keys(SYMBOLS), ...CODES]);
const GAP = String.raw`[ \t\u00a0\u202f-]?`;
const SIGN = String.raw`(?:(?<![\p{L}\p{N}])[-−–])?`;
/** Money before the number, or a unit after it. Currency codes and units count only as whole words. */
const AMOUNT = new RegExp(
  String.raw`(?:(?<![\p{L}\p{N}])(?<before>${MONEY})${GAP}|(?<![\p{L}\p{N}.,])(?=[-−–]?\d))(?<sign>${SIGN})(?<number>${NUMBER})(?:${GAP}(?<scale>${SCALE})\.?(?![\p{L}\p{N}]))?(?:${GAP}(?<after>${UNIT})(?![\p{L}\p{N}]))?`,
  "giu",
);
const ALL_NUMBERS = new RegExp(NUMBER, "g");
const PART_CHARS = 4_000;
/** Languages that write decimals with a comma. */
const COMMA_LANGUAGES = new Set(
  "de fr es it pt nl sv da nb nn no fi pl cs sk hu ro bg ru uk tr el id hr sl sr".split(" "),
);

export async function findAmounts(
  text: string,
  signal: AbortSignal,
): Promise<{ items: FoundAmount[]; isAmbiguous: boolean }> {
  signal.throwIfAborted();
  const { mark, isShown } = await usualMark(text);
  const items: FoundAmount[] = [];
  let isAmbiguous = false;
  await inTurns(partsOf(text), { signal, size: (part) => part.text.length }, (part) => {
    for (const match of part.text.matchAll(AMOUNT)) {
      const amount = asAmount(match, mark);
      if (amount === null) continue;
      isAmbiguous ||= !isShown && isAmbiguousNumber(match.groups?.["number"] ?? "");
      items.push({ ...amount, offset: part.offset + match.index + leadingSpace(match[0]) });
    }
  });
  return { items, isAmbiguous };
}

function* partsOf(text: string): Generator<{ text: string; offset: number }> {
  let from = 0;
  while (from < text.length) {
    const limit = Math.min(text.length, from + PART_CHARS);
    const space = limit === text.length ? -1 : Math.max(text.lastIndexOf("\n", limit), text.lastIndexOf(". ", limit));
    const to = space > from + PART_CHARS / 2 ? space + 1 : limit;
    yield { text: text.slice(from, to), offset: from };
    from = to;
  }
}

/** By the text's own numbers, then by its language. */
async function usualMark(text: string): Promise<{ mark: DecimalMark; isShown: boolean }> {
  const head = text.slice(0, 200_000);
  const shown = shownDecimalMark([...head.matchAll(ALL_NUMBERS)].map(([number]) => number));
  if (shown !== null) return { mark: shown, isShown: true };
  const guess = await guessByTrigrams(text);
  return { mark: guess !== null && COMMA_LANGUAGES.has(guess.code) ? "," : ".", isShown: guess !== null };
}

function asAmount(match: RegExpExecArray, mark: DecimalMark): Omit<FoundAmount, "offset"> | null {
  const { before, sign = "", number = "", scale, after } = match.groups ?? {};
  const unit = unitOf(before) ?? unitOf(after);
  const plain = readNumber(number, mark);
  // "5 m" is a length, "$5 m" are millions: a scale that is a unit, too, counts only with money before.
  const scaleUnit = scale === undefined || before !== undefined ? null : unitOf(scale);
  const known = after === undefined ? (unit ?? scaleUnit) : unit;
  if (plain === null || known === null) return null;
  const factor =
    scale === undefined || (after === undefined && scaleUnit !== null) ? 1 : (SCALES[scale.toLowerCase()] ?? 1);
  const value = Number((plain * factor * (sign === "" ? 1 : -1)).toPrecision(15));
  return { text: match[0].trim(), value, unit: known };
}

function unitOf(name: string | undefined): string | null {
  if (name === undefined) return null;
  const upper = name.toUpperCase();
  if (Object.hasOwn(SYMBOLS, upper)) return SYMBOLS[upper]!;
  if (Object.hasOwn(SYMBOLS, name)) return SYMBOLS[name]!;
  if (CODES.includes(name)) return name;
  const lower = name.toLowerCase();
  return Object.hasOwn(WORDS, lower) ? WORDS[lower]! : null;
}

function leadingSpace(text: string): number {
  return text.length - text.trimStart().length;
}
