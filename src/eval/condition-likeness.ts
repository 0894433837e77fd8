/**
 * How far a condition of a plan says the same as the gold's. Owns: the form that conditions of one meaning share: negations
 * at the leaves, `all` and `any` without repeats, order or lists of one, `is` as `in` with one value. Must not: evaluate.
 */
import type { CompiledCondition, CompiledValue, Subject } from "../plan/compiled.ts";
import type { Operator, Quantifier } from "../plan/decision.ts";
import { type LikenessContext, pathLikeness, valueLikeness } from "./value-likeness.ts";

type Meaning =
  | { kind: "all" | "any"; parts: Meaning[] }
  | { kind: "compare"; isNegated: boolean; operator: Operator; subject: Subject; operand: CompiledValue }
  | { kind: "quantify"; isNegated: boolean; quantifier: Quantifier; subject: Subject; condition: Meaning };

export function conditionLikeness(got: CompiledCondition, gold: CompiledCondition, context: LikenessContext): number {
  return meaningLikeness(meaningOf(got, false), meaningOf(gold, false), context);
}

function meaningOf(condition: CompiledCondition, isNegated: boolean): Meaning {
  if (condition.kind === "combine") {
    const { combinator, conditions } = condition;
    // `none` is not any; not any is all not, and not all is any not.
    const isInverse = isNegated !== (combinator === "none");
    const kind = (combinator === "all") === isInverse ? "any" : "all";
    const parts = conditions.map((one) => meaningOf(one, isInverse));
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    return { kind, parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])) };
  }
  if (condition.kind === "quantify") {
    const { quantifier, subject } = condition;
    return { kind: "quantify", isNegated, quantifier, subject, condition: meaningOf(condition.condition, false) };
  }
  return comparisonOf(condition, isNegated);
}

type Comparison = Extract<CompiledCondition, { kind: "compare" }>;

function comparisonOf({ operator, subject, operand }: Comparison, isNegated: boolean): Meaning {
  const own = { kind: "compare" as const, isNegated, operator, subject, operand };
  const { pointer } = operand;
  const one: CompiledValue = { kind: "list", items: [operand], pointer };
  if (operator === "is") return { ...own, operator: "in", operand: one };
  // On what may be absent `not` is false, and so is `is`: they are no opposites there.
  if (operator === "not" && isAlwaysThere(subject)) {
    return { ...own, operator: "in", operand: one, isNegated: !isNegated };
  }
  const isFalse = operand.kind === "constant" && operand.value === false;
  if ((operator === "exists" || operator === "empty") && isFalse) {
    return { ...own, operand: { kind: "constant", value: true, pointer }, isNegated: !isNegated };
  }
  return own;
}

/** The fields of a document, the goal, the time, and what became of a step. */
function isAlwaysThere(subject: Subject): boolean {
  if (subject.kind === "field") return false;
  const { root, segments } = subject.path;
  if (root === "documents") return segments.length === 2 && segments[0]?.kind === "at" && segments[1]?.kind === "key";
  if (root === "goal") return segments.length === 0;
  return ["document", "now", "status"].includes(root) && segments.length === 1 && segments[0]?.kind === "key";
}

function meaningLikeness(got: Meaning, gold: Meaning, context: LikenessContext): number {
  if (isJoined(gold)) return joinedLikeness(got, gold, { kind: gold.kind, context });
  if (isJoined(got)) return joinedLikeness(got, gold, { kind: got.kind, context });
  if (got.kind === "compare" && gold.kind === "compare") {
    if (got.operator !== gold.operator || got.isNegated !== gold.isNegated) return 0;
    const operands =
      got.operator === "in"
        ? listLikeness(got.operand, gold.operand, context)
        : valueLikeness(got.operand, gold.operand, context);
    return Math.min(subjectLikeness(got.subject, gold.subject, context), operands);
  }
  if (got.kind === "quantify" && gold.kind === "quantify") {
    if (got.quantifier !== gold.quantifier || got.isNegated !== gold.isNegated) return 0;
    const elements = meaningLikeness(got.condition, gold.condition, context);
    return Math.min(subjectLikeness(got.subject, gold.subject, context), elements);
  }
  return 0;
}

function joinedLikeness(
  got: Meaning,
  gold: Meaning,
  { kind, context }: { kind: "all" | "any"; context: LikenessContext },
): number {
  const [left, right] = [partsOf(got, kind), partsOf(gold, kind)];
  const alike = (one: Meaning, other: Meaning): number => meaningLikeness(one, other, context);
  return Math.min(
    setLikeness(left, right, alike),
    setLikeness(right, left, (one, other) => alike(other, one)),
  );
}

type Joined = Extract<Meaning, { kind: "all" | "any" }>;

function isJoined(meaning: Meaning): meaning is Joined {
  return meaning.kind === "all" || meaning.kind === "any";
}

/** What is not joined in this way is the only part of such a list. */
function partsOf(meaning: Meaning, kind: "all" | "any"): Meaning[] {
  return isJoined(meaning) && meaning.kind === kind ? meaning.parts : [meaning];
}

/** How far each has its like among the others. */
function setLikeness<T>(these: readonly T[], others: readonly T[], alike: (one: T, other: T) => number): number {
  return Math.min(1, ...these.map((one) => Math.max(0, ...others.map((other) => alike(one, other)))));
}

/** The order and repeats of what is looked for don't matter. */
function listLikeness(got: CompiledValue, gold: CompiledValue, context: LikenessContext): number {
  const [left, right] = [itemsOf(got), itemsOf(gold)];
  if (left === null || right === null) return valueLikeness(got, gold, context);
  const alike = (one: CompiledValue, other: CompiledValue): number => valueLikeness(one, other, context);
  return Math.min(
    setLikeness(left, right, alike),
    setLikeness(right, left, (one, other) => alike(other, one)),
  );
}

function itemsOf(value: CompiledValue): readonly CompiledValue[] | null {
  if (value.kind === "list") return value.items;
  if (value.kind !== "constant" || !Array.isArray(value.value)) return null;
  return value.value.map((item) => ({ kind: "constant", value: item, pointer: value.pointer }));
}

function subjectLikeness(got: Subject, gold: Subject, context: LikenessContext): number {
  if (got.kind === "ref" && gold.kind === "ref") return pathLikeness(got.path, gold.path, context);
  return got.kind === "field" && gold.kind === "field" && got.path === gold.path ? 1 : 0;
}
