/**
 * What each operation of `compute` takes and gives. Owns: the rules and the words when a value breaks one.
 * Must not: do arithmetic or calendar itself (decimal.ts, calendar.ts).
 */
import { TEMPLATE_CHARS } from "../../src/plan/value-size.ts";
import { canonicalJson, type JsonScalar, type JsonValue } from "../../src/shared/json.ts";
import type { DateUnit } from "./calendar.ts";
import { computeDate } from "./compute-date.ts";
import { add, type Decimal, divide, fromNumber, multiply, round, subtract, toNumber } from "./decimal.ts";
import { describeElement, give, type Outcome, refuse } from "./outcome.ts";

export const OPERATIONS = [
  "sum",
  "count",
  "min",
  "max",
  "average",
  "subtract",
  "multiply",
  "divide",
  "percent_change",
  "round",
  "join",
  "distinct",
  "date_add",
  "date_diff",
] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface ComputeInput {
  op: Operation;
  values: JsonValue[];
  unit?: DateUnit | undefined;
  separator?: string | undefined;
  digits?: number | undefined;
}

/** Performs one operation, or says which value is in its way. */
export function computeValue(input: ComputeInput): Outcome {
  const { op, values } = input;
  switch (op) {
    case "count":
      return give(values.length);
    case "distinct":
      return give(distinct(values));
    case "join":
      return join(values, input.separator ?? ", ");
    case "date_add":
    case "date_diff":
      return computeDate(op, input);
    case "min":
    case "max":
      return extreme(op, input);
    default:
      return arithmetic(op, input);
  }
}

function distinct(values: JsonValue[]): JsonValue[] {
  const seen = new Map<string, JsonValue>();
  for (const value of values) {
    const key = canonicalJson(value);
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
}

function join(values: JsonValue[], separator: string): Outcome {
  const wrong = values.findIndex((value) => value === null || typeof value === "object");
  if (wrong < 0) return joined((values as Exclude<JsonScalar, null>[]).map(String), separator);
  return refuse(
    ["values", wrong],
    `join takes texts, numbers and booleans, and this is ${describeElement(values[wrong])}`,
  );
}

/** As long as a template may become: a short separator between many values is a long text. */
function joined(texts: readonly string[], separator: string): Outcome {
  const chars = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
  if (chars > TEMPLATE_CHARS) return refuse(["values"], `give a text of more than ${TEMPLATE_CHARS} characters`);
  return give(texts.join(separator));
}

/** Numbers by size, texts by code unit (so ISO dates by time); null where there is nothing to choose from. */
function extreme(op: "min" | "max", input: ComputeInput): Outcome {
  const { values } = input;
  if (values.length > 0 && values.every((value) => typeof value === "string")) {
    return give(values.reduce((best, value) => ((op === "min" ? value < best : value > best) ? value : best)));
  }
  const wrong = values.findIndex((value) => typeof value !== "number");
  if (wrong >= 0) {
    const words = `${op} takes numbers only, or texts only, and this is ${describeElement(values[wrong])}`;
    return refuse(["values", wrong], words);
  }
  if (values.length === 0) return give(null);
  const numbers = values as number[];
  return result(
    fromNumber(numbers.reduce((best, value) => ((op === "min" ? value < best : value > best) ? value : best))),
    input,
  );
}

type Arithmetic = "sum" | "average" | "subtract" | "multiply" | "divide" | "percent_change" | "round";

/** How many values each operation takes. */
const COUNTS: Record<Arithmetic, { least: number; most: number; words: string }> = {
  sum: { least: 0, most: Infinity, words: "" },
  average: { least: 0, most: Infinity, words: "" },
  subtract: { least: 2, most: Infinity, words: "at least two values: the first minus the others" },
  multiply: { least: 1, most: Infinity, words: "at least one value" },
  divide: { least: 2, most: Infinity, words: "at least two values: the first divided by the others" },
  percent_change: { least: 2, most: 2, words: "two values: [from, to]" },
  round: { least: 1, most: 1, words: "one value; for a list run a step with forEach" },
};

function arithmetic(op: Arithmetic, input: ComputeInput): Outcome {
  const { values } = input;
  const wrong = values.findIndex((value) => typeof value !== "number");
  if (wrong >= 0) {
    const hint = typeof values[wrong] === "string" ? "Texts are never read as numbers: give the number itself." : "";
    return refuse(["values", wrong], `${op} takes numbers, and this is ${describeElement(values[wrong])}`, hint);
  }
  const count = COUNTS[op];
  if (values.length < count.least || values.length > count.most) {
    return refuse(["values"], `${op} takes ${count.words}, and here are ${values.length}`);
  }
  const divisor = op === "divide" ? values.indexOf(0, 1) : op === "percent_change" && values[0] === 0 ? 0 : -1;
  if (divisor >= 0) {
    const words = op === "divide" ? "can't be divided by zero" : "is zero, from which no change in percent can be told";
    return refuse(["values", divisor], words, "Guard the step with a when, or leave this value out.");
  }
  if (op === "average" && values.length === 0) return give(null);
  return result(combine(op, (values as number[]).map(fromNumber)), input);
}

const ZERO: Decimal = { units: 0n, scale: 0 };

function combine(op: Arithmetic, numbers: Decimal[]): Decimal {
  const [first = ZERO, second = ZERO] = numbers;
  switch (op) {
    case "sum":
      return numbers.reduce(add, ZERO);
    case "average":
      return divide(numbers.reduce(add, ZERO), fromNumber(numbers.length));
    case "subtract":
      return numbers.slice(1).reduce(subtract, first);
    case "multiply":
      return numbers.slice(1).reduce(multiply, first);
    case "divide":
      return numbers.slice(1).reduce(divide, first);
    case "percent_change": {
      const size = first.units < 0n ? -first.units : first.units;
      return divide(multiply(subtract(second, first), fromNumber(100)), { units: size, scale: first.scale });
    }
    case "round":
      return first;
  }
}

function result(decimal: Decimal, { op, digits }: ComputeInput): Outcome {
  const places = digits ?? (op === "round" ? 0 : null);
  const value = toNumber(places === null ? decimal : round(decimal, places));
  return Number.isFinite(value) ? give(value) : refuse(["values"], "give a result too large for a number");
}
