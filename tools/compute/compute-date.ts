/** The two operations on dates. Owns: what they take and the words when they can't. Must not: know the calendar. */
import type { JsonValue } from "../../src/shared/json.ts";
import {
  addToDate,
  type CalendarDate,
  type DateUnit,
  instantOf,
  monthsBetween,
  readDate,
  UNIT_MINUTES,
  writeDate,
} from "./calendar.ts";
import { divide, fromNumber, round, toNumber } from "./decimal.ts";
import { describeElement, give, type Outcome, refuse } from "./outcome.ts";

interface DateInput {
  values: JsonValue[];
  unit?: DateUnit | undefined;
  digits?: number | undefined;
}

export function computeDate(op: "date_add" | "date_diff", input: DateInput): Outcome {
  const { values } = input;
  const pair = op === "date_add" ? "[date, amount]" : "[from, to]";
  if (values.length !== 2) return refuse(["values"], `${op} takes two values, ${pair}, and here are ${values.length}`);
  const from = dateAt(values, 0);
  if (from === null) return refuseDate(op, values, 0);
  if (op === "date_add") return dateAdd(from, input);
  const to = dateAt(values, 1);
  if (to === null) return refuseDate(op, values, 1);
  return dateDiff(from, to, input);
}

function dateAdd(date: CalendarDate, { values, unit = "days" }: DateInput): Outcome {
  const amount = values[1];
  if (typeof amount !== "number" || !Number.isSafeInteger(amount)) {
    const hint = "Use a smaller unit for a part of one.";
    return refuse(
      ["values", 1],
      `date_add takes a whole number of ${unit}, and this is ${describeElement(amount)}`,
      hint,
    );
  }
  const text = writeDate(addToDate(date, amount, unit));
  return text === null ? refuse(["values", 1], "leads outside the years 1 to 9999") : give(text);
}

/** Months and years are whole and cut off towards zero; the others are exact, with a fraction where there is one. */
function dateDiff(from: CalendarDate, to: CalendarDate, { unit = "days", digits }: DateInput): Outcome {
  const minutes = UNIT_MINUTES[unit];
  if (minutes === undefined) {
    const months = monthsBetween(from, to);
    return give(unit === "years" ? Math.trunc(months / 12) + 0 : months);
  }
  const exact = divide(fromNumber(instantOf(to) - instantOf(from)), fromNumber(minutes * 60_000));
  return give(toNumber(digits === undefined ? exact : round(exact, digits)));
}

function dateAt(values: JsonValue[], place: number): CalendarDate | null {
  const value = values[place];
  return typeof value === "string" ? readDate(value) : null;
}

function refuseDate(op: string, values: JsonValue[], place: number): Outcome {
  const hint = "Write dates as 2026-03-01, or with a time as 2026-03-01T09:30:00Z.";
  return refuse(["values", place], `${op} takes an ISO 8601 date, and this is ${describeElement(values[place])}`, hint);
}
