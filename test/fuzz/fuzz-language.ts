/** Compares the resolver, templates, paths and conditions with the naive implementation, on random data. */
import { compileCondition } from "../../src/plan/compile-condition.ts";
import { compileValue } from "../../src/plan/compile-value.ts";
import { OPERATORS } from "../../src/plan/decision.ts";
import { evaluateCondition } from "../../src/plan/evaluate-condition.ts";
import { resolveValue } from "../../src/plan/resolve-value.ts";
import { traceValue } from "../../src/plan/trace-value.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../../src/shared/json.ts";
import { scopeOf } from "../plan/scope-of.ts";
import { type Dice, type Span, tryCases } from "./dice.ts";
import { naiveHolds, naiveResolve } from "./naive-language.ts";

export interface LanguageTally {
  cases: number;
  /** Cases in which a value was there. */
  found: number;
  /** Conditions that held. */
  held: number;
}

const ROOTS = ["goal", "a", "b", "item"] as const;
const KEYS = ["x", "y", "odd key", "é", "0", "length", 'qu"ote', "a}}b", "toString"] as const;
const SCALARS: readonly JsonValue[] = [
  null,
  true,
  false,
  0,
  -0,
  1,
  1.5,
  -1,
  1e21,
  "",
  "a",
  "ab",
  "b",
  "2026-01-01",
  "{{goal}}",
  "🙂",
];
export function fuzzLanguage(span: Span): LanguageTally {
  const tally: LanguageTally = { cases: 0, found: 0, held: 0 };
  tally.cases = tryCases(span, (dice) => {
    const roots = Object.fromEntries(ROOTS.map((root) => [root, randomData(dice)]));
    const index = dice.chance(0.7) ? dice.number(3) : null;
    const form = randomForm(dice, 0);
    const condition = randomCondition(dice, { depth: 0, key: "ref" });
    compareValues(form, { roots, index, tally });
    compareConditions(condition, { roots, index, tally });
  });
  return tally;
}

interface Place {
  roots: Record<string, JsonValue>;
  index: number | null;
  tally: LanguageTally;
}

function compareValues(form: JsonValue, { roots, index, tally }: Place): void {
  const { value, issues } = compileValue(form, "");
  if (issues.length > 0) throw new Error(`not compiled: ${JSON.stringify(issues[0])} of ${JSON.stringify(form)}`);
  const resolved = resolveValue(value, scopeOf(roots, index));
  const naive = naiveResolve(form, { roots, index });
  const found = resolved.kind === "value" ? resolved.value : undefined;
  if (found !== undefined) tally.found += 1;
  if ((found === undefined) !== (naive === undefined) || canonicalJson(found) !== canonicalJson(naive)) {
    throw new Error(`${show(form)} is ${show(found)}, by hand ${show(naive)}, of ${show(roots)} at ${index}`);
  }
  const trace = traceValue(value, scopeOf(roots, index));
  const ref = resolved.kind === "absent" ? resolved.ref : null;
  if (trace.absent !== ref || canonicalJson(trace.label) !== canonicalJson(resolved.label)) {
    throw new Error(`${show(form)} traces as ${show(trace)}, resolves as ${show(resolved)}, of ${show(roots)}`);
  }
}

function compareConditions(condition: JsonObject, { roots, index, tally }: Place): void {
  const compiled = compileCondition(condition, "", { inside: "when" });
  // A constant operand of the wrong kind is refused; that it never holds is not asked then.
  if (compiled.condition === null) return;
  const { holds } = evaluateCondition(compiled.condition, scopeOf(roots, index));
  if (holds) tally.held += 1;
  if (holds !== naiveHolds(condition, { roots, index })) {
    throw new Error(`${show(condition)} holds: ${holds}, by hand: ${!holds}, of ${show(roots)} at ${index}`);
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

function randomData(dice: Dice, depth = 0): JsonValue {
  const draw = dice.number(depth > 2 ? 2 : 6);
  if (draw < 2) return dice.pick(SCALARS);
  if (draw < 4) return Array.from({ length: dice.number(4) }, () => randomData(dice, depth + 1));
  return Object.fromEntries(KEYS.filter(() => dice.chance(0.4)).map((key) => [key, randomData(dice, depth + 1)]));
}

function randomSegments(dice: Dice): string {
  let text = "";
  while (dice.chance(0.6)) {
    const key = dice.pick(KEYS);
    const isPlain = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(key) && dice.chance(0.8);
    text += dice.pick([
      isPlain ? `.${key}` : `[${JSON.stringify(key)}]`,
      `[${dice.number(3)}]`,
      "[*]",
      "[*]",
      "[index]",
    ]);
  }
  return text;
}

function randomPath(dice: Dice): string {
  return dice.pick([...ROOTS, "nobody"]) + randomSegments(dice);
}

function randomForm(dice: Dice, depth: number): JsonValue {
  switch (dice.number(depth > 2 ? 3 : 7)) {
    case 0:
      return { ref: randomPath(dice) };
    case 1:
      return dice.pick(SCALARS);
    case 2:
      return { ref: randomPath(dice), default: depth > 2 ? null : randomForm(dice, depth + 1) };
    case 3:
      return { template: randomTemplate(dice) };
    case 4:
      return { literal: { ref: "goal", deep: [dice.pick(SCALARS)] } };
    case 5:
      return Array.from({ length: dice.number(3) }, () => randomForm(dice, depth + 1));
    default:
      return { first: randomForm(dice, depth + 1), [dice.pick(KEYS)]: randomForm(dice, depth + 1) };
  }
}

function randomTemplate(dice: Dice): string {
  const part = (): string =>
    dice.pick([`{{${randomPath(dice)}}}`, `{{ ${randomPath(dice)} }}`, "{{{{", "}}", " plain ", '{ } "', "🙂"]);
  return Array.from({ length: dice.number(5) }, part).join("");
}

interface ConditionPlace {
  depth: number;
  key: "ref" | "field";
}

function randomCondition(dice: Dice, { depth, key }: ConditionPlace): JsonObject {
  const draw = dice.number(depth > 2 ? 5 : 10);
  const below = { depth: depth + 1, key };
  if (draw === 9 || draw === 8) {
    const list = Array.from({ length: dice.number(4) }, () => randomCondition(dice, below));
    return { [dice.pick(["all", "any", "none"])]: list };
  }
  const subject = key === "ref" ? { ref: randomPath(dice) } : randomField(dice);
  if (draw >= 6)
    return { ...subject, [dice.pick(["some", "every"])]: randomCondition(dice, { depth: depth + 1, key: "field" }) };
  const operator = dice.pick(OPERATORS);
  // Beside itself a value shows where an operator puts equal ones.
  if ("ref" in subject && dice.chance(0.2)) return { ...subject, [operator]: { ...subject } };
  return { ...subject, [operator]: randomOperand(dice, operator) };
}

function randomField(dice: Dice): JsonObject {
  const segments = randomSegments(dice);
  return dice.chance(0.3) ? {} : { field: segments.startsWith(".") ? segments.slice(1) : segments };
}

function randomOperand(dice: Dice, operator: string): JsonValue {
  if (dice.chance(0.3)) return { ref: randomPath(dice) };
  if (operator === "exists" || operator === "empty") return dice.chance(0.5);
  if (operator === "in") return Array.from({ length: 4 }, () => dice.pick(SCALARS));
  return dice.chance(0.8) ? dice.pick(SCALARS) : { literal: randomData(dice, 1) };
}
