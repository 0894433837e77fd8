/**
 * Dates as ISO 8601 writes them, in the proleptic Gregorian calendar. Owns: reading, adding, subtracting, and giving
 * a date back in the form it came in. Must not: read a clock or a time zone; a time without offset counts as UTC.
 */

export const DATE_UNITS = ["minutes", "hours", "days", "weeks", "months", "years"] as const;
export type DateUnit = (typeof DATE_UNITS)[number];

/** Minutes in the units that always have the same length. */
export const UNIT_MINUTES: Partial<Record<DateUnit, number>> = { minutes: 1, hours: 60, days: 1440, weeks: 10_080 };

const MINUTES_A_DAY = 1440;
const DAY_MS = 86_400_000;

/** A date, with the parts of its text that arithmetic never changes kept as they were. */
export interface CalendarDate {
  /** Days since 1970-01-01, local to the offset. */
  day: number;
  /** Minutes since midnight, or null for a date without time. */
  minute: number | null;
  /** Seconds as written, such as ":30.5"; "" where there are none. */
  seconds: string;
  /** "Z", "+02:00", or "" where nothing is said. */
  offset: string;
  /** Between date and time: "T" or a space. */
  separator: string;
}

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})(?:([T ])(\d{2}):(\d{2})(:[0-5]\d(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Reads `2026-03-01`, `2026-03-01T09:30`, `2026-03-01T09:30:15.250Z`, `…+02:00`; null for anything else. */
export function readDate(text: string): CalendarDate | null {
  const match = ISO_DATE.exec(text);
  if (match === null) return null;
  const [, year, month, dayOfMonth, separator = "T", hours, minutes, seconds = "", offset = ""] = match;
  const day = dayNumber(Number(year), Number(month) - 1, Number(dayOfMonth));
  if (isoDay(day) !== text.slice(0, 10)) return null; // 30 February, month 13
  if (hours === undefined) return { day, minute: null, seconds, offset, separator };
  if (Number(hours) > 23 || Number(minutes) > 59 || Math.abs(offsetMinutes(offset)) >= MINUTES_A_DAY) return null;
  return { day, minute: Number(hours) * 60 + Number(minutes), seconds, offset, separator };
}

/** The text of a date in the form it was read from; null outside the years 1 to 9999. */
export function writeDate(date: CalendarDate): string | null {
  const day = isoDay(date.day);
  if (day === null) return null;
  if (date.minute === null) return day;
  const time = [Math.floor(date.minute / 60), date.minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
  return day + date.separator + time + date.seconds + date.offset;
}

/**
 * Adds a whole number of units. Months and years keep the day of the month or, where the month is too short, take its
 * last day. Hours and minutes on a date without time start at 00:00 UTC and give a date with time.
 */
export function addToDate(date: CalendarDate, amount: number, unit: DateUnit): CalendarDate {
  if (unit === "months" || unit === "years") return addMonths(date, unit === "years" ? amount * 12 : amount);
  if (unit === "days" || unit === "weeks") return { ...date, day: date.day + amount * (unit === "weeks" ? 7 : 1) };
  const total = date.day * MINUTES_A_DAY + (date.minute ?? 0) + amount * (unit === "hours" ? 60 : 1);
  const day = Math.floor(total / MINUTES_A_DAY);
  const offset = date.minute === null ? "Z" : date.offset;
  return { ...date, day, minute: total - day * MINUTES_A_DAY, offset };
}

/** Milliseconds since 1970 in UTC. */
export function instantOf(date: CalendarDate): number {
  const minutes = date.day * MINUTES_A_DAY + (date.minute ?? 0) - offsetMinutes(date.offset);
  return minutes * 60_000 + (date.seconds === "" ? 0 : Math.round(Number(date.seconds.slice(1)) * 1000));
}

/** Whole months from one date to another: the most that can be added to `from` without passing `to`. */
export function monthsBetween(from: CalendarDate, to: CalendarDate): number {
  const target = instantOf(to);
  const direction = target < instantOf(from) ? -1 : 1;
  const passes = (months: number): boolean => (instantOf(addMonths(from, months)) - target) * direction > 0;
  const [start, end] = [new Date(from.day * DAY_MS), new Date(to.day * DAY_MS)];
  let months = (end.getUTCFullYear() - start.getUTCFullYear()) * 12 + end.getUTCMonth() - start.getUTCMonth();
  while (!passes(months + direction)) months += direction;
  while (months !== 0 && passes(months)) months -= direction;
  return months;
}

function addMonths(date: CalendarDate, months: number): CalendarDate {
  const start = new Date(date.day * DAY_MS);
  const year = start.getUTCFullYear();
  const month = start.getUTCMonth() + months;
  const lastDay = new Date(dayNumber(year, month + 1, 0) * DAY_MS).getUTCDate();
  return { ...date, day: dayNumber(year, month, Math.min(start.getUTCDate(), lastDay)) };
}

/** `month` from 0; it and the day may lie outside their range and carry over. NaN where no date is. */
function dayNumber(year: number, month: number, dayOfMonth: number): number {
  return new Date(0).setUTCFullYear(year, month, dayOfMonth) / DAY_MS;
}

function isoDay(day: number): string | null {
  const date = new Date(day * DAY_MS);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date.toISOString().slice(0, 10) : null;
}

function offsetMinutes(offset: string): number {
  if (offset === "" || offset === "Z") return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return offset.startsWith("-") ? -minutes : minutes;
}
